/// Intervals of moments: how often they hold the truth, and what they do not depend on.
#include "stats/batch_moments.hpp"

#include "random/draws.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

namespace htdm {
namespace {

constexpr std::size_t repeats = 2000, batch_count = 10, batch_size = 500;

/// N(3, 4) numbers of one repeat, in batches.
std::vector<Moments> normal_batches(std::size_t repeat) {
  std::vector<Moments> batches(batch_count);
  std::vector<double> x(batch_size);
  for (std::size_t b = 0; b < batch_count; ++b) {
    standard_normals(Stream(7, Purpose::test_data, repeat * batch_count + b), 0, x);
    for (double& value : x) value = 3 + 2 * value;
    batches[b].add(x);
  }
  return batches;
}

/// Over 2000 repeats of ten batches of 500 Normal numbers the intervals of mean and variance hold
/// the truth in 95 % of them: a batch mean of squares has skewness 0.13, which moves the coverage
/// by less than 0.1 %. Test at level 1e-6 each; a coverage of 92.5 % fails with probability 0.5.
/// Those of skewness and kurtosis are linear to first order only and skewed: within 3 %.
TEST(BatchMoments, IntervalsHoldTheTruth) {
  const double truth[] = {3, 4, 0, 3};
  std::uint64_t held[4] = {};
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    const auto intervals = moment_intervals(normal_batches(repeat));
    for (std::size_t k = 0; k < 4; ++k) {
      held[k] += intervals[k].low <= truth[k] && truth[k] <= intervals[k].high ? 1 : 0;
    }
  }
  EXPECT_GT(test::binomial_two_sided_p(held[0], repeats, 0.95), 1e-6) << held[0];
  EXPECT_GT(test::binomial_two_sided_p(held[1], repeats, 0.95), 1e-6) << held[1];
  for (const std::size_t k : {2U, 3U}) {
    EXPECT_NEAR(static_cast<double>(held[k]) / repeats, 0.95, 0.03) << k;
  }
}

/// They are as wide as sampling makes them: for N(0, s^2), Var = s^2/n, 2 s^4/n, 6/n and 24/n.
TEST(BatchMoments, AreAsWideAsTheTruthAsks) {
  constexpr double n = batch_count * batch_size, t = 2.2621571628;  // t_9 at 97.5 %
  const double variance[] = {4 / n, 2 * 16 / n, 6 / n, 24 / n};
  double square[4] = {};
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    const auto intervals = moment_intervals(normal_batches(repeat));
    for (std::size_t k = 0; k < 4; ++k) {
      const double half = (intervals[k].high - intervals[k].low) / 2 / t;
      square[k] += half * half / repeats;
    }
  }
  // Relative deviation of their mean square: sqrt(2/9/2000) = 0.01; fourth powers scatter more.
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(square[k] / variance[k], 1, 0.06) << k;
}

TEST(BatchMoments, AreAboutThePooledValue) {
  std::vector<Moments> batches = normal_batches(0);
  Moments all;
  for (const Moments& batch : batches) all.merge(batch);
  const auto intervals = moment_intervals(batches);
  const double pooled[] = {all.mean(), all.variance(), all.skewness(), all.kurtosis()};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR((intervals[k].low + intervals[k].high) / 2, pooled[k], 1e-12);
  }
  batches.insert(batches.begin() + 3, Moments{});  // a batch of another part
  const auto same = moment_intervals(batches);
  for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(same[k].low, intervals[k].low);
}

TEST(BatchMoments, MovingAndScalingTheNumbersMovesAndScalesThem) {
  std::vector<Moments> plain(3), moved(3);
  for (std::size_t b = 0; b < 3; ++b) {
    std::vector<double> x(200), y(200);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = gamma(Stream(5, Purpose::test_data, 200 * b + i), 0, 1.7);
      y[i] = 100 - 3 * x[i];
    }
    plain[b].add(x);
    moved[b].add(y);
  }
  const auto of = moment_intervals(plain), after = moment_intervals(moved);
  EXPECT_NEAR(after[0].low, 100 - 3 * of[0].high, 1e-11);
  EXPECT_NEAR(after[1].high, 9 * of[1].high, 1e-10);
  EXPECT_NEAR(after[2].low, -of[2].high, 1e-10);
  EXPECT_NEAR(after[3].high, of[3].high, 1e-9);
}

TEST(BatchMoments, NeedTwoBatches) {
  std::vector<Moments> batches(3);
  batches[1].add(std::vector<double>{1, 2, 4});
  for (const Interval& interval : moment_intervals(batches)) {
    EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high));
  }
}

}  // namespace
}  // namespace htdm
