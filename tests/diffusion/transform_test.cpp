/// Transforms: inverses of each other, increasing, and with the laws they promise.
#include "diffusion/transform.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "random/draws.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// P(X > 5 + r) = P(X < 5 - r) = (1 + r)^-alpha / 2: power tails on both sides of 5.
double pareto_quantile(double p, double alpha) {
  const double tail = std::min(p, 1 - p);
  return 5 + std::copysign(std::pow(2 * tail, -1 / alpha) - 1, p - 0.5);
}

std::vector<double> pareto_sample(std::uint64_t seed, std::size_t n, double alpha) {
  std::vector<double> sample(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Words w = Stream(seed, Purpose::test_data, i).words(0);
    sample[i] = pareto_quantile(open_uniform(w[0], w[1]), alpha);
  }
  std::ranges::sort(sample);
  return sample;
}

Transform signed_log() {
  return fit_signed_log(pareto_sample(1, 20'000, 1.5));
}

/// The tail from its 1 % on: 1/(1 + r) lies between 1/r and its half there, so alpha = 1.5 is near.
Transform rank() {
  return fit_rank(pareto_sample(1, 200'000, 1.5), {1.5, 0.01}, {1.5, 0.01});
}

TEST(Transform, InverseUndoesForward) {
  for (const Transform& t : {Transform{}, signed_log(), rank()}) {
    double last = -inf;
    for (double r = -1e12; r <= 1e12; r += std::max(1e-3, std::abs(r) / 64)) {
      const double y = t.forward(5 + r);
      EXPECT_GT(y, last) << "x = " << 5 + r;
      EXPECT_NEAR(t.inverse(y), 5 + r, 1e-10 * (1 + std::abs(r))) << name(t.kind);
      last = y;
    }
  }
}

TEST(Transform, SignedLogIsItsFormula) {
  const Transform t{TransformKind::signed_log, 5, 2};
  EXPECT_DOUBLE_EQ(t.forward(5 + 2 * (std::exp(3.0) - 1)), 3);
  EXPECT_DOUBLE_EQ(t.forward(5 - 2 * (std::exp(3.0) - 1)), -3);
  EXPECT_EQ(t.forward(5), 0);
}

TEST(Transform, SignedLogTakesMedianAndMedianDistance) {
  const Transform t = fit_signed_log(std::vector<double>{1, 2, 4, 8, 1e9});
  EXPECT_EQ(t.center, 4);
  EXPECT_EQ(t.scale, 3);
  // More than half of the rows equal: the mean distance, so that the scale is not zero.
  EXPECT_EQ(fit_signed_log(std::vector<double>{0, 0, 0, 8}).scale, 2);
}

/// Scores of fresh draws are N(0, 1): Kolmogorov-Smirnov on 5e4 draws, which rejects at 1e-6 beyond
/// D = 0.012. The fit on 2e5 others adds a quarter to the variance of D: level 2e-5. Scores that
/// are a tenth too wide have D = 0.024 and are found with power above 0.9999.
TEST(Transform, RankScoresAreNormal) {
  const Transform t = rank();
  const std::vector<double> fresh = pareto_sample(2, 50'000, 1.5);
  std::vector<double> scores, scaled;
  for (const double x : fresh) {
    scores.push_back(t.forward(x));
    scaled.push_back(1.1 * scores.back());
  }
  const auto normal = [](double y) { return StudentTLaw{inf}.cdf(y); };
  EXPECT_GT(test::ks_p_value(scores, normal), 1e-6);
  EXPECT_LT(test::ks_p_value(scaled, normal), 1e-6);
}

/// Beyond the outer knot P(score > y) follows the power law of the data: for x with
/// P(X > x) = p the score is that of p, up to the fitted start of the tail and the factor between
/// (1 + r)^-1.5 and r^-1.5, (1 + 1/r)^1.5 <= 1.13 at the knot: at p = 1e-12 within 0.05.
TEST(Transform, RankTailsAreTheirPowerLaw) {
  const Transform t = rank();
  const StudentTLaw normal{inf};
  for (const double p : {1e-3, 1e-5, 1e-8, 1e-12}) {
    const double score = normal.upper_quantile(p);
    EXPECT_NEAR(t.forward(pareto_quantile(1 - p, 1.5)), score, p > 1e-4 ? 0.1 : 0.05);
    EXPECT_NEAR(t.forward(10 - pareto_quantile(1 - p, 1.5)), -score, p > 1e-4 ? 0.1 : 0.05);
  }
}

TEST(Transform, FarScoresStayFinite) {
  for (const Transform& t : {signed_log(), rank()}) {
    for (const double y : {50.0, 1e3, 1e300, inf}) {
      EXPECT_LE(t.inverse(y), 1e37) << name(t.kind);
      EXPECT_GT(t.inverse(y), 1e20) << name(t.kind);
      EXPECT_GE(t.inverse(-y), -1e37) << name(t.kind);
      EXPECT_LT(t.inverse(-y), -1e20) << name(t.kind);
    }
    EXPECT_TRUE(std::isnan(t.inverse(std::nan("")))) << name(t.kind);
  }
}

TEST(Transform, RankMergesEqualValuesAndEndsWhereDataEnd) {
  std::vector<double> sorted(600, 0.0);  // 60 % zeros, the rest above
  for (int i = 1; i <= 400; ++i) sorted.push_back(i);
  const Transform t = fit_rank(sorted, {inf, 0.01}, {3, 0.01});
  EXPECT_EQ(t.inverse(-6), 0);  // no data below zero
  EXPECT_EQ(t.inverse(t.forward(0)), 0);
  EXPECT_GT(t.inverse(6), 400);
  EXPECT_TRUE(std::ranges::is_sorted(t.value, std::less_equal<>()));
}

TEST(Transform, NamesAndRefusals) {
  for (const auto kind : {TransformKind::none, TransformKind::signed_log, TransformKind::rank}) {
    EXPECT_EQ(parse_transform(name(kind)), kind);
  }
  EXPECT_THROW(parse_transform("log"), InputError);
  EXPECT_THROW(fit_rank(std::vector<double>(100, 1.0), {2, 0.1}, {2, 0.1}), InputError);
}

}  // namespace
}  // namespace htdm
