/// The empirical posterior against the sum written out in extended precision, and its limits.
#include "denoiser/exact_empirical.hpp"

#include "core/error.hpp"
#include "denoiser/posterior_at.hpp"
#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

using test::posterior_at;
using test::PosteriorAt;
using test::Vector;
constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<float> random_points(std::size_t n, std::size_t d) {
  std::vector<float> points(n * d);
  Vector draw(d);
  for (std::size_t i = 0; i < n; ++i) {
    standard_normals(Stream(5, Purpose::train_data, i), 0, draw);
    for (std::size_t j = 0; j < d; ++j) points[i * d + j] = static_cast<float>(draw[j]);
  }
  return points;
}

/// All weights, relative to the largest, in extended precision.
PosteriorAt written_out(const std::vector<float>& points, double nu, double sigma,
                        const Vector& x) {
  using Real = long double;
  const std::size_t d = x.size(), n = points.size() / d;
  const Real variance = static_cast<Real>(sigma) * sigma;
  std::vector<Real> square(n), log_weight(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      const Real y = static_cast<Real>(x[j]) - points[i * d + j];
      square[i] += y * y / variance;
    }
    log_weight[i] = std::isinf(nu) ? -square[i] / 2 : -(nu + d) / 2 * std::log1p(square[i] / nu);
  }
  const Real top = *std::max_element(log_weight.begin(), log_weight.end());
  Real mass = 0, squares = 0;
  std::vector<Real> mean(d), gap(d);
  for (std::size_t i = 0; i < n; ++i) {
    const Real w = std::exp(log_weight[i] - top);
    mass += w;
    squares += w * square[i];
    for (std::size_t j = 0; j < d; ++j) {
      mean[j] += w * points[i * d + j];
      gap[j] += w * (static_cast<Real>(x[j]) - points[i * d + j]) / static_cast<Real>(sigma);
    }
  }
  PosteriorAt p{Vector(d), Vector(d), static_cast<double>(squares / mass)};
  for (std::size_t j = 0; j < d; ++j) {
    p.mean[j] = static_cast<double>(mean[j] / mass);
    p.gap[j] = static_cast<double>(gap[j] / mass);
  }
  return p;
}

/// 1, 64 and 200 points: one, one full and four blocks, the last partly filled. Far out in two
/// dimensions points differ in |x - p|^2 by 1e-13 of it, and yet decide.
TEST(Empirical, EqualsTheSumWrittenOut) {
  for (const std::size_t n : {1, 64, 200}) {
    for (const std::size_t d : {1, 2, 5}) {
      const std::vector<float> points = random_points(n, d);
      for (const double nu : {2.5, inf}) {
        const EmpiricalDenoiser denoiser(points, static_cast<int>(d), nu);
        for (const double sigma : {0.002, 0.3, 80.0}) {
          for (const double far : {0.1, 2.0, 1e6}) {
            Vector x(d, far / 3);
            x[0] = far;
            SCOPED_TRACE(testing::Message()
                         << n << " " << d << " " << nu << " " << sigma << " " << far);
            const PosteriorAt p = posterior_at(denoiser, sigma, x);
            const PosteriorAt expected = written_out(points, nu, sigma, x);
            for (std::size_t j = 0; j < d; ++j) {
              EXPECT_NEAR(p.mean[j], expected.mean[j],
                          1e-8 * std::max(sigma, std::abs(expected.mean[j])));
              EXPECT_NEAR(p.gap[j], expected.gap[j],
                          1e-8 * std::max(1.0, std::abs(expected.gap[j])));
            }
            EXPECT_NEAR(p.square, expected.square, 1e-9 * expected.square);
          }
        }
      }
    }
  }
}

TEST(Empirical, OfOnePointIsAPointMass) {
  const std::vector<float> point{0.5F, -2};
  const PosteriorAt p = posterior_at(EmpiricalDenoiser(point, 2, 3), 0.25, {1, 1});
  EXPECT_EQ(p.mean, (Vector{0.5, -2}));
  EXPECT_EQ(p.gap, (Vector{2, 12}));
  EXPECT_EQ(p.square, 148);
}

TEST(Empirical, OfTwoPointsIsTheTwoPointLaw) {
  const std::vector<float> points{1, 0.5F, -1, -0.5F};
  for (const double nu : {1.0, 4.0, inf}) {
    const EmpiricalDenoiser denoiser(points, 2, nu);
    const TwoPointDenoiser expected({0, 0}, {1, 0.5}, nu);
    for (const Vector& x : {Vector{0.01, -0.3}, Vector{5, 2}, Vector{-1, -0.5}}) {
      const PosteriorAt a = posterior_at(denoiser, 0.6, x), b = posterior_at(expected, 0.6, x);
      for (int j = 0; j < 2; ++j) EXPECT_NEAR(a.gap[j], b.gap[j], 1e-13);
      EXPECT_NEAR(a.square, b.square, 1e-13 * (1 + b.square));
    }
  }
}

/// Little noise: the point that x is next to. Much noise: the mean of all.
TEST(Empirical, GoesFromTheNearestPointToTheMean) {
  const std::vector<float> points{-2, 0, 1, 5};
  for (const double nu : {3.0, inf}) {
    const EmpiricalDenoiser denoiser(points, 1, nu);
    EXPECT_NEAR(posterior_at(denoiser, 1e-6, {0.001}).mean[0], 0, 1e-5);
    EXPECT_NEAR(posterior_at(denoiser, 1e6, {0.4}).mean[0], 1, 1e-5);
  }
}

TEST(Empirical, WhatIsNotFiniteStaysSo) {
  const EmpiricalDenoiser denoiser(random_points(70, 1), 1, inf);
  for (const double bad : {inf, std::nan("")}) {
    EXPECT_FALSE(std::isfinite(posterior_at(denoiser, 1, {bad}).gap[0]));
  }
  EXPECT_THROW(EmpiricalDenoiser(random_points(2, 1), 1, 0), InputError);
}

}  // namespace
}  // namespace htdm
