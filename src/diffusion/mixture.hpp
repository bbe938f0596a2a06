/// Mixtures of isotropic Gaussians.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace htdm {

/// sum_k w_k N(m_k, s_k^2 I_d), k = 0 .. K - 1.
struct GaussianMixtureTarget {
  int dimension = 1;
  std::vector<double> weights;     ///< K positive numbers that sum to 1
  std::vector<double> means;       ///< K vectors of d numbers, one after the other
  std::vector<double> deviations;  ///< K positive numbers

  std::size_t size() const { return weights.size(); }
  double mean(std::size_t k, int j) const {
    return means[k * static_cast<std::size_t>(dimension) + static_cast<std::size_t>(j)];
  }
  /// The component that a uniform number u in (0, 1) falls on.
  std::size_t choose(double u) const;

  /// The law of component j of x: sums over k of Normal laws.
  double cdf(double x, int j) const;
  double survival(double x, int j) const;
  double density(double x, int j) const;
  /// x with F(x) = p, by bisection to the last bit.
  double quantile(double p, int j) const;
  /// Integral of y dF(y) over y <= x: sum w_k (m_k Phi(u_k) - s_k phi(u_k)), u_k = (x - m_k)/s_k.
  double partial_expectation(double x, int j) const;
  double mean(int j) const;

  /// P(|x| > r), r > 0: sum w_k P(chi'^2_d(|m_k|^2/s_k^2) > r^2/s_k^2), chi'^2 non-central.
  double norm_survival(double r) const;

  /// P(w.x > t) for d weights, not all 0: w.x ~ sum w_k N(w.m_k, s_k^2 |w|^2).
  double linear_survival(double t, std::span<const double> weights) const;
};

/// Weights scaled to sum to 1; sizes agree and every weight and deviation is positive.
GaussianMixtureTarget make_mixture(int dimension, std::vector<double> weights,
                                   std::vector<double> means, std::vector<double> deviations);

}  // namespace htdm
