/// Preconditioning: the identities behind each coefficient, checked by quadrature where a law is
/// involved.

#include "diffusion/preconditioning.hpp"

#include "core/error.hpp"
#include "core/special.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double sigmas[] = {1e-3, 0.002, 0.1, 1, 7, 80};
constexpr double nus[] = {2.1, 3, 10, inf};

/// E eps^2 for eps ~ t(0, 1, nu), by the trapezoidal rule in u, eps = sinh(u) with the ends where
/// the integrand is below 1e-13 of its peak (nu > 2.5) .
double noise_variance_by_quadrature(double nu) {
  constexpr double step = 0.01;
  const StudentTLaw law{nu};
  double sum = 0;
  for (int k = 1; k <= 6000; ++k) {
    const double eps = std::sinh(k * step);
    sum += eps * eps * law.pdf(eps) * std::cosh(k * step);
  }
  return 2 * step * sum;
}

TEST(Preconditioning, NetworkInputAndTargetHaveUnitVariance) {
  for (double nu : {2.5, 3.0, 10.0, inf}) {
    const double v = noise_variance_by_quadrature(nu);
    for (double sigma : sigmas) {
      const Preconditioning c = Preconditioning::at(sigma, nu);
      EXPECT_NEAR(c.c_in * c.c_in * (1 + sigma * sigma * v), 1, 1e-9);
      // x0 and eps are independent and the target is linear in them.
      const double from_data = network_target(1, 0, sigma, nu);
      const double from_noise = network_target(0, 1, sigma, nu);
      EXPECT_NEAR(from_data * from_data + from_noise * from_noise * v, 1, 1e-9);
      EXPECT_NEAR(network_target(0.3, -2, sigma, nu), 0.3 * from_data - 2 * from_noise, 1e-14);
    }
  }
}

TEST(Preconditioning, SkipIsTheBestLinearDenoiser) {
  // c_skip = Cov(x0, x)/Var(x), so the error left for the network, x0 - c_skip x, is smallest and
  // has the standard deviation c_out.
  for (double nu : {2.5, 3.0, 10.0, inf}) {
    const double v = noise_variance_by_quadrature(nu);
    for (double sigma : sigmas) {
      const Preconditioning c = Preconditioning::at(sigma, nu);
      const double variance = 1 + sigma * sigma * v;
      EXPECT_NEAR(c.c_skip, 1 / variance, 1e-9 * c.c_skip);
      EXPECT_NEAR(c.c_out * c.c_out, sigma * sigma * v / variance, 1e-9 * c.c_out * c.c_out);
    }
  }
}

TEST(Preconditioning, GapFormEqualsTheDifference) {
  for (double nu : nus) {
    for (double sigma : sigmas) {
      const Preconditioning c = Preconditioning::at(sigma, nu);
      for (double x : {-30.0, 0.2, 4.0}) {
        for (double f : {-1.5, 0.0, 0.7}) {
          const double d = c.c_skip * x + c.c_out * f;
          // The left side loses eps |x|/sigma to cancellation, the right side nothing.
          EXPECT_NEAR((x - d) / sigma, c.gap_x * x - c.gap_f * f, 1e-15 * (40 / sigma + 40));
        }
      }
    }
  }
}

TEST(Preconditioning, TargetMakesTheWeightedErrorPlain) {
  // |D - x0|^2/c_out^2 = |F - target|^2 for any F.
  for (double nu : nus) {
    for (double sigma : {0.1, 1.0, 7.0}) {
      const Preconditioning c = Preconditioning::at(sigma, nu);
      for (double x0 : {-2.0, 0.4}) {
        for (double eps : {-5.0, 0.1, 60.0}) {
          for (double f : {-1.0, 3.0}) {
            const double error = c.c_skip * (x0 + sigma * eps) + c.c_out * f - x0;
            const double plain = f - network_target(x0, eps, sigma, nu);
            EXPECT_NEAR(error / c.c_out, plain, 1e-12 * (1 + std::abs(plain)));
          }
        }
      }
    }
  }
}

TEST(Preconditioning, GaussianValues) {
  const Preconditioning c = Preconditioning::at(2, inf);
  EXPECT_DOUBLE_EQ(c.c_skip, 0.2);
  EXPECT_DOUBLE_EQ(c.c_out, 2 / std::sqrt(5));
  EXPECT_DOUBLE_EQ(c.c_in, 1 / std::sqrt(5));
  EXPECT_DOUBLE_EQ(c.c_noise, std::log(2) / 4);
  EXPECT_DOUBLE_EQ(c.gap_x, 0.4);
  EXPECT_DOUBLE_EQ(c.gap_f, 1 / std::sqrt(5));
}

TEST(Preconditioning, NoiseInputDoesNotScaleWithNu) {
  // a = 3 at nu = 3; the network still sees ln(sigma)/4.
  const Preconditioning c = Preconditioning::at(2, 3);
  EXPECT_DOUBLE_EQ(c.c_noise, std::log(2) / 4);
  EXPECT_DOUBLE_EQ(c.c_skip, 1.0 / 13);
}

TEST(Preconditioning, IsContinuousAtInfiniteNu) {
  const Preconditioning limit = Preconditioning::at(0.7, inf);
  const Preconditioning near = Preconditioning::at(0.7, 1e12);
  EXPECT_NEAR(near.c_skip, limit.c_skip, 1e-11);
  EXPECT_NEAR(near.c_out, limit.c_out, 1e-11);
  EXPECT_NEAR(near.gap_f, limit.gap_f, 1e-11);
  EXPECT_NEAR(network_target(1, 2, 0.7, 1e12), network_target(1, 2, 0.7, inf), 1e-11);
}

TEST(Preconditioning, RefusesNoiseWithoutVarianceAndNonPositiveLevels) {
  EXPECT_THROW(Preconditioning::at(1, 2), InputError);
  EXPECT_THROW(Preconditioning::at(1, std::nan("")), InputError);
  EXPECT_THROW(Preconditioning::at(0, 3), InputError);
  EXPECT_THROW(Preconditioning::at(inf, 3), InputError);
  EXPECT_THROW(network_target(0, 0, 1, 1.5), InputError);
  EXPECT_THROW(network_target(0, 0, -1, 3), InputError);
}

}  // namespace
}  // namespace htdm
