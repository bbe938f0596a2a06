/// Generalised Pareto fits: the equations of the maximum, what scaling does, and where intervals
/// end.
#include "stats/generalized_pareto.hpp"

#include "core/error.hpp"
#include "random/draws.hpp"
#include "stats/sorting.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace htdm {
namespace {

/// n sorted draws of which those above 0 (about half) have Pareto excesses.
std::vector<double> sample(const ParetoLaw& law, std::size_t n, std::uint64_t seed) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Words words = Stream(seed, Purpose::test_data, i).words(0);
    const double u = open_uniform(words[0], words[1]);
    x[i] = u < 0.5 ? law.upper_quantile(2 * u) : -2 * u;
  }
  sort_ascending(std::span(x));
  return x;
}

std::vector<double> excesses(const std::vector<double>& sorted, std::size_t k) {
  std::vector<double> y;
  for (std::size_t i = sorted.size() - k; i < sorted.size(); ++i) {
    y.push_back(sorted[i] - sorted[sorted.size() - k - 1]);
  }
  return y;
}

double log_likelihood(const std::vector<double>& y, const ParetoLaw& law) {
  double sum = 0;
  for (const double x : y) {
    if (1 + law.shape * x / law.scale <= 0) return -INFINITY;
    sum -= std::log(law.scale) + (1 + 1 / law.shape) * std::log1p(law.shape * x / law.scale);
  }
  return sum;
}

/// The largest over the scale by golden-section search, nothing shared with the fit.
double profile(const std::vector<double>& y, double shape) {
  double low = -12, high = 12;
  const double golden = (std::sqrt(5.0) - 1) / 2;
  const auto f = [&](double log_scale) { return log_likelihood(y, {shape, std::exp(log_scale)}); };
  for (int k = 0; k < 90; ++k) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (f(a) < f(b) ? low : high) = f(a) < f(b) ? a : b;
  }
  return f((low + high) / 2);
}

TEST(ParetoLaw, InvertsItsSurvival) {
  for (const double shape : {-0.5, 0.0, 1e-12, 0.3, 2.0}) {
    const ParetoLaw law{shape, 2.5};
    for (const double p : {1e-12, 0.01, 0.5, 0.999}) {
      EXPECT_NEAR(law.survival(law.upper_quantile(p)), p, 1e-8 * p) << shape;
    }
  }
  EXPECT_EQ((ParetoLaw{-0.5, 1}).survival(2.1), 0);
  EXPECT_NEAR((ParetoLaw{1e-8, 1}).survival(3), std::exp(-3.0), 1e-8);
}

/// d/d shape and d/d scale of the likelihood vanish: mean ln(1 + xi z) = xi and
/// mean z/(1 + xi z) = 1/(1 + xi), z = y/scale.
TEST(ParetoTail, SolvesTheLikelihoodEquations) {
  for (const double shape : {-0.3, 0.0, 0.25, 0.5, 1.5}) {
    const std::vector<double> x = sample({shape, 3}, 2000, 7);
    const ParetoTail tail(x, 400);
    const ParetoLaw law = tail.law();
    double log_mean = 0, mean = 0;
    for (const double y : excesses(x, 400)) {
      log_mean += std::log1p(law.shape * y / law.scale) / 400;
      mean += y / law.scale / (1 + law.shape * y / law.scale) / 400;
    }
    EXPECT_NEAR(log_mean, law.shape, 1e-6) << shape;
    EXPECT_NEAR(mean, 1 / (1 + law.shape), 1e-6) << shape;
    EXPECT_NEAR(law.shape, shape, 5 * (1 + shape) / 20) << shape;
    EXPECT_NEAR(tail.log_likelihood(), log_likelihood(excesses(x, 400), law), 1e-6);
  }
}

TEST(ParetoTail, ScalesWithTheData) {
  std::vector<double> x = sample({0.4, 1}, 1000, 3);
  const ParetoTail tail(x, 100);
  for (double& value : x) value = 1e-5 * value + 40;
  const ParetoTail scaled(x, 100);
  EXPECT_NEAR(scaled.law().shape, tail.law().shape, 1e-6);
  EXPECT_NEAR(scaled.law().scale, 1e-5 * tail.law().scale, 1e-11);
  EXPECT_NEAR(scaled.return_level(1e-4).interval.high,
              1e-5 * tail.return_level(1e-4).interval.high + 40, 1e-6);
}

/// The profile has fallen by z^2/2 = 1.9207 at both ends.
TEST(ParetoTail, EndsItsShapeIntervalWhereTheProfileSaysSo) {
  const std::vector<double> x = sample({0.4, 1}, 1000, 5);
  const ParetoTail tail(x, 150);
  const std::vector<double> y = excesses(x, 150);
  const double best = profile(y, tail.law().shape);
  const Interval interval = tail.shape_interval();
  EXPECT_LT(interval.low, tail.law().shape);
  EXPECT_NEAR(best - profile(y, interval.low), 1.9207, 1e-3);
  EXPECT_NEAR(best - profile(y, interval.high), 1.9207, 1e-3);
}

/// Exceedances invert return levels, interval ends with interval ends: both are the set of
/// (x, p) that the likelihood allows.
TEST(ParetoTail, InvertsReturnLevelsByExceedances) {
  const std::vector<double> x = sample({0.4, 1}, 1000, 11);
  const ParetoTail tail(x, 100);
  const QuantileEstimate level = tail.return_level(1e-3);
  EXPECT_NEAR(tail.exceedance(level.value).value, 1e-3, 1e-12);
  EXPECT_NEAR(tail.exceedance(level.interval.high).interval.high, 1e-3, 1e-5);
  EXPECT_NEAR(tail.exceedance(level.interval.low).interval.low, 1e-3, 1e-5);
  const QuantileEstimate deeper = tail.return_level(1e-5);
  EXPECT_GT(deeper.interval.high / deeper.interval.low, level.interval.high / level.interval.low);
}

TEST(ParetoTail, RefusesWhatHasNoTail) {
  const std::vector<double> equal(50, 1.0);
  EXPECT_THROW(ParetoTail(equal, 10), InputError);
  EXPECT_THROW(ParetoTail(std::vector<double>{1, 2, 3}, 3), InputError);
  const std::vector<double> x = sample({0.2, 1}, 100, 1);
  EXPECT_THROW(ParetoTail(x, 10).return_level(0.2), InputError);
  EXPECT_THROW(ParetoTail(x, 10).exceedance(x.front()), InputError);
}

/// mean(X - u | X > u) by hand, with the t interval of two numbers.
TEST(MeanExcess, IsTheMeanBeyondTheThreshold) {
  const std::vector<double> x{0, 1, 2, 4, 8};
  const std::vector<std::size_t> sizes{2};
  const std::vector<MeanExcess> points = mean_excess(x, sizes);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].threshold, 2);
  EXPECT_EQ(points[0].value, 4);
  EXPECT_NEAR(points[0].interval.high, 4 + 12.7062 * 2, 1e-3);
}

/// On exact Pareto tails shape and modified scale do not depend on the threshold: within five
/// standard errors of the truth, (1 + xi)/sqrt(k) for the shape.
TEST(ThresholdFits, AreStableOnParetoTails) {
  const std::vector<double> x = sample({0.4, 1}, 40000, 13);
  const std::vector<std::size_t> sizes{500, 2000, 8000};
  for (const ThresholdFit& fit : threshold_fits(x, sizes)) {
    const double error = 1.4 / std::sqrt(static_cast<double>(fit.exceedances));
    EXPECT_NEAR(fit.law.shape, 0.4, 5 * error);
    EXPECT_NEAR(fit.modified_scale(), 1, 5 * error * (2 + fit.threshold));
    EXPECT_LT(fit.shape_interval.low, fit.law.shape);
    EXPECT_GT(fit.shape_interval.high, fit.law.shape);
  }
}

}  // namespace
}  // namespace htdm
