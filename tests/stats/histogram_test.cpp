/// Histogram of magnitudes against sorted data.
#include "stats/histogram.hpp"

#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

using Histogram = MagnitudeHistogram;
constexpr double inf = std::numeric_limits<double>::infinity();

/// Signed numbers spread evenly over magnitudes 2^low to 2^high.
std::vector<float> spread_numbers(std::size_t n, double low, double high) {
  std::vector<float> numbers(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Words w = Stream(11, Purpose::test_data, i).words(0);
    const double exponent = low + (high - low) * open_uniform(w[0], w[1]);
    numbers[i] = static_cast<float>((w[2] & 1u ? 1 : -1) * std::exp2(exponent));
  }
  return numbers;
}

TEST(MagnitudeHistogram, EdgesAreFineAndFound) {
  EXPECT_EQ(Histogram::edge(0), std::ldexp(1.0, -24));
  EXPECT_EQ(Histogram::edge(Histogram::edges - 1), std::ldexp(1.0, 40));
  for (std::size_t k = 1; k < Histogram::edges; ++k) {
    const double ratio = Histogram::edge(k) / Histogram::edge(k - 1);
    ASSERT_GT(ratio, 1.0);
    ASSERT_LT(ratio, 1.008);
    ASSERT_EQ(Histogram::edge_at_or_above(Histogram::edge(k)), k);
    ASSERT_EQ(Histogram::edge_at_or_above(-std::nextafter(Histogram::edge(k - 1), inf)), k);
  }
  EXPECT_EQ(Histogram::edge_at_or_above(0), 0u);
  EXPECT_EQ(Histogram::edge_at_or_above(inf), Histogram::edges);
}

template <class Float>
void expect_exact_counts(const std::vector<Float>& numbers) {
  Histogram histogram;
  histogram.add(std::span<const Float>(numbers));
  ASSERT_EQ(histogram.total(), numbers.size());
  const auto survival = histogram.magnitude_survival();
  for (std::size_t k = 0; k < Histogram::edges; k += 7) {
    const double edge = Histogram::edge(k);
    std::uint64_t above = 0, below = 0;
    for (const double x : numbers) {
      above += x > edge;
      below += x < -edge;
    }
    ASSERT_EQ(histogram.count_above(k), above) << k;
    ASSERT_EQ(histogram.count_below_minus(k), below) << k;
    ASSERT_EQ(histogram.count_magnitude_above(k), above + below) << k;
    ASSERT_EQ(survival[k], above + below) << k;
  }
}

TEST(MagnitudeHistogram, CountsAboveEdgesAreExact) {
  auto numbers = spread_numbers(4000, -28, 44);
  for (std::size_t k = 0; k < Histogram::edges; k += 77) {
    const float edge = static_cast<float>(Histogram::edge(k));
    for (const float x : {edge, std::nextafter(edge, 0.0f), std::nextafter(edge, INFINITY)}) {
      numbers.push_back(x);
      numbers.push_back(-x);
    }
  }
  for (const float x : {0.0f, -0.0f, 1e-45f, INFINITY, -INFINITY}) numbers.push_back(x);
  expect_exact_counts(numbers);

  std::vector<double> wide(numbers.begin(), numbers.end());
  for (std::size_t k = 0; k < Histogram::edges; k += 77) {
    const double edge = Histogram::edge(k);
    for (const double x : {std::nextafter(edge, 0.0), std::nextafter(edge, inf), 5e-324}) {
      wide.push_back(x);
      wide.push_back(-x);
    }
  }
  expect_exact_counts(wide);
}

TEST(MagnitudeHistogram, NaNGoesToTheEndOfItsSign) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Histogram histogram;
  histogram.add(std::vector<float>{std::copysign(nan, 1.0f), std::copysign(nan, -1.0f)});
  EXPECT_EQ(histogram.counts().front(), 1u);
  EXPECT_EQ(histogram.counts().back(), 1u);
}

TEST(MagnitudeHistogram, BracketsEveryOrderStatistic) {
  auto numbers = spread_numbers(1500, -26, 41);
  Histogram histogram;
  histogram.add(std::span<const float>(numbers));
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t rank = 1; rank <= numbers.size(); ++rank) {
    const Interval ends = histogram.bracket(rank);
    const double x = numbers[rank - 1];
    ASSERT_LE(ends.low, x);
    ASSERT_GE(ends.high, x);
    if (std::fabs(x) > Histogram::edge(0) &&
        std::fabs(x) <= Histogram::edge(Histogram::edges - 1)) {
      ASSERT_LT((ends.high - ends.low) / std::fabs(x), 0.008);
    }
  }
  EXPECT_EQ(histogram.bracket(0).high, -inf);
  EXPECT_EQ(histogram.bracket(numbers.size() + 1).low, inf);
}

TEST(MagnitudeHistogram, QuantilesFollowThoseOfTheSample) {
  std::vector<double> numbers(20'001);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    student_t(Stream(1, Purpose::test_data, i), Stream(2, Purpose::test_data, i), 0, 3.0,
              std::span(&numbers[i], 1));
  }
  Histogram histogram;
  histogram.add(std::span<const double>(numbers));
  std::sort(numbers.begin(), numbers.end());
  for (const double p : {0.0, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.9999, 1.0}) {
    const QuantileEstimate exact = estimate_quantile(numbers, p);
    const QuantileEstimate binned = histogram.quantile(p);
    // Both sit in the bin of the same order statistic, or interpolate to the next one.
    const double next = sample_quantile(numbers, std::min(1.0, p + 1.0 / 20'000));
    EXPECT_NEAR(binned.value, exact.value, 0.008 * std::fabs(exact.value) + (next - exact.value));
    EXPECT_LE(binned.interval.low, exact.interval.low);
    EXPECT_GE(binned.interval.high, exact.interval.high);
    EXPECT_LE(binned.interval.low, binned.value);
    EXPECT_GE(binned.interval.high, binned.value);
  }
}

TEST(MagnitudeHistogram, QuantilesStayFiniteInEndBinsAndEmptyIsNaN) {
  EXPECT_TRUE(std::isnan(Histogram{}.quantile(0.5).value));
  Histogram histogram;
  histogram.add(std::vector<double>{-1e30, 0.0, 1e30});
  EXPECT_EQ(histogram.quantile(0).value, -std::ldexp(1.0, 40));
  EXPECT_NEAR(histogram.quantile(0.5).value, 0, 1e-7);
  EXPECT_EQ(histogram.quantile(1).value, std::ldexp(1.0, 40));
  EXPECT_EQ(histogram.quantile(1).interval.high, inf);
}

TEST(MagnitudeHistogram, MergingIsAdditionInAnyOrder) {
  const auto numbers = spread_numbers(900, -30, 45);
  const std::span<const float> all(numbers);
  Histogram whole, a, b, c;
  whole.add(all);
  a.add(all.first(10));
  b.add(all.subspan(10, 500));
  c.add(all.subspan(510));
  Histogram left = a, right = c;
  left.merge(b);
  left.merge(c);
  right.merge(b);
  right.merge(a);
  EXPECT_EQ(left, whole);
  EXPECT_EQ(right, whole);
}

}  // namespace
}  // namespace htdm
