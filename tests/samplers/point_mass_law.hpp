/// Data in one point x0: tests of the law of u = (x - x0)/sigma.
#pragma once

#include "core/special.hpp"
#include "samplers/probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace htdm::test {

/// The level of every test of these laws, two-sided.
inline constexpr double alpha = 1e-6;

/// u of one component.
inline std::vector<double> standardised(const std::vector<double>& x, double x0, double sigma) {
  std::vector<double> u;
  for (double value : x) u.push_back((value - x0) / sigma);
  return u;
}

/// |u| of every path.
inline std::vector<double> norms(const Rows& x, const std::vector<double>& x0, double sigma) {
  std::vector<double> result(x[0].size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    double square = 0;
    for (std::size_t j = 0; j < x0.size(); ++j) {
      square += std::pow((x[j][i] - x0[j]) / sigma, 2.0);
    }
    result[i] = std::sqrt(square);
  }
  return result;
}

/// u is t_d(0, I, nu): its first component and its norm. At 40,000 paths and this level the
/// Kolmogorov-Smirnov test sees distribution functions that differ by 0.014.
inline void expect_student_t(const Rows& x, const std::vector<double>& x0, double sigma,
                             double nu) {
  const StudentTLaw law{nu};
  const int d = static_cast<int>(x0.size());
  EXPECT_GT(ks_p_value(standardised(x[0], x0[0], sigma), [&](double u) { return law.cdf(u); }),
            alpha)
      << "component at sigma " << sigma << ", d = " << d;
  EXPECT_GT(
      ks_p_value(norms(x, x0, sigma), [&](double r) { return 1 - norm_survival(d, nu, 1, r); }),
      alpha)
      << "norm at sigma " << sigma << ", d = " << d;
}

}  // namespace htdm::test
