/// Student-t laws fitted to data by maximum likelihood.
#pragma once

#include "stats/intervals.hpp"

#include <span>
#include <vector>

namespace htdm {

/// A fit of location + t_d(0, scatter, nu).
struct StudentTFit {
  double nu = 0;         ///< inf: no Student-t law is better than the Gaussian
  Interval nu_interval;  ///< 95 %, profile likelihood; its upper end may be inf
  std::vector<double> location;
  std::vector<double> scatter;  ///< d x d; in d = 1 the square of the scale
  double log_likelihood = 0;
};

/// The fit to n rows of d numbers (x[i d + j]).
///
/// For a given nu, location and scatter come from the expectation-maximisation iteration with
/// weights w = (nu + d)/(nu + delta), delta the squared Mahalanobis distance, both sums divided by
/// sum w (Kent, Tyler & Vardi 1994: the same limit as the plain one, sooner). The profile over 1/nu
/// is searched between 0 (the Gaussian) and 10. Rows are taken to be independent.
/// Throws InputError for fewer than d + 2 rows or rows in a plane. Cost: about 1000 n d^2 products.
/// Source: Liu & Rubin, Statistica Sinica 5 (1995).
StudentTFit fit_student_t(std::span<const double> x, int dimension = 1);

}  // namespace htdm
