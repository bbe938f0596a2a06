/// Student-t fits: the equations of the maximum, known laws, and what affine maps do.
#include "stats/student_t_fit.hpp"

#include "core/error.hpp"
#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace htdm {
namespace {

std::vector<double> student_t_rows(double nu, int d, std::size_t n, std::uint64_t seed) {
  const auto columns = static_cast<std::size_t>(d);
  std::vector<double> x(n * columns);
  for (std::size_t i = 0; i < n; ++i) {
    const std::span row = std::span(x).subspan(i * columns, columns);
    student_t({seed, Purpose::test_data, 2 * i}, {seed, Purpose::test_data, 2 * i + 1}, 0, nu, row);
  }
  return x;
}

/// In d = 1: sum w (x - mu) = 0, sum w (x - mu)^2 = n s^2 and, the score in nu, a numerical
/// derivative of the density's logarithm.
TEST(StudentTFit, SolvesTheLikelihoodEquations) {
  const std::vector<double> x = student_t_rows(3, 1, 2000, 5);
  const StudentTFit fit = fit_student_t(x);
  const double mu = fit.location[0], variance = fit.scatter[0];
  const auto log_likelihood = [&](double nu) {
    double sum = 0;
    for (const double value : x) {
      sum += std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) -
             0.5 * std::log(nu * 3.14159265358979 * variance) -
             (nu + 1) / 2 * std::log1p((value - mu) * (value - mu) / variance / nu);
    }
    return sum;
  };
  double first = 0, second = 0;
  for (const double value : x) {
    const double w = (fit.nu + 1) / (fit.nu + (value - mu) * (value - mu) / variance);
    first += w * (value - mu);
    second += w * (value - mu) * (value - mu);
  }
  EXPECT_NEAR(first / 2000, 0, 1e-5);
  EXPECT_NEAR(second / 2000, variance, 1e-5);
  EXPECT_NEAR(fit.log_likelihood, log_likelihood(fit.nu), 1e-5);
  EXPECT_NEAR((log_likelihood(fit.nu + 1e-3) - log_likelihood(fit.nu - 1e-3)) / 2e-3, 0, 1e-2);
  EXPECT_LT(fit.nu_interval.low, 3);
  EXPECT_GT(fit.nu_interval.high, 3);
  EXPECT_LT(fit.nu_interval.high - fit.nu_interval.low, 1.5);
}

TEST(StudentTFit, FollowsAffineMapsInSeveralDimensions) {
  std::vector<double> x = student_t_rows(4, 2, 3000, 9);
  const StudentTFit fit = fit_student_t(x, 2);
  EXPECT_NEAR(fit.nu, 4, 1.2);
  EXPECT_NEAR(fit.scatter[0], 1, 0.15);
  EXPECT_NEAR(fit.scatter[1], 0, 0.1);
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const double a = x[i], b = x[i + 1];
    x[i] = 1e3 + 10 * a;
    x[i + 1] = 5 * a + 2 * b;
  }
  const StudentTFit mapped = fit_student_t(x, 2);
  EXPECT_NEAR(mapped.nu, fit.nu, 1e-4);
  EXPECT_NEAR(mapped.nu_interval.low, fit.nu_interval.low, 1e-3);
  EXPECT_NEAR(mapped.location[0], 1e3 + 10 * fit.location[0], 1e-3);
  EXPECT_NEAR(mapped.scatter[1], 50 * fit.scatter[0] + 20 * fit.scatter[1], 1e-2);
}

/// Normal draws: no upper end of nu.
TEST(StudentTFit, KnowsTheGaussian) {
  std::vector<double> x(2000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    standard_normals(Stream(3, Purpose::test_data, i), 0, std::span(x).subspan(i, 1));
  }
  const StudentTFit fit = fit_student_t(x);
  EXPECT_TRUE(std::isinf(fit.nu_interval.high));
  EXPECT_GT(fit.nu_interval.low, 8);
}

TEST(StudentTFit, RefusesWhatHasNoDensity) {
  EXPECT_THROW(fit_student_t(std::vector<double>{1, 2}), InputError);
  EXPECT_THROW(fit_student_t(std::vector<double>(50, 2.0)), InputError);
  std::vector<double> line;
  for (int i = 0; i < 50; ++i) line.insert(line.end(), {0.1 * i * i, 0.2 * i * i});
  EXPECT_THROW(fit_student_t(line, 2), InputError);
}

}  // namespace
}  // namespace htdm
