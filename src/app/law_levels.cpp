#include "app/law_levels.hpp"

#include "core/error.hpp"
#include "samplers/marginal_law.hpp"

#include <fmt/core.h>

#include <cmath>
#include <limits>

namespace htdm {
namespace {

constexpr double scale_error = 1e-6, dropped_mass = 1e-23;
constexpr int density_points = 400;

/// P(|x - center| > threshold).
double beyond(const LineLaw& law, double center, double threshold) {
  return law.above(center + threshold) + law.below(center - threshold);
}

/// Threshold with P(|x - center| > threshold) = p, by halving in its asinh.
double threshold_beyond(const LineLaw& law, double center, double p) {
  double low = 0, high = std::asinh(law.reach() + std::abs(center));
  for (int k = 0; k < 50; ++k) {
    const double middle = (low + high) / 2;
    (beyond(law, center, std::sinh(middle)) > p ? low : high) = middle;
  }
  return std::sinh((low + high) / 2);
}

LawMarginal compare(const LineLaw& fine, const LineLaw& coarse, const LineLaw& truth, double center,
                    const ForEachPanel& each) {
  LawMarginal result;
  result.scale = (truth.quantile(0.75) - truth.quantile(0.25)) / 2;
  result.w1 = w1_distance(fine, truth, each);
  result.w1_error =
      3 * std::abs(result.w1 - w1_distance(coarse, truth, each)) + 2 * scale_error * result.scale;
  for (const double depth : marginal_depths()) {
    const double threshold = threshold_beyond(truth, center, depth);
    const double p = beyond(fine, center, threshold);
    result.threshold.push_back(threshold);
    result.probability.push_back(p);
    result.error.push_back(law_error_bound(p, beyond(coarse, center, threshold)) + scale_error * p);
  }
  return result;
}

}  // namespace

double law_error_bound(double fine, double coarse) {
  return 3 * std::abs(fine - coarse) + scale_error * fine + dropped_mass;
}

bool MarginalShelf::knows(const Normalization& scale) const {
  const auto* student = std::get_if<StudentTTarget>(&target_);
  return has_law(target_) && (student == nullptr || student->nu > 1) && scale.transforms.empty();
}

const LineLaw& MarginalShelf::at(const Normalization& scale, double nu, double sigma) {
  const std::tuple key(scale.mean[0], scale.deviation[0], nu, sigma);
  const auto found = laws_.find(key);
  if (found != laws_.end()) return found->second;
  LineLaw law = marginal_law(target_, scale, nu, sigma, {.tolerance = 1e-8}, each_);
  if (!(std::abs(law.mass() - 1) < 1e-6)) {
    throw NumericalError(
        fmt::format("The true marginal at noise level {} has mass {}: its density was not followed",
                    sigma, law.mass()));
  }
  return laws_.emplace(key, std::move(law)).first->second;
}

std::vector<double> marginal_depths() {
  return {1e-2, 1e-3, 1e-4, 1e-5};
}

std::vector<LawMarginal> law_marginals(const LevelLaws& laws, const Normalization& scale,
                                       MarginalShelf& shelf) {
  const double center = scale.to_z(location(shelf.target()), 0);
  std::vector<LawMarginal> results;
  for (std::size_t k = 0; k < laws.sigma.size(); ++k) {
    const LineLaw& truth = shelf.at(scale, laws.nu, laws.sigma[k]);
    results.push_back(compare(laws.fine[k], laws.coarse[k], truth, center, shelf.each()));
    results.back().sigma = laws.sigma[k];
  }
  return results;
}

std::vector<LawDensity> law_densities(const LevelLaws& laws, const Normalization& scale,
                                      MarginalShelf& shelf) {
  std::vector<LawDensity> results;
  for (std::size_t k = 0; k < laws.sigma.size(); ++k) {
    const LineLaw* truth = shelf.knows(scale) ? &shelf.at(scale, laws.nu, laws.sigma[k]) : nullptr;
    LawDensity& result = results.emplace_back();
    result.sigma = laws.sigma[k];
    result.x = laws.fine[k].spread(density_points);
    for (const double x : result.x) {
      const double density = laws.fine[k].density(x);
      result.density.push_back(density);
      result.error.push_back(3 * std::abs(density - laws.coarse[k].density(x)) +
                             scale_error * density);
      result.marginal.push_back(truth != nullptr ? truth->density(x)
                                                 : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return results;
}

}  // namespace htdm
