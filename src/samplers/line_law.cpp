#include "samplers/line_law.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "samplers/law_kernel.hpp"
#include "samplers/time_loop.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// Panels reach to where this share of the start lies beyond, and a factor more.
constexpr double start_beyond = 1e-20, reach_factor = 16;

/// u at the nodes of one panel.
NodeValues gaps(const Denoiser& denoiser, double sigma, const NodeValues& x) {
  static_assert(panel_nodes == padded(panel_nodes));
  NodeValues u;
  denoiser.gap(sigma, {x.data(), panel_nodes, panel_nodes}, {u.data(), panel_nodes, panel_nodes});
  return u;
}

/// ln density of the start, in closed form also where the density itself underflows.
double log_start_density(double nu, double sigma, double x) {
  const double t = x / sigma;
  if (std::isinf(nu)) return -t * t / 2 - 0.5 * std::log(2 * std::numbers::pi) - std::log(sigma);
  return std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - 0.5 * std::log(nu * std::numbers::pi) -
         (nu + 1) / 2 * std::log1p(t * t / nu) - std::log(sigma);
}

std::vector<LawPanel> start_roots(double nu, double sigma_max) {
  const double end = sigma_max * StudentTLaw{nu}.upper_quantile(start_beyond);
  return root_panels(std::asinh(reach_factor * end));
}

/// D(x, sigma_min) in place of u on the panels.
std::vector<LawPanel> denoised(std::vector<LawPanel> panels, double sigma) {
  for (LawPanel& panel : panels) {
    if (panel.empty()) continue;
    const PanelPoints p = points(panel);
    for (int i = 0; i < panel_nodes; ++i) panel.value[i] = p.x[i] - sigma * panel.value[i];
  }
  return panels;
}

/// The law of the state itself, from the panels of a chain.
LineLaw state_law(std::vector<LawPanel> panels) {
  for (LawPanel& panel : panels) panel.value = points(panel).x;
  return LineLaw(std::move(panels));
}

LineLaw chain_law(const StepLaw& law, const Denoiser& denoiser, const std::vector<double>& levels,
                  const LawRun& run) {
  const PanelRules& rules = run.rules;
  const ForEachPanel& each = run.each;
  std::vector<LawPanel> panels = resolve(
      start_roots(law.prior_nu, levels[0]), rules,
      [&](const PanelPoints& p, LawPanel& panel) {
        for (int i = 0; i < panel_nodes; ++i) {
          panel.log_density[i] = log_start_density(law.prior_nu, levels[0], p.x[i]);
        }
        panel.value = gaps(denoiser, levels[0], p.x);
      },
      each);
  if (run.observe) run.observe(0, state_law(panels));
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    const LawKernel kernel(law.coefficients(levels[k], levels[k + 1], law.step_nu, 1), law.noise_nu,
                           panels);
    panels = resolve(
        coarsen(panels, rules), rules,
        [&](const PanelPoints& p, LawPanel& panel) {
          for (int i = 0; i < panel_nodes; ++i) {
            panel.log_density[i] = std::log(std::max(1e-300, kernel.density(p.x[i])));
          }
          panel.value = gaps(denoiser, levels[k + 1], p.x);
        },
        each);
    if (run.observe) run.observe(k + 1, state_law(panels));
  }
  return LineLaw(denoised(std::move(panels), levels.back()));
}

/// Heun's method (t_ode.cpp) from the nodes of one panel through `steps` steps.
NodeValues heun_state(const Denoiser& denoiser, const std::vector<double>& levels,
                      std::size_t steps, NodeValues x) {
  for (std::size_t k = 0; k < steps; ++k) {
    const double h = levels[k + 1] - levels[k];
    const NodeValues u = gaps(denoiser, levels[k], x);
    NodeValues y;
    for (int i = 0; i < panel_nodes; ++i) y[i] = x[i] + h * u[i];
    const NodeValues v = gaps(denoiser, levels[k + 1], y);
    for (int i = 0; i < panel_nodes; ++i) x[i] += h * (u[i] + v[i]) / 2;
  }
  return x;
}

LineLaw map_law(double nu, const Denoiser& denoiser, const std::vector<double>& levels,
                const LawRun& run) {
  const auto law_of = [&](const std::function<NodeValues(const NodeValues&)>& output) {
    return LineLaw(resolve(
        start_roots(nu, levels[0]), run.rules,
        [&](const PanelPoints& p, LawPanel& panel) {
          for (int i = 0; i < panel_nodes; ++i) {
            panel.log_density[i] = log_start_density(nu, levels[0], p.x[i]);
          }
          panel.value = output(p.x);
        },
        run.each));
  };
  for (std::size_t k = 0; run.observe && k < levels.size(); ++k) {
    run.observe(k, law_of([&](const NodeValues& x) { return heun_state(denoiser, levels, k, x); }));
  }
  return law_of([&](const NodeValues& start) {
    NodeValues x = heun_state(denoiser, levels, levels.size() - 1, start);
    const NodeValues u = gaps(denoiser, levels.back(), x);
    for (int i = 0; i < panel_nodes; ++i) x[i] -= levels.back() * u[i];
    return x;
  });
}

/// Mass of a panel where side (y - threshold) > 0: of all of it, none, or of its halves.
class PanelTail {
 public:
  PanelTail(double threshold, int side) : threshold_(threshold), side_(side) {}

  double mass(const LawPanel& panel) const {
    const auto [low, high] = std::ranges::minmax(panel.value);
    if (!crosses(low, high)) return beyond(low, high) ? panel.mass : 0;
    const PanelRule& rule = PanelRule::get();
    const PanelPoints p = points(panel);
    NodeValues jacobian;
    for (int i = 0; i < panel_nodes; ++i) jacobian[i] = p.weight[i] / rule.weight[i];
    return mass(jacobian, panel.log_density, panel.value, 0);
  }

 private:
  static constexpr int deepest = 45;

  /// The ends of a panel lie beyond its nodes.
  bool crosses(double low, double high) const {
    const double margin = 0.1 * (high - low);
    return low - margin <= threshold_ && threshold_ < high + margin;
  }
  bool beyond(double low, double high) const {
    return ((low + high) / 2 > threshold_) == (side_ > 0);
  }

  /// jacobian: dx/dq times half the width in q.
  double mass(const NodeValues& jacobian, const NodeValues& log_density, const NodeValues& value,
              int depth) const {
    const PanelRule& rule = PanelRule::get();
    const auto [low, high] = std::ranges::minmax(value);
    double sum = 0;
    if (!crosses(low, high) || depth == deepest) {
      if (!beyond(low, high)) return 0;
      for (int i = 0; i < panel_nodes; ++i) {
        sum += rule.weight[i] * jacobian[i] * std::exp(log_density[i]);
      }
      return sum;
    }
    for (int half = 0; half < 2; ++half) {
      NodeValues j = rule.half(jacobian, half);
      for (double& number : j) number /= 2;
      sum += mass(j, rule.half(log_density, half), rule.half(value, half), depth + 1);
    }
    return sum;
  }

  double threshold_;
  int side_;
};

}  // namespace

LineLaw::LineLaw(std::vector<LawPanel> panels) : panels_(std::move(panels)) {
  std::erase_if(panels_, [](const LawPanel& p) { return p.empty(); });
  std::vector<double> masses;
  for (const LawPanel& panel : panels_) masses.push_back(panel.mass);
  std::ranges::sort(masses);
  for (const double mass : masses) mass_ += mass;
}

double LineLaw::tail(double threshold, int side) const {
  const PanelTail part(threshold, side);
  double sum = 0;
  for (const LawPanel& panel : panels_) sum += part.mass(panel);
  return sum;
}

double LineLaw::quantile(double p) const {
  HTDM_EXPECTS(p > 0 && p < 1);
  double low = 0, high = 0;
  for (const LawPanel& panel : panels_) {
    const auto [least, most] = std::ranges::minmax(panel.value);
    low = std::min(low, least - std::abs(least));
    high = std::max(high, most + std::abs(most));
  }
  const auto too_low = [&](double y) {
    return p < 0.5 ? below(y) < p * mass_ : above(y) > (1 - p) * mass_;
  };
  // Halving in asinh(y) treats near and far alike.
  double a = std::asinh(low), b = std::asinh(high);
  for (int k = 0; k < 60; ++k) {
    const double middle = (a + b) / 2;
    (too_low(std::sinh(middle)) ? a : b) = middle;
  }
  return std::sinh((a + b) / 2);
}

LineLaw sampler_law(const SamplerKind& kind, const std::shared_ptr<const Denoiser>& denoiser,
                    const SamplerOptions& options, const LawRun& run) {
  check_input(denoiser->dimension() == 1,
              "a law was asked for in " + std::to_string(denoiser->dimension()) + " dimensions",
              "Laws are propagated on the line", "Sample instead, or use a one-dimensional study");
  kind.make(denoiser, options);  // refuses what sampling would refuse
  if (kind.step_law == nullptr) return map_law(options.nu, *denoiser, options.levels, run);
  return chain_law(kind.step_law(options, 1), *denoiser, options.levels, run);
}

}  // namespace htdm
