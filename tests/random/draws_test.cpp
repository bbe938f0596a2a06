#include "random/draws.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "support/statistics.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

// Every law is tested at level alpha. A Kolmogorov-Smirnov test of n = 100000 draws finds a
// distribution function that is off by 0.015 anywhere with probability above 0.99; the counts
// beyond the quantiles of `tail` find a tail too heavy by 60 % or too light by half as surely.

namespace htdm {
namespace {

constexpr double alpha = 1e-6;
constexpr std::uint64_t n = 100000;
constexpr double tail = 2e-3;
constexpr double inf = std::numeric_limits<double>::infinity();

template <class Draw>
std::vector<double> sample(Purpose purpose, Draw&& draw) {
  std::vector<double> values(n);
  for (std::uint64_t path = 0; path < n; ++path) values[path] = draw(Stream(3, purpose, path));
  return values;
}

std::uint64_t count_above(const std::vector<double>& values, double threshold) {
  return static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [=](double x) { return x > threshold; }));
}

TEST(OpenUniform, NeverReachesItsEnds) {
  EXPECT_EQ(open_uniform(0, 0), 0x1p-53);
  EXPECT_EQ(open_uniform(~0U, ~0U), 1 - 0x1p-53);
  EXPECT_EQ(open_uniform(0x80000000U, 0), 0.5 + 0x1p-53);
}

TEST(OpenUniform, IsUniform) {
  const auto draw = [](const Stream& stream) {
    const Words words = stream.words(1);
    return open_uniform(words[0], words[1]);
  };
  EXPECT_GT(test::ks_p_value(sample(Purpose::training_level, draw), [](double x) { return x; }),
            alpha);
}

// Pearson's test over all values, level alpha: one value of seven that is 8 % too frequent is found
// with probability above 0.99.
TEST(UniformBelow, IsUniformForSmallBounds) {
  for (const std::uint64_t bound : {2U, 7U, 10U, 1000U}) {
    std::vector<std::uint64_t> counts(bound);
    for (std::uint64_t path = 0; path < n; ++path) {
      const std::uint64_t k = uniform_below(Stream(5, Purpose::minibatch_order, path), 0, bound);
      ASSERT_LT(k, bound);
      ++counts[k];
    }
    const std::vector<double> expected(bound, static_cast<double>(n) / static_cast<double>(bound));
    EXPECT_GT(test::chi_square_p_value(counts, expected), alpha) << bound;
  }
}

// Without rejection, three quarters of the multiples of 2^64 / bound keep two words for the values
// 0 modulo 3 and one for the others: residues in proportion 2 : 1 : 1, found with certainty.
TEST(UniformBelow, IsUnbiasedForLargeBounds) {
  constexpr std::uint64_t bound = 3ULL << 62;
  std::vector<std::uint64_t> residues(3);
  std::vector<std::uint64_t> thirds(3);
  for (std::uint64_t path = 0; path < n; ++path) {
    const std::uint64_t k = uniform_below(Stream(6, Purpose::minibatch_order, path), 9, bound);
    ASSERT_LT(k, bound);
    ++residues[k % 3];
    ++thirds[k >> 62];
  }
  const std::vector<double> expected(3, static_cast<double>(n) / 3);
  EXPECT_GT(test::chi_square_p_value(residues, expected), alpha);
  EXPECT_GT(test::chi_square_p_value(thirds, expected), alpha);
}

TEST(UniformBelow, OneValueIsNoChoice) {
  EXPECT_EQ(uniform_below(Stream(5, Purpose::minibatch_order, 0), 0, 1), 0U);
}

TEST(NormalPair, IsBoxMuller) {
  const Words words{0x12345678, 0x9abcdef0, 0x0fedcba9, 0x87654321};
  const double r = std::sqrt(-2 * std::log(open_uniform(words[0], words[1])));
  const double v = 2 * std::numbers::pi * open_uniform(words[2], words[3]);
  const auto pair = normal_pair(words);
  EXPECT_DOUBLE_EQ(pair[0], r * std::cos(v));
  EXPECT_DOUBLE_EQ(pair[1], r * std::sin(v));
}

// Squares as well as values must be uncorrelated; a correlation of 0.025 is found with
// probability above 0.99.
TEST(StandardNormals, AreIndependentNormals) {
  constexpr std::size_t d = 5;
  std::vector<std::vector<double>> columns(d, std::vector<double>(n));
  for (std::uint64_t path = 0; path < n; ++path) {
    std::array<double, d> z{};
    standard_normals(Stream(3, Purpose::train_data, path), 2, z);
    for (std::size_t j = 0; j < d; ++j) columns[j][path] = z[j];
  }
  const StudentTLaw normal{inf};
  const double threshold = normal.upper_quantile(tail);
  for (std::size_t j = 0; j < d; ++j) {
    EXPECT_GT(test::ks_p_value(columns[j], [&](double x) { return normal.cdf(x); }), alpha) << j;
    EXPECT_GT(test::binomial_two_sided_p(count_above(columns[j], threshold), n, tail), alpha);
    for (std::size_t k = 0; k < j; ++k) {
      double product = 0;
      double squares = 0;
      for (std::uint64_t path = 0; path < n; ++path) {
        const double a = columns[j][path];
        const double b = columns[k][path];
        product += a * b;
        squares += (a * a - 1) * (b * b - 1) / 2;
      }
      const double root = std::sqrt(static_cast<double>(n));
      EXPECT_GT(test::normal_two_sided_p(product / root), alpha) << j << " " << k;
      EXPECT_GT(test::normal_two_sided_p(squares / root), alpha) << j << " " << k;
    }
  }
}

TEST(StandardNormals, DoNotDependOnHowManyAreAsked) {
  const Stream stream(3, Purpose::train_data, 11);
  std::vector<double> many(6);
  standard_normals(stream, 0, many);
  for (std::size_t d = 1; d <= 5; ++d) {
    std::vector<double> few(d);
    standard_normals(stream, 0, few);
    EXPECT_EQ(few, std::vector<double>(many.begin(), many.begin() + static_cast<long>(d)));
  }
}

TEST(Gamma, HasItsLawForEveryShape) {
  for (const double shape : {0.3, 1.0, 1.05, 1.5, 4.0, 50.0}) {
    SCOPED_TRACE(shape);
    const boost::math::gamma_distribution<double> law(shape);
    const auto values = sample(Purpose::prior_mixing,
                               [shape](const Stream& stream) { return gamma(stream, 0, shape); });
    EXPECT_GT(test::ks_p_value(values, [&](double x) { return cdf(law, x); }), alpha);
    const std::uint64_t high = count_above(values, quantile(complement(law, tail)));
    const std::uint64_t low = n - count_above(values, quantile(law, tail));
    EXPECT_GT(test::binomial_two_sided_p(high, n, tail), alpha) << high;
    EXPECT_GT(test::binomial_two_sided_p(low, n, tail), alpha) << low;
  }
}

TEST(Gamma, RefusesShapesWithoutALaw) {
  const Stream stream(3, Purpose::prior_mixing, 0);
  for (const double shape : {0.0, -1.0, inf, std::nan("")}) {
    EXPECT_THROW(gamma(stream, 0, shape), InputError) << shape;
  }
}

// A rejected attempt must not reach the next path's or step's words.
TEST(Gamma, IsAFunctionOfItsAddress) {
  const Stream stream(3, Purpose::prior_mixing, 17);
  const double first = gamma(stream, 4, 1.25);
  EXPECT_NE(gamma(stream, 5, 1.25), first);
  EXPECT_NE(gamma(Stream(3, Purpose::prior_mixing, 18), 4, 1.25), first);
  EXPECT_EQ(gamma(stream, 4, 1.25), first);
}

TEST(ChiSquare, HasItsLaw) {
  for (const double nu : {1.0, 2.1, 3.0, 7.5}) {
    const boost::math::chi_squared_distribution<double> law(nu);
    const auto values = sample(Purpose::chain_mixing,
                               [nu](const Stream& stream) { return chi_square(stream, 1, nu); });
    EXPECT_GT(test::ks_p_value(values, [&](double x) { return cdf(law, x); }), alpha) << nu;
  }
}

}  // namespace
}  // namespace htdm
