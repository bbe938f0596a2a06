/// Gaussian mixtures: draws against the law, the law against quadrature and special cases.
#include "diffusion/target.hpp"
#include "support/statistics.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace htdm {
namespace {

/// Unequal weights, means and widths, so that no two parts can be swapped unseen.
Target three_parts() {
  return make_mixture(2, {1, 2, 5}, {-2, 0.5, 1, -1, 3, 2}, {0.3, 1.0, 0.7});
}

TEST(Mixture, WeightsAreScaledToSumOne) {
  const auto mixture = std::get<GaussianMixtureTarget>(three_parts());
  EXPECT_DOUBLE_EQ(mixture.weights[2], 0.625);
  EXPECT_EQ(mixture.choose(0.1), 0U);
  EXPECT_EQ(mixture.choose(0.2), 1U);
  EXPECT_EQ(mixture.choose(0.9999999), 2U);
}

/// Level 1e-6 for each component; one part's weight off by 2 % shifts F by up to 0.01 and is seen
/// surely at 2e5 draws (KS distance of the level: 0.006).
TEST(Mixture, DrawsFollowTheLaw) {
  const Target target = three_parts();
  for (const int j : {0, 1}) {
    std::vector<double> sample(200'000);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      std::array<double, 2> x{};
      draw(target, 5, Purpose::train_data, i, x);
      sample[i] = x[static_cast<std::size_t>(j)];
    }
    EXPECT_GT(test::ks_p_value(sample, [&](double x) { return coordinate_cdf(target, x, j); }),
              1e-6);
  }
}

TEST(Mixture, LawAgreesWithItsDensity) {
  const Target target = three_parts();
  const auto integrate = [](auto&& f, double low, double high) {
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, low, high, 12, 1e-12);
  };
  for (const int j : {0, 1}) {
    for (const double x : {-3.0, -1.9, 0.0, 0.8, 2.5, 6.0}) {
      const double mass =
          integrate([&](double y) { return coordinate_density(target, y, j); }, -15.0, x);
      const double moment =
          integrate([&](double y) { return y * coordinate_density(target, y, j); }, -15.0, x);
      EXPECT_NEAR(coordinate_cdf(target, x, j), mass, 1e-9);
      EXPECT_NEAR(coordinate_survival(target, x, j), 1 - mass, 1e-9);
      EXPECT_NEAR(coordinate_partial_expectation(target, x, j), moment, 1e-9);
    }
    EXPECT_NEAR(coordinate_mean(target, j), coordinate_partial_expectation(target, 50, j), 1e-12);
    for (const double p : {1e-9, 1e-3, 0.2, 0.5, 0.97, 1 - 1e-6}) {
      EXPECT_NEAR(coordinate_cdf(target, coordinate_quantile(target, p, j), j), p, 1e-12);
    }
  }
}

TEST(Mixture, OnePartIsAGaussian) {
  const Target one = make_mixture(3, {4}, {0, 0, 0}, {2});
  const Target gaussian = GaussianTarget{3, 2, 0};
  for (const Event event : {Event::norm, Event::coordinate, Event::upper, Event::lower}) {
    for (const double p : {0.3, 1e-3, 1e-6}) {
      const double x = threshold(gaussian, event, p);
      EXPECT_NEAR(threshold(one, event, p), x, 1e-8 * x);
      EXPECT_NEAR(exceedance(one, event, x), p, 1e-9 * p);
    }
  }
}

/// Binomial test at level 1e-6 of every event at its own threshold: 1e5 draws see an error of 5 %
/// in a probability of 0.1 surely.
TEST(Mixture, ThresholdsAreExceededAsOftenAsTheySay) {
  const Target target = three_parts();
  constexpr std::uint64_t n = 100'000;
  for (const Event event : {Event::norm, Event::coordinate, Event::upper, Event::lower}) {
    for (const double p : {0.7, 0.1, 0.01}) {
      const double x = threshold(target, event, p);
      std::uint64_t count = 0;
      for (std::uint64_t i = 0; i < n; ++i) {
        std::array<double, 2> sample{};
        draw(target, 6, Purpose::test_data, i, sample);
        count += event_value(event, location(target), sample) > x ? 1 : 0;
      }
      EXPECT_GT(test::binomial_two_sided_p(count, n, p), 1e-6) << static_cast<int>(event) << p;
    }
  }
}

/// The same for weighted sums of components, of every law in two dimensions.
TEST(LinearEvents, AreExceededAsOftenAsTheySay) {
  const std::array weights{1.5, -0.7};
  constexpr std::uint64_t n = 100'000;
  for (const Target& target :
       {three_parts(), Target(StudentTTarget{2, 3, 2, 0.5}), Target(GaussianTarget{2, 0.3, -1})}) {
    for (const double p : {0.7, 0.1, 0.01}) {
      const double x = threshold(target, Event::linear, p, weights);
      EXPECT_NEAR(exceedance(target, Event::linear, x, weights), p, 1e-9 * p);
      std::uint64_t count = 0;
      for (std::uint64_t i = 0; i < n; ++i) {
        std::array<double, 2> sample{};
        draw(target, 8, Purpose::test_data, i, sample);
        count += event_value(Event::linear, location(target), sample, weights) > x ? 1 : 0;
      }
      EXPECT_GT(test::binomial_two_sided_p(count, n, p), 1e-6) << target.index() << " " << p;
    }
  }
}

TEST(LinearEvents, OfTwoPointsAndOneComponent) {
  const Target points = TwoPointTarget{2, std::sqrt(2)};  // +-(1, 1)
  const std::array weights{3.0, -1.0};
  EXPECT_DOUBLE_EQ(threshold(points, Event::linear, 0.1, weights), 2);
  EXPECT_EQ(exceedance(points, Event::linear, 1.9, weights), 0.5);
  EXPECT_EQ(exceedance(points, Event::linear, 2.1, weights), 0);
  EXPECT_EQ(exceedance(points, Event::linear, -2.1, weights), 1);
  const Target t = StudentTTarget{3, 3, 2, 0.5};
  const std::array first{-1.0, 0.0, 0.0};
  EXPECT_DOUBLE_EQ(exceedance(t, Event::linear, 7, first), exceedance(t, Event::lower, 7));
  EXPECT_EQ(event_value(Event::linear, 0.5, std::array{2.0, 1.0, 1.0}, first), -1.5);
}

TEST(Tails, OfAStudentTAreHalfItsTwoSidedOnes) {
  const Target t = StudentTTarget{1, 3, 2, 0.5};
  for (const Event event : {Event::upper, Event::lower}) {
    EXPECT_NEAR(threshold(t, event, 5e-4), threshold(t, Event::coordinate, 1e-3), 1e-9);
    EXPECT_NEAR(exceedance(t, event, 7), exceedance(t, Event::coordinate, 7) / 2, 1e-15);
    EXPECT_NEAR(threshold(t, event, 0.9), -threshold(t, event, 0.1), 1e-9);
  }
  EXPECT_EQ(event_value(Event::lower, 0.5, std::array{-2.0}), 2.5);
}

}  // namespace
}  // namespace htdm
