/// Distribution functions, quantiles and thresholds of the targets against closed forms and
/// quadrature.

#include "diffusion/target.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Composite Simpson rule on [low, high]; 20,000 cells make its error negligible here.
template <class F>
double integral(F&& f, double low, double high) {
  constexpr int cells = 20'000;
  const double h = (high - low) / cells;
  double sum = f(low) + f(high);
  for (int i = 1; i < cells; ++i) sum += (i % 2 == 1 ? 4 : 2) * f(low + i * h);
  return sum * h / 3;
}

const std::vector<Target> smooth_targets{
    StudentTTarget{.dimension = 1, .nu = 3, .scale = 1.7, .location = 0.3},
    StudentTTarget{.dimension = 4, .nu = 2.1, .scale = 0.4, .location = -5},
    StudentTTarget{.dimension = 1, .nu = inf, .scale = 3, .location = 1},
    GaussianTarget{.dimension = 2, .scale = 3, .location = 1}};

TEST(TargetLaw, ThresholdsOfTheUnitT3) {
  const Target target = StudentTTarget{};
  for (Event event : {Event::norm, Event::coordinate}) {
    EXPECT_NEAR(threshold(target, event, 1e-3), 12.923979, 1e-6);
    EXPECT_NEAR(threshold(target, event, 5e-3), 7.453319, 1e-6);
  }
}

TEST(TargetLaw, BothEventsCoincideInOneDimension) {
  for (const Target& target : smooth_targets) {
    if (dimension(target) != 1) continue;
    for (double p : {0.3, 1e-3, 1e-9}) {
      const double x = threshold(target, Event::norm, p);
      EXPECT_EQ(x, threshold(target, Event::coordinate, p));
      EXPECT_EQ(exceedance(target, Event::norm, x), exceedance(target, Event::coordinate, x));
    }
  }
}

TEST(TargetLaw, QuantilesOfSymmetricLawsMirrorEachOther) {
  for (const Target& target : smooth_targets) {
    ASSERT_TRUE(is_symmetric(target));
    for (double p : {1e-4, 0.07, 0.5}) {
      const double x = coordinate_quantile(target, p);
      EXPECT_NEAR(coordinate_quantile(target, 1 - p), 2 * location(target) - x,
                  1e-9 * (1 + std::abs(x)));
    }
  }
  EXPECT_FALSE(is_symmetric(EmpiricalTarget{}));
}

TEST(TargetLaw, ThresholdAndExceedanceAreInverse) {
  for (int d : {1, 2, 16}) {
    for (double nu : {2.1, 3.0, 10.0, inf}) {
      const Target target = StudentTTarget{.dimension = d, .nu = nu, .scale = 2, .location = 9};
      for (Event event : {Event::norm, Event::coordinate}) {
        for (double p : {0.5, 1e-2, 1e-3, 1e-6, 1e-12}) {
          EXPECT_NEAR(exceedance(target, event, threshold(target, event, p)), p, 1e-10 * p)
              << "d " << d << " nu " << nu << " p " << p;
        }
      }
    }
  }
}

TEST(TargetLaw, NormInSixteenDimensionsMatchesTheRadialDensity) {
  // P(|x| > r) by integrating r^{d-1} (1 + r^2/nu)^{-(nu+d)/2} over u = ln r, both parts, so that
  // no constant is needed.
  constexpr double d = 16;
  for (double nu : {3.0, inf}) {
    const auto density = [nu](double u) {
      const double squared = std::exp(2 * u);
      return std::exp(d * u -
                      (std::isinf(nu) ? squared / 2 : (nu + d) / 2 * std::log1p(squared / nu)));
    };
    const Target target = StudentTTarget{.dimension = 16, .nu = nu, .scale = 0.5, .location = -1};
    for (double r : {2.0, 4.0, 9.0}) {
      const double below = integral(density, -4, std::log(r));
      // The t tail falls like exp(-nu u), the Gaussian one like exp(-r^2 u) and faster.
      const double above = integral(density, std::log(r), std::log(r) + (std::isinf(nu) ? 2 : 14));
      const double expected = above / (below + above);
      EXPECT_NEAR(exceedance(target, Event::norm, 0.5 * r), expected, 1e-10 * expected)
          << "nu " << nu << " r " << r;
    }
  }
}

TEST(TargetLaw, CoordinateLawOfT3MatchesItsClosedForm) {
  const Target target = smooth_targets[0];
  for (double u : {-40.0, -3.0, 0.0, 0.5, 6.0, 40.0}) {
    const double v = std::abs(u) / std::numbers::sqrt3;
    const double tail = (std::atan2(1, v) - v / (1 + v * v)) / std::numbers::pi;
    const double x = 0.3 + 1.7 * u;
    EXPECT_NEAR(coordinate_cdf(target, x), u <= 0 ? tail : 1 - tail, 1e-10 * tail);
    EXPECT_NEAR(coordinate_survival(target, x), u >= 0 ? tail : 1 - tail, 1e-10 * tail);
    const double f = 6 * std::numbers::sqrt3 / std::numbers::pi / std::pow(3 + u * u, 2) / 1.7;
    EXPECT_NEAR(coordinate_density(target, x), f, 1e-13 * f);
  }
}

TEST(TargetLaw, DensityIntegratesToTheDistributionFunctionAndPartialExpectation) {
  for (const Target& target : smooth_targets) {
    const double low = location(target) - 4;
    const double high = location(target) + 5;
    const auto density = [&](double y) { return coordinate_density(target, y); };
    const auto moment = [&](double y) { return y * coordinate_density(target, y); };
    EXPECT_NEAR(coordinate_cdf(target, high) - coordinate_cdf(target, low),
                integral(density, low, high), 1e-10);
    EXPECT_NEAR(
        coordinate_partial_expectation(target, high) - coordinate_partial_expectation(target, low),
        integral(moment, low, high), 1e-10);
    EXPECT_EQ(coordinate_partial_expectation(target, -inf), 0);
    EXPECT_DOUBLE_EQ(coordinate_partial_expectation(target, inf), location(target));
  }
  EXPECT_EQ(coordinate_partial_expectation(StudentTTarget{.nu = 1}, 0), -inf);
}

TEST(TargetLaw, QuantileInvertsTheDistributionFunction) {
  for (const Target& target : smooth_targets) {
    for (double p : {1e-8, 1e-4, 0.2, 0.5, 0.9, 0.9999}) {
      EXPECT_NEAR(coordinate_cdf(target, coordinate_quantile(target, p)), p, 1e-9 * p) << p;
    }
  }
}

TEST(TargetLaw, EverythingLiesOutsideANonPositiveBound) {
  for (const Target& target : smooth_targets) {
    EXPECT_EQ(exceedance(target, Event::norm, -1), 1);
    EXPECT_EQ(exceedance(target, Event::coordinate, 0), 1);
    EXPECT_EQ(exceedance(target, Event::coordinate, inf), 0);
  }
}

TEST(TargetLaw, TwoPointsHaveAtoms) {
  const Target target = TwoPointTarget{.dimension = 4, .separation = 3};  // components +-1.5
  EXPECT_EQ(dimension(target), 4);
  EXPECT_EQ(location(target), 0);
  struct Row {
    double x, cdf, partial;
  };
  for (const Row& row : {Row{-2, 0, 0}, Row{-1.5, 0.5, -0.75}, Row{0, 0.5, -0.75},
                         Row{1.4999, 0.5, -0.75}, Row{1.5, 1, 0}, Row{2, 1, 0}}) {
    EXPECT_EQ(coordinate_cdf(target, row.x), row.cdf) << row.x;
    EXPECT_EQ(coordinate_survival(target, row.x), 1 - row.cdf) << row.x;
    EXPECT_EQ(coordinate_partial_expectation(target, row.x), row.partial) << row.x;
    EXPECT_EQ(coordinate_density(target, row.x), std::abs(row.x) == 1.5 ? inf : 0) << row.x;
  }
  EXPECT_EQ(coordinate_quantile(target, 0.5), -1.5);
  EXPECT_EQ(coordinate_quantile(target, 0.500001), 1.5);
  EXPECT_EQ(threshold(target, Event::norm, 1e-3), 3);
  EXPECT_EQ(threshold(target, Event::coordinate, 1e-3), 1.5);
  EXPECT_EQ(exceedance(target, Event::norm, 2.999), 1);
  EXPECT_EQ(exceedance(target, Event::norm, 3), 0);
  EXPECT_EQ(exceedance(target, Event::coordinate, 1.499), 1);
  EXPECT_EQ(exceedance(target, Event::coordinate, 1.5), 0);
}

}  // namespace
}  // namespace htdm
