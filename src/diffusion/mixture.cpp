#include "diffusion/mixture.hpp"

#include "core/error.hpp"
#include "core/special.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace htdm {
namespace {

constexpr StudentTLaw normal{std::numeric_limits<double>::infinity()};

/// sum_k w_k term(k).
template <class Term>
double weighted(const GaussianMixtureTarget& t, Term&& term) {
  double sum = 0;
  for (std::size_t k = 0; k < t.size(); ++k) sum += t.weights[k] * term(k);
  return sum;
}

}  // namespace

std::size_t GaussianMixtureTarget::choose(double u) const {
  std::size_t k = 0;
  for (double below = weights[0]; k + 1 < size() && u > below; below += weights[k]) ++k;
  return k;
}

double GaussianMixtureTarget::cdf(double x, int j) const {
  return weighted(*this,
                  [&](std::size_t k) { return normal.cdf((x - mean(k, j)) / deviations[k]); });
}

double GaussianMixtureTarget::survival(double x, int j) const {
  return weighted(*this,
                  [&](std::size_t k) { return normal.survival((x - mean(k, j)) / deviations[k]); });
}

double GaussianMixtureTarget::density(double x, int j) const {
  return weighted(*this, [&](std::size_t k) {
    return normal.pdf((x - mean(k, j)) / deviations[k]) / deviations[k];
  });
}

double GaussianMixtureTarget::quantile(double p, int j) const {
  // The quantile of a mixture lies between those of its parts.
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::size_t k = 0; k < size(); ++k) {
    const double part = mean(k, j) + deviations[k] * normal.quantile(p);
    low = std::min(low, part);
    high = std::max(high, part);
  }
  const auto below = [&](double x) { return p < 0.5 ? cdf(x, j) < p : survival(x, j) > 1 - p; };
  while (std::nextafter(low, high) < high) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (below(middle) ? low : high) = middle;
  }
  return high;
}

double GaussianMixtureTarget::partial_expectation(double x, int j) const {
  return weighted(*this, [&](std::size_t k) {
    const double u = (x - mean(k, j)) / deviations[k];
    return mean(k, j) * normal.cdf(u) + deviations[k] * normal.partial_expectation(u);
  });
}

double GaussianMixtureTarget::mean(int j) const {
  return weighted(*this, [&](std::size_t k) { return mean(k, j); });
}

double GaussianMixtureTarget::norm_survival(double r) const {
  return weighted(*this, [&](std::size_t k) {
    double squared_mean = 0;
    for (int j = 0; j < dimension; ++j) squared_mean += mean(k, j) * mean(k, j);
    const double s = deviations[k];
    return noncentral_chi_squared_survival(dimension, squared_mean / (s * s), r * r / (s * s));
  });
}

double GaussianMixtureTarget::linear_survival(double t, std::span<const double> weights_of) const {
  double square = 0;
  for (const double w : weights_of) square += w * w;
  return weighted(*this, [&](std::size_t k) {
    double center = 0;
    for (int j = 0; j < dimension; ++j)
      center += weights_of[static_cast<std::size_t>(j)] * mean(k, j);
    return normal.survival((t - center) / (deviations[k] * std::sqrt(square)));
  });
}

GaussianMixtureTarget make_mixture(int dimension, std::vector<double> weights,
                                   std::vector<double> means, std::vector<double> deviations) {
  HTDM_EXPECTS(!weights.empty() && deviations.size() == weights.size());
  HTDM_EXPECTS(means.size() == weights.size() * static_cast<std::size_t>(dimension));
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= total;
  return {dimension, std::move(weights), std::move(means), std::move(deviations)};
}

}  // namespace htdm
