/// Intervals against known values and against exact binomial sums.
#include "stats/intervals.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

/// P(X = k), X ~ Binomial(n, p), through log-gamma: shares no code with the intervals.
double binomial_mass(std::uint64_t k, std::uint64_t n, double p) {
  if (p == 0 || p == 1) return (p == 0 ? k == 0 : k == n) ? 1 : 0;
  const double a = static_cast<double>(k), b = static_cast<double>(n - k);
  return std::exp(std::lgamma(a + b + 1) - std::lgamma(a + 1) - std::lgamma(b + 1) +
                  a * std::log(p) + b * std::log1p(-p));
}

/// P(first <= X < last).
double binomial_between(std::uint64_t first, std::uint64_t last, std::uint64_t n, double p) {
  double sum = 0;
  for (std::uint64_t k = first; k < std::min(last, n + 1); ++k) sum += binomial_mass(k, n, p);
  return sum;
}

TEST(ClopperPearson, AgreesWithKnownValues) {
  // Roots of the two tail equations, bisected in exact binomial sums.
  const Interval half = clopper_pearson(5, 10);
  EXPECT_NEAR(half.low, 0.1870860284473985, 1e-12);
  EXPECT_NEAR(half.high, 0.8129139715526015, 1e-12);
  const Interval one = clopper_pearson(1, 20);
  EXPECT_NEAR(one.low, 0.001265089497949845, 1e-12);
  EXPECT_NEAR(one.high, 0.2487327627720278, 1e-12);
}

TEST(ClopperPearson, EndsAtZeroAndAllSuccesses) {
  const Interval none = clopper_pearson(0, 1'000'000);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high * 1e6, -std::log(0.025), 1e-5);
  const Interval all = clopper_pearson(10, 10);
  EXPECT_NEAR(all.low, 1 - clopper_pearson(0, 10).high, 1e-15);
  EXPECT_EQ(all.high, 1);
  const Interval nothing = clopper_pearson(0, 0);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
}

TEST(ClopperPearson, EndsSolveTheirEquations) {
  const std::uint64_t n = 100'000'000;
  for (const std::uint64_t k : {1u, 7u, 400u}) {
    const Interval interval = clopper_pearson(k, n, 0.9);
    EXPECT_NEAR(1 - binomial_between(0, k, n, interval.low), 0.05, 1e-6) << k;
    EXPECT_NEAR(binomial_between(0, k + 1, n, interval.high), 0.05, 1e-6) << k;
  }
}

TEST(ClopperPearson, CoversAtLeastAsPromised) {
  // Exact coverage at probabilities next to every end, where it is smallest.
  for (const std::uint64_t n : {1u, 4u, 30u}) {
    std::vector<Interval> intervals;
    for (std::uint64_t k = 0; k <= n; ++k) intervals.push_back(clopper_pearson(k, n));
    for (const Interval& end : intervals) {
      for (const double p : {end.low - 1e-9, end.low + 1e-9, end.high - 1e-9, end.high + 1e-9}) {
        if (p < 0 || p > 1) continue;
        double coverage = 0;
        for (std::uint64_t k = 0; k <= n; ++k) {
          if (intervals[k].low <= p && p <= intervals[k].high) coverage += binomial_mass(k, n, p);
        }
        EXPECT_GE(coverage, 0.95 - 1e-12) << n << " " << p;
      }
    }
  }
}

TEST(ClopperPearson, RefusesImpossibleCounts) {
  EXPECT_THROW(clopper_pearson(2, 1), InputError);
  EXPECT_THROW(clopper_pearson(1, 2, 1.0), InputError);
}

TEST(OverBatches, AgreesWithTextbook) {
  const std::vector<double> values{1, 2, 4, 5};
  const BatchStatistics statistics = over_batches(values);
  EXPECT_DOUBLE_EQ(statistics.mean, 3);
  EXPECT_DOUBLE_EQ(statistics.deviation, std::sqrt(2.5));
  const double half_width = 3.182446305284263 * std::sqrt(10.0 / 3 / 4);  // t_3^{-1}(0.975)
  EXPECT_NEAR(statistics.interval.low, 3 - half_width, 1e-12);
  EXPECT_NEAR(statistics.interval.high, 3 + half_width, 1e-12);
}

TEST(OverBatches, OneBatchSaysNothingAboutSpread) {
  const BatchStatistics statistics = over_batches(std::vector<double>{0.25});
  EXPECT_EQ(statistics.mean, 0.25);
  EXPECT_EQ(statistics.deviation, 0);
  EXPECT_EQ(statistics.interval.low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(statistics.interval.high, std::numeric_limits<double>::infinity());
  EXPECT_THROW(over_batches({}), InputError);
}

TEST(QuantileRanks, CoverAtLeastAsPromisedAndNoWider) {
  for (const std::uint64_t n : {1u, 5u, 20u, 137u}) {
    for (const double p : {0.0, 1e-4, 0.03, 0.2, 0.5, 0.77, 0.975, 0.9999, 1.0}) {
      const RankInterval ranks = quantile_ranks(n, p);
      ASSERT_LT(ranks.low, ranks.high);
      ASSERT_LE(ranks.high, n + 1);
      EXPECT_GE(binomial_between(ranks.low, ranks.high, n, p), 0.95 - 1e-12);
      // The next tighter rank on either side would leave out too much.
      EXPECT_GT(binomial_between(0, ranks.low + 1, n, p), 0.025) << n << " " << p;
      EXPECT_GT(binomial_between(ranks.high - 1, n + 1, n, p), 0.025) << n << " " << p;
    }
  }
}

TEST(QuantileRanks, HoldForLargeSamplesAndExtremeLevels) {
  const std::uint64_t n = 1'000'000;
  for (const double p : {1e-7, 1e-6, 1e-4}) {
    const RankInterval ranks = quantile_ranks(n, p);
    EXPECT_LE(binomial_between(0, ranks.low, n, p), 0.025);
    EXPECT_GT(binomial_between(0, ranks.low + 1, n, p), 0.025);
    EXPECT_GE(binomial_between(0, ranks.high, n, p), 0.975);
    EXPECT_LT(binomial_between(0, ranks.high - 1, n, p), 0.975);
    const RankInterval mirror = quantile_ranks(n, 1 - p);
    EXPECT_EQ(mirror.low + ranks.high, n + 1);
    EXPECT_EQ(mirror.high + ranks.low, n + 1);
  }
}

}  // namespace
}  // namespace htdm
