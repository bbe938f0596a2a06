/// Sample quantiles: convention, brackets, grid.
#include "stats/quantiles.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

TEST(SampleQuantile, InterpolatesLinearly) {
  const std::vector<double> sorted{1, 2, 4, 8};
  EXPECT_EQ(sample_quantile(sorted, 0), 1);
  EXPECT_EQ(sample_quantile(sorted, 1), 8);
  EXPECT_DOUBLE_EQ(sample_quantile(sorted, 0.5), 3);
  EXPECT_DOUBLE_EQ(sample_quantile(sorted, 0.9), 4 + 0.7 * 4);
  EXPECT_EQ(sample_quantile(std::vector<double>{3}, 0.3), 3);
  EXPECT_THROW(sample_quantile(sorted, 1.5), InputError);
}

TEST(SampleQuantile, TakesInfinitePointsAtTheEnds) {
  const std::vector<double> sorted{-inf, 0, 1, 2, inf};
  EXPECT_EQ(sample_quantile(sorted, 0), -inf);
  EXPECT_EQ(sample_quantile(sorted, 0.5), 1);
  EXPECT_EQ(sample_quantile(sorted, 1), inf);
}

TEST(EstimateQuantile, BracketsByOrderStatistics) {
  std::vector<double> sorted(1000);
  for (std::size_t i = 0; i < sorted.size(); ++i) sorted[i] = static_cast<double>(i + 1);
  const RankInterval ranks = quantile_ranks(1000, 0.2);
  const QuantileEstimate estimate = estimate_quantile(sorted, 0.2);
  EXPECT_NEAR(estimate.value, 1 + 0.2 * 999, 1e-12);
  EXPECT_EQ(estimate.interval.low, static_cast<double>(ranks.low));
  EXPECT_EQ(estimate.interval.high, static_cast<double>(ranks.high));
  const QuantileEstimate extreme = estimate_quantile(sorted, 1e-6);
  EXPECT_EQ(extreme.interval.low, -inf);
  EXPECT_EQ(extreme.interval.high, 1);
}

TEST(UniformLevels, KeepTheirEnds) {
  const auto levels = uniform_levels(1001, 1e-4, 1 - 1e-4);
  ASSERT_EQ(levels.size(), 1001u);
  EXPECT_EQ(levels.front(), 1e-4);
  EXPECT_EQ(levels.back(), 1 - 1e-4);
  EXPECT_NEAR(levels[500], 0.5, 1e-15);
  EXPECT_EQ(uniform_levels(1, 0.5, 0.9), std::vector<double>{0.5});
}

}  // namespace
}  // namespace htdm
