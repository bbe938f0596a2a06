#include "samplers/marginal_law.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"
#include "core/special.hpp"
#include "samplers/law_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace htdm {
namespace {

/// center + width t(nu) with probability `weight`; a point at width 0.
struct Part {
  double weight, center, width, nu;
};

/// Any target with a law, in z-space.
std::vector<Part> parts_of(const Target& target, const Normalization& scale) {
  std::vector<Part> parts;
  if (const auto* t = std::get_if<StudentTTarget>(&target)) {
    parts.push_back({1, t->location, t->scale, t->nu});
  } else if (const auto* g = std::get_if<GaussianTarget>(&target)) {
    parts.push_back({1, g->location, g->scale, inf});
  } else if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    parts.push_back({0.5, -points->separation, 0, inf});
    parts.push_back({0.5, points->separation, 0, inf});
  } else {
    const auto& mixture = std::get<GaussianMixtureTarget>(target);
    for (std::size_t k = 0; k < mixture.size(); ++k) {
      parts.push_back({mixture.weights[k], mixture.mean(k, 0), mixture.deviations[k], inf});
    }
  }
  for (Part& part : parts) {
    part.center = scale.to_z(part.center, 0);
    part.width /= scale.deviation[0];
  }
  return parts;
}

/// ln of the density of all parts: a sum that does not underflow before its largest term does.
double log_density(const std::vector<Part>& parts, double x) {
  std::vector<double> terms;
  terms.reserve(parts.size());
  for (const Part& part : parts) {
    terms.push_back(std::log(part.weight / part.width) +
                    StudentTLaw{part.nu}.log_pdf((x - part.center) / part.width));
  }
  const double largest = std::ranges::max(terms);
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - largest);
  return largest + std::log(sum);
}

/// Panels of a density with features like those of `parts`.
std::vector<LawPanel> resolve_density(const std::vector<Part>& parts,
                                      const std::function<double(double)>& log_density,
                                      const PanelRules& rules, const ForEachPanel& each) {
  std::vector<LawFeature> features;
  double reach = 0;
  for (const Part& part : parts) {
    features.push_back({part.center, part.width});
    const double end = part.width * StudentTLaw{part.nu}.upper_quantile(share_outside);
    reach = std::max(reach, std::abs(part.center) + end);
  }
  return resolve(
      root_panels(std::asinh(reach_factor * reach), features), rules,
      [&](const PanelPoints& p, LawPanel& panel) {
        for (int i = 0; i < panel_nodes; ++i) panel.log_density[i] = log_density(p.x[i]);
        panel.value = p.x;
      },
      each);
}

/// The density of a part plus sigma t(nu): the wider of the two as the kernel of a step from the
/// narrower.
class PartSum {
 public:
  PartSum(const Part& part, double nu, double sigma, const PanelRules& rules,
          const ForEachPanel& each)
      : PartSum(part, {1, 0, part.width, part.nu}, {1, 0, sigma, nu}, rules, each) {}

  double density(double x) const { return weight_ * kernel_.density(x - center_); }

 private:
  PartSum(const Part& part, const Part& data, const Part& noise, const PanelRules& rules,
          const ForEachPanel& each)
      : weight_(part.weight),
        center_(part.center),
        kernel_(to_kernel(data.width > noise.width ? data : noise,
                          data.width > noise.width ? noise : data, rules, each)) {}

  static LawKernel to_kernel(const Part& wide, const Part& narrow, const PanelRules& rules,
                             const ForEachPanel& each) {
    const std::vector<Part> parts{narrow};
    const StepCoefficients step{.drift = 0, .noise = wide.width, .constant = 1, .quadratic = 0};
    return {step, wide.nu,
            resolve_density(
                parts, [&](double x) { return log_density(parts, x); }, rules, each)};
  }

  double weight_, center_;
  LawKernel kernel_;
};

}  // namespace

LineLaw marginal_law(const Target& target, const Normalization& scale, double nu, double sigma,
                     const PanelRules& rules, const ForEachPanel& each) {
  HTDM_EXPECTS(has_law(target) && dimension(target) == 1 && scale.transforms.empty());
  std::vector<Part> sums;  // with width and nu of the sum where these are known, else about them
  std::vector<PartSum> integrals;
  for (const Part& part : parts_of(target, scale)) {
    const bool normal = std::isinf(part.nu) && std::isinf(nu);
    if (part.width > 0 && !normal) integrals.emplace_back(part, nu, sigma, rules, each);
    sums.push_back(
        {part.weight, part.center, std::hypot(part.width, sigma), std::min(part.nu, nu)});
  }
  return LineLaw(resolve_density(
      sums,
      [&](double x) {
        if (integrals.empty()) return log_density(sums, x);
        double density = 0;
        for (const PartSum& sum : integrals) density += sum.density(x);
        return std::log(std::max(1e-300, density));
      },
      rules, each));
}

}  // namespace htdm
