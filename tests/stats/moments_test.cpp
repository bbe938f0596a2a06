/// One-pass moments against two passes in extended precision.
#include "stats/moments.hpp"

#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace htdm {
namespace {

std::vector<double> skewed_numbers(std::size_t n, double offset) {
  std::vector<double> numbers(n);
  for (std::size_t i = 0; i < n; ++i) {
    numbers[i] = offset + gamma(Stream(5, Purpose::test_data, i), 0, 1.7);
  }
  return numbers;
}

Moments moments_of(const std::vector<double>& numbers) {
  Moments moments;
  moments.add(numbers);
  return moments;
}

void expect_direct_moments(const Moments& moments, const std::vector<double>& numbers,
                           double tolerance) {
  const auto n = static_cast<long double>(numbers.size());
  long double mean = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const double x : numbers) mean += x / n;
  for (const double x : numbers) {
    const long double d = x - mean;
    m2 += d * d / n;
    m3 += d * d * d / n;
    m4 += d * d * d * d / n;
  }
  EXPECT_EQ(moments.count(), numbers.size());
  EXPECT_NEAR(moments.mean(), static_cast<double>(mean), tolerance * std::fabs(moments.mean()));
  EXPECT_NEAR(moments.variance() / static_cast<double>(m2), 1, tolerance);
  EXPECT_NEAR(moments.skewness(), static_cast<double>(m3 / std::pow(m2, 1.5L)), 4 * tolerance);
  EXPECT_NEAR(moments.kurtosis(), static_cast<double>(m4 / (m2 * m2)), 20 * tolerance);
}

TEST(Moments, AgreeWithTwoPasses) {
  const auto numbers = skewed_numbers(5000, 0);
  expect_direct_moments(moments_of(numbers), numbers, 1e-13);
}

TEST(Moments, KeepTheirDigitsFarFromTheOrigin) {
  // A sum of squares would lose every digit of the variance here.
  const auto numbers = skewed_numbers(5000, 1e9);
  expect_direct_moments(moments_of(numbers), numbers, 1e-7);
}

TEST(Moments, MergedPartsAgreeWithTheWhole) {
  const auto numbers = skewed_numbers(3001, -2);
  for (const std::size_t part : {1u, 7u, 1000u, 5000u}) {
    Moments whole;
    for (std::size_t i = 0; i < numbers.size(); i += part) {
      Moments block;
      block.add(std::span(numbers).subspan(i, std::min(part, numbers.size() - i)));
      whole.merge(block);
    }
    expect_direct_moments(whole, numbers, 1e-13);
  }
}

TEST(Moments, AStreamIsItsRuns) {
  const auto numbers = skewed_numbers(3001, -2);
  MomentStream stream;
  for (const double x : numbers) stream.add(x);
  Moments runs;
  for (std::size_t i = 0; i < numbers.size(); i += 1024) {
    runs.add(std::span(numbers).subspan(i, std::min<std::size_t>(1024, numbers.size() - i)));
  }
  EXPECT_EQ(stream.result(), runs);
}

TEST(Moments, EmptyPartsChangeNothing) {
  const Moments some = moments_of(skewed_numbers(10, 1));
  Moments left = some, right;
  left.merge(Moments{});
  right.merge(some);
  EXPECT_EQ(left, some);
  EXPECT_EQ(right, some);
  EXPECT_TRUE(std::isnan(Moments{}.variance()));
}

TEST(Moments, OfTwoPointsAreKnown) {
  const Moments moments = moments_of({0, 0, 0, 1});
  EXPECT_DOUBLE_EQ(moments.mean(), 0.25);
  EXPECT_DOUBLE_EQ(moments.variance(), 3.0 / 16);
  EXPECT_DOUBLE_EQ(moments.skewness(), 2 / std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(moments.excess_kurtosis(), 7.0 / 3 - 3);
}

}  // namespace
}  // namespace htdm
