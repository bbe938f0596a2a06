/// Closed-form denoisers: the Gaussian against quadrature, all against the defining property of a
/// conditional mean on draws, and the default fast path. The two-point law has its own file.

#include "denoiser/exact.hpp"

#include "core/error.hpp"
#include "denoiser/gap_at.hpp"
#include "diffusion/target.hpp"
#include "random/draws.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

using test::gap_at;
using test::Vector;
constexpr double inf = std::numeric_limits<double>::infinity();

TEST(Gaussian, EqualsThePosteriorByQuadrature) {
  const GaussianDenoiser denoiser({0.4, -3}, {0.5, 2});
  for (double sigma : {0.1, 1.0, 30.0}) {
    for (const Vector& x : {Vector{0.3, -2}, Vector{-4, 11}}) {
      const Vector gap = gap_at(denoiser, sigma, x);
      for (int j = 0; j < 2; ++j) {
        const double mean = j == 0 ? 0.4 : -3;
        const double deviation = j == 0 ? 0.5 : 2;
        // Trapezoidal rule over 12 posterior deviations about the product's peak.
        const double width = 1 / std::hypot(1 / sigma, 1 / deviation);
        const double peak =
            width * width * (x[j] / (sigma * sigma) + mean / (deviation * deviation));
        double mass = 0;
        double moment = 0;
        for (int k = -600; k <= 600; ++k) {
          const double x0 = peak + 0.02 * k * width;
          const double w = std::exp(-0.5 * std::pow((x0 - mean) / deviation, 2) -
                                    0.5 * std::pow((x[j] - x0) / sigma, 2) +
                                    0.5 * std::pow((peak - mean) / deviation, 2) +
                                    0.5 * std::pow((x[j] - peak) / sigma, 2));
          mass += w;
          moment += w * (x[j] - x0) / sigma;
        }
        EXPECT_NEAR(gap[j], moment / mass, 1e-11 * (1 + std::abs(gap[j])));
      }
    }
  }
}

TEST(Gaussian, DoesNotCancelAtSmallNoise) {
  const GaussianDenoiser denoiser({0}, {1});
  EXPECT_DOUBLE_EQ(gap_at(denoiser, 1e-3, 2), 2e-3 / (1 + 1e-6));
  EXPECT_DOUBLE_EQ(gap_at(denoiser, 1e-9, 1e6), 1e-3 / (1 + 1e-18));
}

TEST(PointMass, ReturnsThePoint) {
  const PointMassDenoiser denoiser({1, -2, 0});
  EXPECT_EQ(denoiser.dimension(), 3);
  EXPECT_EQ(gap_at(denoiser, 0.5, {1, -1, 4}), (Vector{0, 2, 8}));
}

TEST(ExactDenoisers, RefuseImpossibleLaws) {
  EXPECT_THROW(TwoPointDenoiser({0}, {1}, 0), InputError);
  EXPECT_THROW(TwoPointDenoiser({0}, {1}, std::nan("")), InputError);
  EXPECT_THROW(GaussianDenoiser({0}, {0}), InputError);
}

/// z-scores of the mean of (x0 - D(x, sigma)) g over draws x = x0 + sigma eps, for g = 1 and for
/// g = x/(1 + |x|), which must vanish: D is the mean of x0 given x. First component.
///
/// Level 1e-6, two-sided, n = 1e5: a mean off by 0.016 standard deviations of x0 - D is seen.
/// With g = 1 this is E D = E x0; symmetric laws satisfy that for any odd D, hence the second g,
/// which sees a wrong nu or sigma (asserted below).
std::vector<double> residual_scores(const Denoiser& denoiser, const Target& target, double nu,
                                    double sigma) {
  constexpr std::uint64_t n = 100'000;
  const std::size_t d = dimension(target);
  Vector x0(d), eps(d), x(d);
  double sum[2] = {0, 0};
  double squares[2] = {0, 0};
  for (std::uint64_t i = 0; i < n; ++i) {
    draw(target, 3, Purpose::test_data, i, x0);
    student_t(Stream(3, Purpose::training_noise, i), Stream(3, Purpose::prior_mixing, i), 0, nu,
              eps);
    for (std::size_t j = 0; j < d; ++j) x[j] = x0[j] + sigma * eps[j];
    const double residual = x0[0] - (x[0] - sigma * gap_at(denoiser, sigma, x)[0]);
    const double terms[2] = {residual, residual * x[0] / (1 + std::abs(x[0]))};
    for (int k : {0, 1}) {
      sum[k] += terms[k];
      squares[k] += terms[k] * terms[k];
    }
  }
  return {sum[0] / std::sqrt(squares[0]), sum[1] / std::sqrt(squares[1])};
}

TEST(ExactDenoisers, AreConditionalMeans) {
  constexpr double level = 1e-6;
  for (double sigma : {0.5, 1.0, 4.0}) {
    const GaussianDenoiser gaussian({2, 2}, {0.7, 0.7});
    const Target law = GaussianTarget{.dimension = 2, .scale = 0.7, .location = 2};
    for (double z : residual_scores(gaussian, law, inf, sigma)) {
      EXPECT_GT(test::normal_two_sided_p(z), level) << "Gaussian, sigma " << sigma;
    }
    for (int d : {1, 3}) {
      for (double nu : {2.5, inf}) {
        const Target points = TwoPointTarget{.dimension = d, .separation = 1.5};
        const TwoPointDenoiser denoiser(Vector(d, 0.0), Vector(d, 1.5 / std::sqrt(d)), nu);
        for (double z : residual_scores(denoiser, points, nu, sigma)) {
          EXPECT_GT(test::normal_two_sided_p(z), level)
              << "two points, d " << d << " nu " << nu << " sigma " << sigma;
        }
      }
    }
  }
}

TEST(ExactDenoisers, ConditionalMeanTestSeesAWrongNu) {
  const Target points = TwoPointTarget{.dimension = 1, .separation = 1.5};
  const TwoPointDenoiser wrong({0}, {1.5}, inf);
  EXPECT_LT(test::normal_two_sided_p(residual_scores(wrong, points, 2.5, 1)[1]), 1e-6);
}

TEST(AtLevels, ConvertsTheReferenceForAnyTile) {
  const TwoPointDenoiser denoiser({0.1, -0.2}, {1, 0.5}, 3);
  std::vector<double> sigmas{9, 0.7, 0.01};
  const std::unique_ptr<LevelDenoiser> levels = denoiser.at_levels(sigmas);
  sigmas.assign(3, 1.0);  // copied: no effect
  Scratch scratch;
  for (std::size_t paths : {1, 16, 37}) {
    const std::size_t stride = padded(paths) + 16;
    AlignedVector<float> x(2 * stride), gap(2 * stride, 99.0F);
    for (std::size_t i = 0; i < paths; ++i) {
      x[i] = 0.13F * static_cast<float>(i) - 1;
      x[stride + i] = 0.5F - 0.04F * static_cast<float>(i);
    }
    for (std::size_t level : {0, 1, 2}) {
      levels->gap(level, Tile<const float>{x.data(), paths, stride},
                  Tile<float>{gap.data(), paths, stride}, scratch);
      const double sigma = level == 0 ? 9 : level == 1 ? 0.7 : 0.01;
      for (std::size_t i = 0; i < paths; ++i) {
        const Vector expected = gap_at(denoiser, sigma, {x[i], x[stride + i]});
        EXPECT_EQ(gap[i], static_cast<float>(expected[0]));
        EXPECT_EQ(gap[stride + i], static_cast<float>(expected[1]));
      }
      for (std::size_t i = padded(paths); i < stride; ++i) EXPECT_EQ(gap[i], 99.0F);
    }
  }
}

}  // namespace
}  // namespace htdm
