/// Draws of the targets against their exact laws.
///
/// Level of every statistical test: 1e-6, two-sided. With n = 20,000 the Kolmogorov-Smirnov test
/// then sees a distance of 0.02 or more between distribution functions: a scale wrong by 9 %, a
/// location wrong by 0.05 scales, nu = 3 taken for 1 or inf, or (in the norm) one mixing variable
/// per component instead of one per vector, which is a distance above 0.2 in 16 dimensions.

#include "diffusion/target.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace htdm {
namespace {

constexpr double level = 1e-6;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr std::size_t sample_size = 20'000;
constexpr std::uint64_t seed = 7;

/// `n` samples, one after the other.
std::vector<double> samples(const Target& target, std::size_t n,
                            Purpose purpose = Purpose::test_data) {
  const std::size_t d = dimension(target);
  std::vector<double> result(n * d);
  for (std::size_t i = 0; i < n; ++i) {
    draw(target, seed, purpose, i, std::span(result).subspan(i * d, d));
  }
  return result;
}

std::vector<double> component(const std::vector<double>& all, std::size_t d, std::size_t j) {
  std::vector<double> result;
  for (std::size_t i = j; i < all.size(); i += d) result.push_back(all[i]);
  return result;
}

std::vector<double> norms(const Target& target, std::size_t n) {
  const std::size_t d = dimension(target);
  const std::vector<double> all = samples(target, n);
  std::vector<double> result(n, 0.0);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const double offset = all[k] - location(target);
    result[k / d] += offset * offset;
  }
  for (double& value : result) value = std::sqrt(value);
  return result;
}

/// Distribution function of t_3, in closed form.
double t3_cdf(double x) {
  const double u = x / std::numbers::sqrt3;
  return 0.5 + (u / (1 + u * u) + std::atan(u)) / std::numbers::pi;
}

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

TEST(TargetDraw, StudentTComponentsFollowTheirLaw) {
  const Target target = StudentTTarget{.dimension = 3, .nu = 3, .scale = 1.7, .location = 0.3};
  const std::vector<double> all = samples(target, sample_size);
  const auto cdf = [](double x) { return t3_cdf((x - 0.3) / 1.7); };
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_GT(test::ks_p_value(component(all, 3, j), cdf), level) << "component " << j;
  }
}

TEST(TargetDraw, GaussianComponentsFollowTheirLaw) {
  const Target target = GaussianTarget{.dimension = 2, .scale = 0.6, .location = -2};
  const std::vector<double> all = samples(target, sample_size);
  const auto cdf = [](double x) { return normal_cdf((x + 2) / 0.6); };
  for (std::size_t j = 0; j < 2; ++j) {
    EXPECT_GT(test::ks_p_value(component(all, 2, j), cdf), level) << "component " << j;
  }
}

TEST(TargetDraw, NormInTwoDimensionsFollowsItsClosedForm) {
  // P(|x| > r) = (1 + r^2/(nu s^2))^{-nu/2} in the plane, exp(-r^2/(2 s^2)) at nu = inf.
  for (double nu : {2.5, 7.0, inf}) {
    const auto cdf = [nu](double r) {
      const double squared = r * r / 4;
      return std::isinf(nu) ? -std::expm1(-squared / 2)
                            : -std::expm1(-nu / 2 * std::log1p(squared / nu));
    };
    const Target target = StudentTTarget{.dimension = 2, .nu = nu, .scale = 2, .location = 1};
    EXPECT_GT(test::ks_p_value(norms(target, sample_size), cdf), level) << "nu " << nu;
  }
}

TEST(TargetDraw, NormInSixteenDimensionsFollowsTheFisherLaw) {
  const Target target = StudentTTarget{.dimension = 16, .nu = 3, .scale = 0.5, .location = -1};
  const auto cdf = [&](double r) { return 1 - exceedance(target, Event::norm, r); };
  EXPECT_GT(test::ks_p_value(norms(target, sample_size), cdf), level);
}

TEST(TargetDraw, ThresholdsAreExceededAtTheirLevel) {
  // 1e5 samples at p = 1e-2: rates wrong by a sixth are seen.
  constexpr std::size_t n = 100'000;
  constexpr double p = 1e-2;
  for (int d : {1, 16}) {
    const Target target = StudentTTarget{.dimension = d, .nu = 3, .scale = 2, .location = 5};
    const std::vector<double> all = samples(target, n);
    std::uint64_t by_norm = 0;
    std::uint64_t by_coordinate = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double squared = 0;
      for (int j = 0; j < d; ++j) squared += std::pow(all[i * d + j] - 5, 2);
      by_norm += std::sqrt(squared) > threshold(target, Event::norm, p);
      by_coordinate += std::abs(all[i * d] - 5) > threshold(target, Event::coordinate, p);
    }
    EXPECT_GT(test::binomial_two_sided_p(by_norm, n, p), level) << "d " << d;
    EXPECT_GT(test::binomial_two_sided_p(by_coordinate, n, p), level) << "d " << d;
  }
}

TEST(TargetDraw, TwoPointsAreEquallyLikelyAndExact) {
  // 1e5 signs: a weight off by 0.008 is seen.
  constexpr std::size_t n = 100'000;
  const Target target = TwoPointTarget{.dimension = 4, .separation = 3};
  const std::vector<double> all = samples(target, n);
  std::uint64_t positive = 0;
  for (std::size_t i = 0; i < n; ++i) {
    positive += all[4 * i] > 0;
    for (int j = 0; j < 4; ++j) {
      ASSERT_EQ(std::abs(all[4 * i + j]), 1.5);
      ASSERT_EQ(all[4 * i + j], all[4 * i]);
    }
  }
  EXPECT_GT(test::binomial_two_sided_p(positive, n, 0.5), level);
}

TEST(TargetDraw, IsAFunctionOfItsAddress) {
  const Target target = StudentTTarget{.dimension = 2};
  const auto at = [&](std::uint64_t s, Purpose purpose, std::uint64_t index) {
    std::vector<double> x(2);
    draw(target, s, purpose, index, x);
    return x;
  };
  const std::vector<double> reference = at(1, Purpose::train_data, 0);
  EXPECT_EQ(reference, at(1, Purpose::train_data, 0));
  EXPECT_NE(reference, at(2, Purpose::train_data, 0));
  EXPECT_NE(reference, at(1, Purpose::test_data, 0));
  EXPECT_NE(reference, at(1, Purpose::held_out_data, 0));
  EXPECT_NE(reference, at(1, Purpose::train_data, 1));
  EXPECT_NE(reference, at(1, Purpose::train_data, std::uint64_t{1} << 32));
}

TEST(TargetDraw, DirectionDoesNotDependOnNu) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    double gaussian[2];
    double heavy[2];
    draw(GaussianTarget{.dimension = 2}, seed, Purpose::train_data, i, gaussian);
    draw(StudentTTarget{.dimension = 2, .nu = 2.5}, seed, Purpose::train_data, i, heavy);
    const double factor = heavy[0] / gaussian[0];
    EXPECT_GT(factor, 0);
    EXPECT_NEAR(heavy[1] / gaussian[1], factor, 1e-13 * factor);
  }
}

TEST(TargetDraw, InfiniteNuIsTheGaussianTarget) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    double gaussian[3];
    double limit[3];
    draw(GaussianTarget{3, 2, 1}, seed, Purpose::test_data, i, gaussian);
    draw(StudentTTarget{3, inf, 2, 1}, seed, Purpose::test_data, i, limit);
    for (int j = 0; j < 3; ++j) EXPECT_EQ(gaussian[j], limit[j]);
  }
}

}  // namespace
}  // namespace htdm
