/// Posteriors of spherical laws against direct quadrature over x0 (a table made by another
/// program), closed forms, limits and identities.
#include "denoiser/radial_posterior.hpp"

#include "core/special.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr std::array<double, 6> sigmas{0.002, 0.05, 0.5, 1, 5, 80};
constexpr std::array<double, 7> radii{0, 1e-3, 0.7, 6, 90, 1e4, 1e6};

/// |a - b| relative to b, which is positive.
double difference(double a, double b) {
  return std::abs(a - b) / b;
}

/// Every nu in {2.5, 3, 5, inf} of data and noise, d in {1, 2, 16}, sigma from 0.002 to 80, x up to
/// 1e6. Asked for is 1e-8; the table itself is good to 1e-11.
TEST(RadialPosterior, EqualsQuadratureOverTheData) {
  std::ifstream file(HTDM_TEST_DATA "/posterior_values.txt");
  double worst_mean = 0, worst_gap = 0, worst_square = 0;
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream cells(line);
    RadialLaw law{1, 0.6, inf, inf};
    std::string nu_data, nu_noise;
    double sigma = 0, x = 0, mean = 0, gap = 0, square = 0;
    cells >> law.dimension >> nu_data >> nu_noise >> sigma >> x >> mean >> gap >> square;
    ASSERT_FALSE(cells.fail()) << line;
    law.nu_data = std::stod(nu_data);
    law.nu_noise = std::stod(nu_noise);
    const RadialPosterior p = radial_posterior(law, sigma, x * x);
    const double size = std::max(std::abs(mean), sigma);
    const double mean_error = std::abs(p.data_share * x - mean) / size;
    const double gap_error = std::abs(p.noise_share * x / sigma - gap) / std::max(gap, 1.0);
    const double square_error = difference(p.square, square);
    EXPECT_LT(mean_error, 1e-10) << line;
    EXPECT_LT(gap_error, 1e-9) << line;
    EXPECT_LT(square_error, 1e-10) << line;
    worst_mean = std::max(worst_mean, mean_error);
    worst_gap = std::max(worst_gap, gap_error);
    worst_square = std::max(worst_square, square_error);
    ++rows;
  }
  EXPECT_EQ(rows, 15 * 6 * (3 + 2 + 2));
  RecordProperty("mean", std::to_string(worst_mean * 1e12) + "e-12");
  RecordProperty("gap", std::to_string(worst_gap * 1e12) + "e-12");
  RecordProperty("square", std::to_string(worst_square * 1e12) + "e-12");
}

/// The closed form of t_3 data and noise, and the same by quadrature.
TEST(RadialPosterior, CubicClosedFormEqualsQuadrature) {
  for (const double scale : {0.01, 0.6, 3.0}) {
    for (const double sigma : sigmas) {
      for (const double r : radii) {
        const RadialLaw law{1, scale, 3, 3};
        const RadialPosterior closed = radial_posterior(law, sigma, r * r);
        const RadialPosterior sum = radial_quadrature(law, sigma, r * r);
        EXPECT_NEAR(sum.log_density, closed.log_density, 1e-12 * (1 + std::abs(sum.log_density)));
        EXPECT_LT(difference(sum.data_share, closed.data_share), 1e-12) << sigma << " " << r;
        EXPECT_LT(difference(sum.noise_share, closed.noise_share), 1e-12) << sigma << " " << r;
        EXPECT_LT(difference(sum.square, closed.square), 1e-12) << sigma << " " << r;
      }
    }
  }
}

/// Exchanging data and noise exchanges their shares, and the law of the sum is the same.
TEST(RadialPosterior, IsSymmetricInDataAndNoise) {
  for (const int d : {1, 3, 64}) {
    for (const double nu : {2.5, 7.0, inf}) {
      for (const double r : radii) {
        const RadialPosterior one = radial_posterior({d, 0.3, 4, nu}, 2.0, r * r);
        const RadialPosterior two = radial_posterior({d, 2.0, nu, 4}, 0.3, r * r);
        EXPECT_NEAR(one.log_density, two.log_density, 1e-11 * (1 + std::abs(one.log_density)));
        EXPECT_LT(difference(one.data_share, two.noise_share), 1e-12) << d << " " << nu << " " << r;
        EXPECT_LT(difference(one.noise_share, two.data_share), 1e-12) << d << " " << nu << " " << r;
      }
    }
  }
}

/// Shares sum to 1, and the variance |square| - |gap|^2 of the posterior is positive.
TEST(RadialPosterior, IsAPosterior) {
  for (const int d : {1, 2, 16, 64}) {
    for (const double nu_data : {1.0, 3.0, inf}) {
      for (const double nu_noise : {0.7, 2.5, 30.0, inf}) {
        for (const double sigma : sigmas) {
          for (const double r : radii) {
            const RadialPosterior p = radial_posterior({d, 0.6, nu_data, nu_noise}, sigma, r * r);
            EXPECT_NEAR(p.data_share + p.noise_share, 1, 1e-13);
            EXPECT_GT(p.data_share, 0);
            EXPECT_GT(p.noise_share, 0);
            const double gap = p.noise_share * r / sigma;
            EXPECT_GT(p.square, gap * gap * (1 - 1e-13));
            EXPECT_TRUE(std::isfinite(p.log_density));
          }
        }
      }
    }
  }
}

/// Tweedie: under Gaussian noise (D - x)/sigma^2 is the gradient of ln p, here by central
/// differences of fourth order.
TEST(RadialPosterior, GradientOfTheDensityIsTheGap) {
  for (const int d : {1, 16}) {
    for (const double nu : {2.5, 3.0, inf}) {
      const RadialLaw law{d, 0.6, nu, inf};
      for (const double sigma : {0.05, 1.0, 80.0}) {
        for (const double r : {0.3, 5.0, 400.0}) {
          const double h = 1e-3 * std::min(r, std::hypot(sigma, 0.6));
          const auto log_density = [&](double x) {
            return radial_posterior(law, sigma, x * x).log_density;
          };
          const double slope = (8 * (log_density(r + h) - log_density(r - h)) -
                                log_density(r + 2 * h) + log_density(r - 2 * h)) /
                               (12 * h);
          const double gap = radial_posterior(law, sigma, r * r).noise_share * r / sigma;
          EXPECT_NEAR(-sigma * slope, gap, 1e-7 * (1 + gap)) << d << " " << nu << " " << r;
        }
      }
    }
  }
}

/// E c*^2 = nu/(nu - 2) over p, c*^2 = (nu + square)/(nu + d - 2), by the trapezoidal rule in
/// asinh(x); so are the total probability 1 and, in d = 1, E c*^2 sigma^2 p = the tail integral of
/// (y - D) p from x on.
TEST(RadialPosterior, ExactCoefficientHasItsMean) {
  for (const double nu_data : {2.5, 3.5, inf}) {
    for (const double sigma : {0.05, 1.0, 80.0}) {
      const double nu = 3.5;
      const RadialLaw law{1, 0.6, nu_data, nu};
      const double unit = 0.6 + sigma, h = 0.04;
      double mass = 0, mean = 0, flux = 0, at_one = 0;
      for (int k = 1000; k >= -1000; --k) {
        const double x = unit * std::sinh(k * h);
        const RadialPosterior p = radial_posterior(law, sigma, x * x);
        const double weight = std::exp(p.log_density) * h * unit * std::cosh(k * h);
        const double c2 = (nu + p.square) / (nu - 1);
        mass += weight;
        mean += weight * c2;
        if (k >= 25) flux += (k > 25 ? 1 : 0.5) * weight * p.noise_share * x;
        if (k == 25) at_one = c2 * sigma * sigma * std::exp(p.log_density);
      }
      EXPECT_NEAR(mass, 1, 1e-9) << nu_data << " " << sigma;
      EXPECT_NEAR(mean, nu / (nu - 2), 1e-7) << nu_data << " " << sigma;
      EXPECT_NEAR(flux / at_one, 1, 1e-3) << nu_data << " " << sigma;  // a rule of second order
    }
  }
}

/// Far out one of the two is the outlier: the one with the heavier tail, and with equal tails each
/// in proportion to scale^nu.
TEST(RadialPosterior, FarOutTheHeavierTailTakesAll) {
  const double r2 = 1e16, sigma = 2;
  EXPECT_NEAR(radial_posterior({1, 0.6, 3, 5}, sigma, r2).data_share, 1, 1e-6);
  EXPECT_NEAR(radial_posterior({1, 0.6, 5, 3}, sigma, r2).noise_share, 1, 1e-6);
  EXPECT_NEAR(radial_posterior({1, 0.6, 3, 3}, sigma, r2).noise_share, 8 / (8 + 0.216), 1e-6);
  EXPECT_NEAR(radial_posterior({5, 0.6, 2.5, 2.5}, sigma, r2).noise_share,
              1 / (1 + std::pow(0.3, 2.5)), 1e-6);
  // The square follows: x^2/sigma^2 with that probability.
  const RadialPosterior p = radial_posterior({1, 0.6, 3, 3}, sigma, r2);
  EXPECT_NEAR(p.square * sigma * sigma / r2, p.noise_share, 1e-6);
}

TEST(RadialPosterior, HugeNuIsTheGaussian) {
  for (const double r : {0.5, 3.0}) {
    const RadialPosterior gaussian = radial_posterior({2, 0.6, inf, inf}, 0.8, r * r);
    for (const RadialLaw& law :
         {RadialLaw{2, 0.6, 1e6, inf}, RadialLaw{2, 0.6, inf, 1e6}, RadialLaw{2, 0.6, 1e6, 1e6}}) {
      const RadialPosterior p = radial_posterior(law, 0.8, r * r);
      EXPECT_NEAR(p.log_density, gaussian.log_density, 1e-4);
      EXPECT_NEAR(p.noise_share, gaussian.noise_share, 1e-4);
      EXPECT_NEAR(p.square, gaussian.square, 1e-4);
    }
  }
}

/// Data of no width: the density is that of the noise, and all of x is noise.
TEST(RadialPosterior, NarrowDataAreAPoint) {
  for (const double nu : {2.5, inf}) {
    const RadialPosterior point = radial_posterior({1, 0, inf, nu}, 0.7, 4);
    EXPECT_NEAR(point.log_density, StudentTLaw{nu}.log_pdf(2 / 0.7) - std::log(0.7), 1e-13);
    EXPECT_EQ(point.noise_share, 1);
    EXPECT_DOUBLE_EQ(point.square, 4 / 0.49);
    const RadialPosterior narrow = radial_posterior({1, 1e-7, inf, nu}, 0.7, 4);
    EXPECT_NEAR(narrow.log_density, point.log_density, 1e-11);
    EXPECT_NEAR(narrow.square, point.square, 1e-11);
  }
}

TEST(RadialPosterior, WhatIsNotFiniteStaysSo) {
  for (const double nu : {3.0, 4.0, inf}) {
    for (const double bad : {inf, std::nan("")}) {
      EXPECT_FALSE(std::isfinite(radial_posterior({1, 0.6, 3, nu}, 1, bad).square));
    }
  }
}

}  // namespace
}  // namespace htdm
