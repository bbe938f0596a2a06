/// The two-point posterior mean against both densities written out in extended precision, its
/// deformed-tanh form, its fixed points and its Gaussian limit.

#include "denoiser/exact.hpp"
#include "denoiser/gap_at.hpp"
#include "denoiser/posterior_at.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

using test::gap_at;
using test::posterior_at;
using test::Vector;
constexpr double inf = std::numeric_limits<double>::infinity();

/// (1, -1, 2, 1, ...)/norm * length: no special direction.
Vector direction(int d, double length) {
  const double pattern[] = {1, -1, 2, 1, 0.5};
  Vector a(d);
  double squared = 0;
  for (int j = 0; j < d; ++j) squared += pattern[j % 5] * pattern[j % 5];
  for (int j = 0; j < d; ++j) a[j] = pattern[j % 5] * length / std::sqrt(squared);
  return a;
}

/// ln of the noise density at offset |r| sigma, up to a constant.
long double log_density(long double squared, long double sigma, double nu, int d) {
  const long double u = squared / (sigma * sigma);
  return std::isinf(nu) ? -u / 2 : -(nu + d) / 2 * std::log1p(u / nu);
}

/// The posterior mean of (x - x0)/sigma over the two points: both densities written out.
Vector gap_by_densities(const Vector& center, const Vector& a, double nu, double sigma,
                        const Vector& x) {
  const int d = static_cast<int>(a.size());
  long double squared[2] = {0, 0};
  for (int j = 0; j < d; ++j) {
    const long double y = static_cast<long double>(x[j]) - center[j];
    squared[0] += (y - a[j]) * (y - a[j]);
    squared[1] += (y + a[j]) * (y + a[j]);
  }
  const long double l[2] = {log_density(squared[0], sigma, nu, d),
                            log_density(squared[1], sigma, nu, d)};
  const long double top = std::max(l[0], l[1]);
  const long double w[2] = {std::exp(l[0] - top), std::exp(l[1] - top)};
  Vector gap(d);
  for (int j = 0; j < d; ++j) {
    const long double y = static_cast<long double>(x[j]) - center[j];
    gap[j] = static_cast<double>((w[0] * (y - a[j]) + w[1] * (y + a[j])) / (w[0] + w[1]) / sigma);
  }
  return gap;
}

constexpr int dimensions[] = {1, 2, 5};
constexpr double nus[] = {2.5, 3, 10, inf};

TEST(TwoPoint, EqualsThePosteriorOfTwoDensities) {
  for (int d : dimensions) {
    const Vector a = direction(d, 1.3);
    const Vector center = direction(d, 0.7);
    for (double nu : nus) {
      const TwoPointDenoiser denoiser(center, a, nu);
      for (double sigma : {0.05, 0.4, 1.0, 1.3, 9.0, 80.0}) {
        for (double along : {-30.0, -1.1, -0.3, 0.0, 1e-5, 0.6, 2.0, 700.0}) {
          Vector x(d);
          for (int j = 0; j < d; ++j) {
            x[j] = center[j] + along * a[j] + (d > 1 ? 0.2 * (j % 2 ? 1 : -1) : 0);
          }
          const Vector gap = gap_at(denoiser, sigma, x);
          const Vector expected = gap_by_densities(center, a, nu, sigma, x);
          for (int j = 0; j < d; ++j) {
            // Rounding of y, and of a.y/sigma^2 where D answers to it.
            const double scale = (std::abs(x[j]) + 2) / sigma * (1 + 1 / (sigma * sigma));
            EXPECT_NEAR(gap[j], expected[j], 1e-15 * scale)
                << "d " << d << " nu " << nu << " sigma " << sigma << " along " << along;
          }
        }
      }
    }
  }
}

TEST(TwoPoint, KeepsRelativeAccuracyNearAPoint) {
  // Here D differs from the point by less than rounding of D: a - a tanh(...) has no correct digit.
  for (double nu : nus) {
    for (double side : {-1.0, 1.0}) {
      const TwoPointDenoiser denoiser({0}, {1.5}, nu);
      for (double sigma : {1e-3, 0.002, 0.05, 0.3}) {
        for (double offset :
             {0.0, std::ldexp(1.0, -45), -std::ldexp(1.0, -40), std::ldexp(1.0, -20)}) {
          const double x = side * (1.5 + offset);
          const double expected = gap_by_densities({0}, {1.5}, nu, sigma, {x})[0];
          EXPECT_NEAR(gap_at(denoiser, sigma, x), expected, 1e-12 * std::abs(expected))
              << "nu " << nu << " sigma " << sigma << " offset " << offset;
        }
      }
    }
  }
}

/// The probability of a less that of -a at x = along a, |a| = 1: by the logarithm of the ratio of
/// the two kernels, in extended precision.
double mean_share(double nu, double sigma, double along, int d) {
  const long double square = static_cast<long double>(sigma) * sigma, t = along;
  const long double log_ratio = std::isinf(nu)
                                    ? 2 * t / square
                                    : (nu + d) / 2 *
                                          (std::log1p((t + 1) * (t + 1) / (nu * square)) -
                                           std::log1p((t - 1) * (t - 1) / (nu * square)));
  return static_cast<double>(std::tanh(log_ratio / 2));
}

TEST(TwoPoint, IsRightFarOutAndForEveryNoiseLevel) {
  for (int d : dimensions) {
    const Vector a = direction(d, 1);
    for (double nu : nus) {
      const TwoPointDenoiser denoiser(Vector(d, 0.0), a, nu);
      for (double sigma : {1e-3, 1e-2, 1.0, 1e2}) {
        for (double along : {-1e6, -1e3, 40.0, 1e6}) {
          Vector x(a);
          for (double& component : x) component *= along;
          const Vector gap = gap_at(denoiser, sigma, x);
          const Vector expected = gap_by_densities(Vector(d, 0.0), a, nu, sigma, x);
          for (int j = 0; j < d; ++j) {
            EXPECT_NEAR(gap[j], expected[j], 1e-14 * std::abs(expected[j]))
                << "d " << d << " nu " << nu << " sigma " << sigma << " along " << along;
          }
          const double share = mean_share(nu, sigma, along, d);
          const Vector mean = posterior_at(denoiser, sigma, x).mean;
          for (int j = 0; j < d; ++j) {
            EXPECT_NEAR(mean[j], share * a[j], 1e-13 * std::abs(a[j]))
                << "d " << d << " nu " << nu << " sigma " << sigma << " along " << along;
          }
        }
      }
    }
  }
}

TEST(TwoPoint, HasTheFormOfADeformedTanh) {
  // D = a tanh_q(u), u = (nu + d) a.x/(nu sigma^2 + |x|^2 + |a|^2), q = 1 + 2/(nu + d), with
  // tanh_q built on e_q(u) = (1 + (1 - q) u)^{1/(1 - q)}.
  for (int d : dimensions) {
    const Vector a = direction(d, 1.3);
    for (double nu : {2.5, 3.0, 10.0}) {
      const TwoPointDenoiser denoiser(Vector(d, 0.0), a, nu);
      const double q = 1 + 2 / (nu + d);
      const auto e_q = [q](double u) { return std::pow(1 + (1 - q) * u, 1 / (1 - q)); };
      for (double sigma : {0.3, 1.0, 5.0}) {
        for (double along : {-4.0, -0.5, 0.1, 1.0, 20.0}) {
          Vector x(d);
          double dot = 0;
          double squares = 0;
          for (int j = 0; j < d; ++j) {
            x[j] = along * a[j] + (d > 1 ? 0.3 * j : 0);
            dot += a[j] * x[j];
            squares += x[j] * x[j] + a[j] * a[j];
          }
          const double u = (nu + d) * dot / (nu * sigma * sigma + squares);
          const double tanh_q = (e_q(u) - e_q(-u)) / (e_q(u) + e_q(-u));
          const Vector gap = gap_at(denoiser, sigma, x);
          for (int j = 0; j < d; ++j) {
            EXPECT_NEAR(x[j] - sigma * gap[j], a[j] * tanh_q, 1e-12 * (1 + std::abs(x[j])));
          }
        }
      }
    }
  }
}

/// Slope of D along a at the origin, less 1: -sigma gap/x as x -> 0.
double slope_excess(int d, double nu, double sigma) {
  const Vector a = direction(d, 1.3);
  Vector x(a);
  for (double& component : x) component *= 1e-7;
  const TwoPointDenoiser denoiser(Vector(d, 0.0), a, nu);
  return -sigma * gap_at(denoiser, sigma, x)[0] / x[0];
}

TEST(TwoPoint, OriginLosesStabilityAtTheStatedLevel) {
  // Where D'(0) = 1: sigma^2 = |a|^2 (nu + d - 1)/nu, which is sigma = |a| in one dimension.
  for (int d : dimensions) {
    for (double nu : {0.5, 2.5, 3.0, 10.0, inf}) {
      const double critical = 1.3 * std::sqrt(1 + (d - 1) / nu);
      EXPECT_NEAR(slope_excess(d, nu, critical), 0, 1e-12) << "d " << d << " nu " << nu;
      EXPECT_GT(slope_excess(d, nu, critical * (1 - 1e-6)), 1e-7);
      EXPECT_LT(slope_excess(d, nu, critical * (1 + 1e-6)), -1e-7);
    }
  }
}

TEST(TwoPoint, FixedPointsBranchOffSupercriticallyInOneDimension) {
  for (double nu : {0.5, 2.5, 3.0, 10.0, inf}) {
    const TwoPointDenoiser denoiser({0}, {1.3}, nu);
    // At and above the critical level every x > 0 is pulled to the origin.
    for (double x : {0.02, 0.1, 0.5, 1.3, 3.0, 50.0}) {
      EXPECT_GT(gap_at(denoiser, 1.3, x), 0);
      EXPECT_GT(gap_at(denoiser, 1.5, x), 0);
    }
    // Below it one stable fixed point stands between the origin and the data point; its distance
    // shrinks to 0 as the level rises to the critical one.
    double last = 1.3;
    for (double sigma : {0.5, 1.0, 1.2, 1.29}) {
      double low = 1e-6;
      double high = 1.3;
      ASSERT_LT(gap_at(denoiser, sigma, low), 0);
      ASSERT_GT(gap_at(denoiser, sigma, high), 0);
      for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (gap_at(denoiser, sigma, middle) < 0 ? low : high) = middle;
      }
      EXPECT_LT(low, last);
      last = low;
    }
    EXPECT_LT(last, 0.4);
  }
}

TEST(TwoPoint, IsContinuousAtInfiniteNu) {
  for (int d : dimensions) {
    const Vector a = direction(d, 1);
    const Vector center = direction(d, 2);
    const TwoPointDenoiser limit(center, a, inf);
    for (double sigma : {0.1, 1.0, 20.0}) {
      for (double along : {-3.0, 0.01, 1.0, 5.0}) {
        Vector x(d);
        for (int j = 0; j < d; ++j) x[j] = center[j] + along * a[j] + 0.05 * j;
        const Vector expected = gap_at(limit, sigma, x);
        // The difference is of order u^2/nu, u = |x|/sigma <= 100.
        const Vector near = gap_at(TwoPointDenoiser(center, a, 1e12), sigma, x);
        const Vector huge = gap_at(TwoPointDenoiser(center, a, 1e306), sigma, x);
        for (int j = 0; j < d; ++j) {
          EXPECT_NEAR(near[j], expected[j], 1e-6);
          EXPECT_NEAR(huge[j], expected[j], 1e-12 * (1 + std::abs(expected[j])));
        }
      }
    }
  }
}

}  // namespace
}  // namespace htdm
