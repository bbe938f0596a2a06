#include "diffusion/normalization.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

/// Heavy-tailed numbers without a generator: Cauchy quantiles in a scattered order.
std::vector<double> scattered(std::size_t n) {
  std::vector<double> result(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double p = (static_cast<double>(i * 7919 % n) + 0.5) / static_cast<double>(n);
    result[i] = std::tan(3.14159 * (p - 0.5)) + 0.25;
  }
  return result;
}

TEST(Normalization, UsesThePopulationConventionPerComponent) {
  const std::vector<double> samples{1, -10, 2, 10, 3, -10, 4, 10};
  const Normalization n = fit_normalization(samples, 2);
  ASSERT_EQ(n.dimension(), 2);
  EXPECT_DOUBLE_EQ(n.mean[0], 2.5);
  EXPECT_DOUBLE_EQ(n.deviation[0], std::sqrt(1.25));
  EXPECT_DOUBLE_EQ(n.mean[1], 0);
  EXPECT_DOUBLE_EQ(n.deviation[1], 10);
}

TEST(Normalization, MapsThereAndBack) {
  const Normalization n{{3, -1}, {2, 0.5}};
  EXPECT_DOUBLE_EQ(n.to_z(7, 0), 2);
  EXPECT_DOUBLE_EQ(n.to_z(-2, 1), -2);
  EXPECT_DOUBLE_EQ(n.to_raw(n.to_z(0.3, 1), 1), 0.3);
}

TEST(Normalization, SumsWithoutLosingSmallTerms) {
  // Plain summation gives 0: each 1 is rounded away beside 1e16.
  const std::vector<double> samples{1e16, 1, -1e16, 1};
  EXPECT_DOUBLE_EQ(fit_normalization(samples, 1).mean[0], 0.5);
}

TEST(Normalization, AgreesWithExtendedPrecision) {
  const std::vector<double> samples = scattered(100'003);
  long double sum = 0;
  for (double x : samples) sum += x;
  const long double mean = sum / samples.size();
  long double squares = 0;
  for (double x : samples) squares += (x - mean) * (x - mean);
  const Normalization n = fit_normalization(samples, 1);
  EXPECT_NEAR(n.mean[0], static_cast<double>(mean), 1e-14);
  EXPECT_DOUBLE_EQ(n.deviation[0], static_cast<double>(std::sqrt(squares / samples.size())));
}

TEST(Normalization, OfAComponentDoesNotDependOnItsNeighbours) {
  const std::vector<double> one = scattered(10'007);
  std::vector<double> three;
  for (double x : one) three.insert(three.end(), {-x, x, x * x});
  EXPECT_EQ(fit_normalization(one, 1).mean[0], fit_normalization(three, 3).mean[1]);
  EXPECT_EQ(fit_normalization(one, 1).deviation[0], fit_normalization(three, 3).deviation[1]);
}

TEST(Normalization, RefusesAConstantComponent) {
  // In double precision 6 * 0.1 / 6 is not 0.1, so the variance alone would not be zero.
  ASSERT_NE(6 * 0.1 / 6, 0.1);
  std::vector<double> samples;
  for (int i = 0; i < 6; ++i) samples.insert(samples.end(), {static_cast<double>(i), 0.1});
  try {
    fit_normalization(samples, 2);
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("component 1"), std::string::npos) << error.what();
  }
  EXPECT_THROW(fit_normalization(std::vector<double>{4}, 1), InputError);
}

TEST(Normalization, RefusesWhatHasNoMeanOrDeviation) {
  EXPECT_THROW(fit_normalization({}, 1), InputError);
  EXPECT_THROW(fit_normalization(std::vector<double>{1, std::nan(""), 2}, 1), InputError);
  EXPECT_THROW(
      fit_normalization(std::vector<double>{1, std::numeric_limits<double>::infinity(), 2}, 1),
      InputError);
  EXPECT_THROW(fit_normalization(std::vector<double>{1e200, -1e200, 0}, 1), InputError);
}

}  // namespace
}  // namespace htdm
