/// Fixed points of the two-point denoiser against the denoiser itself: iteration, finite
/// differences, counts of sign changes, the pitchfork's law and the Gaussian limit.
#include "denoiser/two_point_theory.hpp"

#include "core/error.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/gap_at.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

using test::Vector;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr int dimensions[] = {1, 2, 16};
constexpr double nus[] = {0.3, 2.5, 3, 10, 1e6, inf};
constexpr double radius = 1.3;

/// a = radius (1, ..., 1)/sqrt(d), as in studies.
Vector axis(int d, double length) {
  return Vector(d, length / std::sqrt(static_cast<double>(d)));
}

/// D(x, sigma) of the denoiser that samplers use.
Vector denoise(int d, double nu, double sigma, const Vector& x) {
  const TwoPointDenoiser denoiser(Vector(d, 0.0), axis(d, radius), nu);
  Vector result = test::gap_at(denoiser, sigma, x);
  for (int j = 0; j < d; ++j) result[j] = x[j] - sigma * result[j];
  return result;
}

template <class Check>
void for_each_case(Check check) {
  for (const int d : dimensions) {
    for (const double nu : nus) {
      SCOPED_TRACE(testing::Message() << "d " << d << " nu " << nu);
      check(TwoPointTheory(radius, nu, d), d, nu);
    }
  }
}

TEST(TwoPointTheory, TanhQIsBuiltOnTheDeformedExponential) {
  const auto e_q = [](double u, double q) {
    return std::pow(std::max(0.0, 1 + (1 - q) * u), 1 / (1 - q));
  };
  for (const double q : {0.5, 0.9, 1.05, 1.5, 2.0}) {
    for (const double u : {-0.9, -0.1, 0.0, 0.3, 0.99}) {
      const double up = e_q(u, q), down = e_q(-u, q);
      EXPECT_NEAR(tanh_q(u, q), (up - down) / (up + down), 1e-14) << "q " << q << " u " << u;
    }
    EXPECT_EQ(tanh_q(1e3, q), 1);
    EXPECT_EQ(tanh_q(-1e3, q), -1);
  }
  EXPECT_DOUBLE_EQ(tanh_q(0.7, 1), std::tanh(0.7));
  EXPECT_NEAR(tanh_q(0.7, 1 + 1e-9), std::tanh(0.7), 1e-9);
}

TEST(TwoPointTheory, EqualsTheDenoiserAndItsDeformedTanh) {
  for_each_case([](const TwoPointTheory& theory, int d, double nu) {
    for (const double sigma : {0.05, 0.7, 1.3, 40.0}) {
      for (const double x : {-30.0, -1.3, -0.2, 0.0, 0.9, 1.4, 500.0}) {
        const double expected = denoise(d, nu, sigma, axis(d, x))[0] * std::sqrt(d);
        EXPECT_NEAR(theory.denoiser(x, sigma), expected, 1e-12 * (1 + std::abs(x)));
        if (std::isinf(nu) || nu > 100) continue;  // e_q itself has no digits left there
        const double u = (nu + d) * radius * x / (nu * sigma * sigma + x * x + radius * radius);
        EXPECT_NEAR(theory.denoiser(x, sigma), radius * tanh_q(u, 1 + 2 / (nu + d)), 1e-11);
      }
    }
  });
}

/// Both directions of the Jacobian by central differences of the samplers' denoiser, the first at
/// any x, the second at d > 1.
TEST(TwoPointTheory, SlopesAreThoseOfTheDenoiser) {
  for_each_case([](const TwoPointTheory& theory, int d, double nu) {
    for (const double sigma : {0.4, 1.0, 2.0}) {
      for (const double x : {-2.0, 0.0, 0.3, 1.29, 5.0}) {
        const double h = 1e-5;
        const double along =
            (denoise(d, nu, sigma, axis(d, x + h))[0] - denoise(d, nu, sigma, axis(d, x - h))[0]) *
            std::sqrt(d) / (2 * h);
        EXPECT_NEAR(theory.slope(x, sigma), along, 1e-7 * (1 + std::abs(along)));
        if (d == 1) continue;
        Vector up = axis(d, x), down = up;
        up[0] += h, down[0] -= h;
        up[1] -= h, down[1] += h;
        for (int j = 0; j < d; ++j) {
          EXPECT_NEAR(denoise(d, nu, sigma, up)[j], denoise(d, nu, sigma, down)[j], 1e-11);
        }
      }
    }
  });
}

/// D is on the axis wherever x is, so a state off the axis is on it after one application.
TEST(TwoPointTheory, TheMapLandsOnTheAxis) {
  for (const double nu : nus) {
    const Vector image = denoise(3, nu, 0.8, {5, -2, 0.1});
    EXPECT_NEAR(image[0], image[1], 1e-13);
    EXPECT_NEAR(image[0], image[2], 1e-13);
  }
}

TEST(TwoPointTheory, OriginLosesItsStabilityAtTheCriticalLevel) {
  for_each_case([](const TwoPointTheory& theory, int d, double nu) {
    const double critical = theory.critical_sigma();
    if (d == 1) {
      EXPECT_EQ(critical, radius);
    }
    EXPECT_NEAR(critical * critical, radius * radius * (1 + (d - 1) / nu), 1e-12 * critical);
    EXPECT_NEAR(theory.slope(0, critical), 1, 1e-12);
    EXPECT_LT(theory.slope(0, critical * (1 + 1e-6)), 1);
    EXPECT_GT(theory.slope(0, critical * (1 - 1e-6)), 1);
  });
}

/// Signs of D - x over (0, 3 radius], at points dense near the origin and near the data point.
int sign_changes(const TwoPointTheory& theory, double sigma) {
  int changes = 0;
  double last = 0;
  for (int k = 1; k <= 3000; ++k) {
    const double x = k * 1e-3 * radius;
    const double excess = theory.denoiser(x, sigma) - x;
    changes += last * excess < 0;
    if (excess != 0) last = excess;
  }
  return changes;
}

TEST(TwoPointTheory, OneFixedPointAboveTheCriticalLevelAndThreeBelow) {
  for_each_case([](const TwoPointTheory& theory, int, double) {
    const double critical = theory.critical_sigma();
    for (const double s : {0.3, 0.8, 0.99, 0.9999}) {
      const auto points = theory.fixed_points(s * critical);
      ASSERT_EQ(points.size(), 3U);
      EXPECT_TRUE(points[0].stable() && !points[1].stable() && points[2].stable()) << s;
      EXPECT_EQ(points[0].x, -points[2].x);
      EXPECT_EQ(points[1].x, 0);
      EXPECT_EQ(sign_changes(theory, s * critical), 1) << s;
    }
    for (const double s : {1.0, 1.0001, 1.5, 50.0}) {
      const auto points = theory.fixed_points(s * critical);
      ASSERT_EQ(points.size(), 1U);
      EXPECT_EQ(points[0].x, 0);
      EXPECT_TRUE(points[0].stable() || s == 1);
      EXPECT_EQ(sign_changes(theory, s * critical), 0) << s;
    }
  });
}

TEST(TwoPointTheory, BranchIsWhereIterationOfTheMapEnds) {
  for_each_case([](const TwoPointTheory& theory, int d, double nu) {
    for (const double s : {0.05, 0.5, 0.9, 0.97}) {
      const double sigma = s * theory.critical_sigma();
      // From off the axis, with the denoiser that samplers use.
      Vector x = axis(d, 0.4);
      if (d > 1) x[1] += 0.1;
      for (int k = 0; k < 3000; ++k) x = denoise(d, nu, sigma, x);
      EXPECT_NEAR(x[0] * std::sqrt(d), theory.branch(sigma), 1e-11) << "s " << s;
    }
  });
}

/// x*^2 = amplitude^2 (sigma_c^2 - sigma^2) + O of its square, so halving the distance four times
/// brings the ratio as much nearer to 1; the exponent of x* is 1/2 to the same order.
TEST(TwoPointTheory, BranchRisesAsTheSquareRootOfTheDistance) {
  for_each_case([](const TwoPointTheory& theory, int, double) {
    const double critical = theory.critical_sigma();
    const auto ratio = [&](double e) {
      const double sigma = critical * std::sqrt(1 - e);
      return theory.branch(sigma) / (theory.amplitude() * critical * std::sqrt(e));
    };
    EXPECT_NEAR(ratio(1e-6), 1, 2e-5);
    EXPECT_NEAR((ratio(1e-3) - 1) / (ratio(1e-4) - 1), 10, 0.5);
    const double exponent = std::log(ratio(1e-5) * std::sqrt(10) / ratio(1e-6)) / std::log(10.0);
    EXPECT_NEAR(exponent, 0.5, 1e-4);
  });
}

TEST(TwoPointTheory, TendsToTheGaussianPitchfork) {
  for (const int d : dimensions) {
    const TwoPointTheory limit(radius, inf, d), near(radius, 1e9, d), huge(radius, 1e306, d);
    EXPECT_EQ(limit.critical_sigma(), radius);
    for (const double sigma : {0.2, 0.9, 1.25}) {
      for (const double x : {-0.4, 0.1, 2.0}) {
        EXPECT_NEAR(limit.denoiser(x, sigma), radius * std::tanh(radius * x / (sigma * sigma)),
                    1e-15);
        EXPECT_NEAR(near.denoiser(x, sigma), limit.denoiser(x, sigma), 1e-6);
        EXPECT_NEAR(huge.slope(x, sigma), limit.slope(x, sigma), 1e-12);
      }
      const double x = limit.branch(sigma);
      EXPECT_NEAR(x, radius * std::tanh(radius * x / (sigma * sigma)), 1e-15);
      EXPECT_NEAR(near.branch(sigma), x, 1e-6);
      EXPECT_NEAR(huge.branch(sigma), x, 1e-12);
    }
    EXPECT_NEAR(huge.amplitude(), limit.amplitude(), 1e-12);
  }
}

TEST(TwoPointTheory, RefusesWhatHasNoPoints) {
  EXPECT_THROW(TwoPointTheory(0, 3, 1), InputError);
  EXPECT_THROW(TwoPointTheory(1, 0, 1), InputError);
  EXPECT_THROW(TwoPointTheory(1, 3, 0), InputError);
}

}  // namespace
}  // namespace htdm
