#include "samplers/law_kernel.hpp"

#include "core/special.hpp"

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

constexpr double normal_reach = 14;   ///< the Normal density is 1e-43 there
constexpr double largest_change = 4;  ///< of t on a panel whose nodes are summed
constexpr double smallest_scale = 1e-5;
constexpr int deepest = 40;

}  // namespace

LawKernel::LawKernel(const StepCoefficients& step, double nu, std::span<const LawPanel> panels,
                     Variance variance)
    : step_(step), variance_(variance), nu_(nu), log_constant_(StudentTLaw{nu}.log_pdf(0)) {
  const PanelRule& rule = PanelRule::get();
  for (const LawPanel& panel : panels) {
    if (panel.empty()) continue;
    Source& source = sources_.emplace_back();
    const PanelPoints p = points(panel);
    source.x = p.x;
    for (int i = 0; i < panel_nodes; ++i) source.jacobian[i] = p.weight[i] / rule.weight[i];
    source.log_density = panel.log_density;
    source.value = panel.value;
    source.third = panel.third;
    set_step(source);
  }
}

double LawKernel::density(double y) const {
  double sum = 0;
  for (const Source& source : sources_) sum += density(y, source, 0);
  return sum;
}

double LawKernel::density(double y, const Source& source, int depth) const {
  double low = (y - source.mean[0]) / source.scale[0], high = low;
  for (int i = 1; i < panel_nodes; ++i) {
    const double t = (y - source.mean[i]) / source.scale[i];
    low = std::min(low, t);
    high = std::max(high, t);
  }
  const double change = high - low;
  const double nearest = std::max({0.0, low, -high});
  // The ends of a panel lie beyond its nodes: by 1.1 % of its width where t is even.
  if (std::isinf(nu_) && nearest > normal_reach + 0.1 * change) return 0;
  const double allowed = std::isinf(nu_) ? largest_change : std::max(largest_change, 0.5 * nearest);
  if (!(change > allowed) || depth == deepest) return sum(y, source);
  return density(y, half(source, 0), depth + 1) + density(y, half(source, 1), depth + 1);
}

double LawKernel::sum(double y, const Source& source) const {
  const PanelRule& rule = PanelRule::get();
  double total = 0;
  for (int i = 0; i < panel_nodes; ++i) {
    const double t = (y - source.mean[i]) / source.scale[i];
    const double exponent = std::isinf(nu_) ? -t * t / 2 : -(nu_ + 1) / 2 * std::log1p(t * t / nu_);
    total += rule.weight[i] * source.jacobian[i] / source.scale[i] *
             std::exp(log_constant_ + exponent + source.log_density[i]);
  }
  return total;
}

void LawKernel::set_step(Source& source) const {
  for (int i = 0; i < panel_nodes; ++i) {
    const double u = source.value[i];
    source.mean[i] = step_.keep * source.x[i] + step_.drift * u;
    const double square = variance_ == Variance::third ? std::max(0.0, source.third[i])
                                                       : step_.constant + step_.quadratic * u * u;
    source.scale[i] =
        std::max(smallest_scale * std::abs(source.x[i]), step_.noise * std::sqrt(square));
  }
}

LawKernel::Source LawKernel::half(const Source& source, int side) const {
  const PanelRule& rule = PanelRule::get();
  Source result;
  result.x = rule.half(source.x, side);
  result.jacobian = rule.half(source.jacobian, side);
  for (double& j : result.jacobian) j /= 2;
  result.log_density = rule.half(source.log_density, side);
  result.value = rule.half(source.value, side);
  if (variance_ == Variance::third) result.third = rule.half(source.third, side);
  set_step(result);
  return result;
}

}  // namespace htdm
