#include "support/statistics.hpp"

#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace htdm::test {
namespace {

double uniform_cdf(double x) {
  return std::clamp(x, 0.0, 1.0);
}

std::vector<double> uniforms(std::uint64_t trial, std::uint64_t n) {
  std::vector<double> values(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    const Words words =
        Stream(1, Purpose::held_out_data, i).words(static_cast<std::uint32_t>(trial));
    values[i] = open_uniform(words[0], words[1]);
  }
  return values;
}

/// Expect the p-values to be uniform: their share below each of several levels is binomial, each
/// tested at 1e-5. `discrete` laws may only be conservative.
void expect_uniform(const std::vector<double>& p_values, bool discrete = false) {
  for (const double level : {0.9, 0.5, 0.1, 0.01}) {
    const auto below = static_cast<std::uint64_t>(
        std::count_if(p_values.begin(), p_values.end(), [=](double p) { return p <= level; }));
    if (discrete && static_cast<double>(below) <= level * static_cast<double>(p_values.size())) {
      continue;
    }
    EXPECT_GT(binomial_two_sided_p(below, p_values.size(), level), 1e-5) << level << " " << below;
  }
}

// A sample at i/n + D, i = 0 .. n-1, is at distance D above, its mirror image at D below. Distances
// and probabilities are those of the exact law (SciPy's kstwo).
TEST(KolmogorovSmirnov, AgreesWithTheExactLaw) {
  struct Value {
    int n;
    double distance;
    double p;
    double relative;
  };
  for (const auto& [n, distance, p, relative] :
       std::vector<Value>{{10, 0.24686329073080385, 0.5, 0.01},
                          {10, 0.4092460847775048, 0.05, 0.03},
                          {50, 0.1138627929741595, 0.5, 0.002},
                          {50, 0.18840647917792508, 0.05, 0.005},
                          {50, 0.27067455996879725, 1e-3, 0.07},
                          {200, 0.09515787601831346, 0.05, 1e-3},
                          {1000, 0.026005301564520387, 0.5, 1e-4},
                          {1000, 0.06146222477170905, 1e-3, 0.01},
                          {1000, 0.08494641956361038, 1e-6, 0.05},
                          {100000, 0.00851550912040418, 1e-6, 1e-3},
                          {100000, 0.010346268312614253, 1e-9, 1e-3}}) {
    std::vector<double> sample(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) sample[static_cast<std::size_t>(i)] = i / (1.0 * n) + distance;
    EXPECT_NEAR(ks_p_value(sample, uniform_cdf), p, relative * p) << n << " " << distance;
    for (double& x : sample) x = 1 - x;
    EXPECT_NEAR(ks_p_value(sample, uniform_cdf), p, relative * p) << n << " " << distance;
  }
}

TEST(KolmogorovSmirnov, IsUniformUnderTheNull) {
  for (const std::uint64_t n : {20U, 300U}) {
    std::vector<double> p_values(4000);
    for (std::uint64_t trial = 0; trial < p_values.size(); ++trial) {
      p_values[trial] = ks_p_value(uniforms(trial, n), uniform_cdf);
    }
    expect_uniform(p_values);
  }
}

// x = u^0.9 is at distance 0.04 from uniform: sqrt(n) D = 4 at n = 10000.
TEST(KolmogorovSmirnov, IsPowerful) {
  auto sample = uniforms(0, 10000);
  for (double& x : sample) x = std::pow(x, 0.9);
  EXPECT_LT(ks_p_value(sample, uniform_cdf), 1e-9);
}

TEST(KolmogorovSmirnov, RefusesWhatIsNoSample) {
  EXPECT_THROW(ks_p_value({}, uniform_cdf), std::invalid_argument);
  EXPECT_EQ(ks_p_value({0.5, std::nan("")}, uniform_cdf), 0);
  EXPECT_EQ(ks_p_value({0.5}, [](double) { return std::nan(""); }), 0);
}

// Two degrees of freedom: exp(-x/2); one: erfc(sqrt(x/2)).
TEST(ChiSquare, AgreesWithClosedForms) {
  EXPECT_NEAR(chi_square_p_value({120, 90, 90}, {100, 100, 100}), std::exp(-3), 1e-14);
  EXPECT_NEAR(chi_square_p_value({60, 40}, {50, 50}), std::erfc(std::sqrt(2.0)), 1e-14);
  EXPECT_NEAR(chi_square_p_value({120, 90, 90}, {100, 100, 100}, 1), std::erfc(std::sqrt(3.0)),
              1e-14);
  EXPECT_EQ(chi_square_p_value({50, 50}, {50, 50}), 1);
}

TEST(ChiSquare, IsUniformUnderTheNull) {
  std::vector<double> p_values(4000);
  for (std::uint64_t trial = 0; trial < p_values.size(); ++trial) {
    std::vector<std::uint64_t> counts(4);
    for (const double u : uniforms(trial, 500)) ++counts[static_cast<std::size_t>(4 * u)];
    p_values[trial] = chi_square_p_value(counts, {125, 125, 125, 125});
  }
  expect_uniform(p_values);
}

TEST(ChiSquare, IsPowerful) {
  EXPECT_LT(chi_square_p_value({5300, 4900, 4900, 4900}, {5000, 5000, 5000, 5000}), 1e-4);
}

TEST(ChiSquare, RefusesCellsItCannotJudge) {
  EXPECT_THROW(chi_square_p_value({1, 2}, {1, 2}), std::invalid_argument);
  EXPECT_THROW(chi_square_p_value({10}, {10}), std::invalid_argument);
  EXPECT_THROW(chi_square_p_value({10, 10}, {10, 10, 10}), std::invalid_argument);
  EXPECT_THROW(chi_square_p_value({10, 10}, {10, 20}), std::invalid_argument);
}

TEST(NormalTwoSided, AgreesWithTables) {
  EXPECT_EQ(normal_two_sided_p(0), 1);
  EXPECT_NEAR(normal_two_sided_p(1.959963984540054), 0.05, 1e-12);
  EXPECT_NEAR(normal_two_sided_p(-4.891638475698749), 1e-6, 1e-16);
  EXPECT_TRUE(std::isnan(normal_two_sided_p(std::nan(""))));
}

// Against sums of the probability function.
TEST(BinomialTwoSided, AgreesWithSums) {
  constexpr int n = 30;
  for (const double p : {0.02, 0.3, 0.5}) {
    std::vector<double> mass(n + 1);
    for (int k = 0; k <= n; ++k) {
      mass[static_cast<std::size_t>(k)] =
          std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                   k * std::log(p) + (n - k) * std::log1p(-p));
    }
    double lower = 0;
    for (std::uint64_t k = 0; k <= n; ++k) {
      const double upper = 1 - lower;
      lower += mass[k];
      const double exact = std::min(1.0, 2 * std::min(lower, upper));
      EXPECT_NEAR(binomial_two_sided_p(k, n, p), exact, 1e-12) << k << " " << p;
    }
  }
}

// P(X = 0) = (1 - p)^n, P(X = n) = p^n.
TEST(BinomialTwoSided, KeepsItsTails) {
  EXPECT_NEAR(binomial_two_sided_p(0, 1000000, 1e-5) / (2 * std::exp(1e6 * std::log1p(-1e-5))), 1,
              1e-9);
  EXPECT_NEAR(binomial_two_sided_p(40, 40, 0.5) / std::pow(2.0, -39), 1, 1e-9);
  EXPECT_EQ(binomial_two_sided_p(0, 10, 0), 1);
  EXPECT_EQ(binomial_two_sided_p(1, 10, 0), 0);
  EXPECT_EQ(binomial_two_sided_p(10, 10, 1), 1);
  EXPECT_THROW(binomial_two_sided_p(11, 10, 0.5), std::invalid_argument);
  EXPECT_THROW(binomial_two_sided_p(1, 10, std::nan("")), std::invalid_argument);
}

TEST(BinomialTwoSided, IsNeverTooSmallUnderTheNull) {
  std::vector<double> p_values(4000);
  for (std::uint64_t trial = 0; trial < p_values.size(); ++trial) {
    const auto sample = uniforms(trial, 500);
    const auto count =
        std::count_if(sample.begin(), sample.end(), [](double u) { return u < 0.3; });
    p_values[trial] = binomial_two_sided_p(static_cast<std::uint64_t>(count), 500, 0.3);
  }
  expect_uniform(p_values, true);
}

}  // namespace
}  // namespace htdm::test
