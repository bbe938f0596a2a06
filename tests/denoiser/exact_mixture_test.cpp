/// Mixtures against sums over their parts, two points, single laws and Tweedie's identity; the
/// square of all closed forms.
#include "denoiser/exact_mixture.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "denoiser/posterior_at.hpp"

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

/// Components and square within `tolerance` of max(1, their size); means of max(|D|, sigma).
void expect_equal(const PosteriorAt& a, const PosteriorAt& b, double sigma, double tolerance) {
  for (std::size_t j = 0; j < a.gap.size(); ++j) {
    EXPECT_NEAR(a.gap[j], b.gap[j], tolerance * std::max(1.0, std::abs(b.gap[j])));
    EXPECT_NEAR(a.mean[j], b.mean[j], tolerance * std::max(sigma, std::abs(b.mean[j])));
  }
  EXPECT_NEAR(a.square, b.square, tolerance * std::max(1.0, b.square));
}

TEST(Mixture, OfOneGaussianIsTheGaussian) {
  const MixtureDenoiser mixture({{1, {0.2, -1}, 0.7, inf}}, inf);
  const GaussianDenoiser gaussian({0.2, -1}, {0.7, 0.7});
  for (const double sigma : {0.002, 1.0, 80.0}) {
    for (const Vector& x : {Vector{0.1, 0.3}, Vector{-7, 1e6}}) {
      expect_equal(posterior_at(mixture, sigma, x), posterior_at(gaussian, sigma, x), sigma, 1e-14);
    }
  }
}

/// Equal parts on top of each other, of any weights, are one.
TEST(Mixture, OfEqualPartsIsOne) {
  for (const double nu : {2.5, inf}) {
    const MixtureDenoiser three({{0.2, {0.3}, 0.5, 4}, {0.5, {0.3}, 0.5, 4}, {0.3, {0.3}, 0.5, 4}},
                                nu);
    const MixtureDenoiser one({{1, {0.3}, 0.5, 4}}, nu);
    expect_equal(posterior_at(three, 0.7, {2}), posterior_at(one, 0.7, {2}), 0.7, 1e-14);
  }
}

TEST(Mixture, OfPointsIsTheTwoPointLaw) {
  for (const double nu : {1.0, 2.5, 30.0, inf}) {
    const TwoPointDenoiser points({0.1, 0}, {1, -0.5}, nu);
    for (const double width : {0.0, 1e-7}) {
      const MixtureDenoiser mixture(
          {{0.5, {1.1, -0.5}, width, inf}, {0.5, {-0.9, 0.5}, width, inf}}, nu);
      for (const double sigma : {0.05, 1.0, 80.0}) {
        for (const Vector& x : {Vector{0.1, 0.01}, Vector{0.9, -0.2}, Vector{-30, 4}}) {
          expect_equal(posterior_at(mixture, sigma, x), posterior_at(points, sigma, x), sigma,
                       2e-10);
        }
      }
    }
  }
}

/// The posterior in d = 1 by the trapezoidal rule in asinh((x0 - center)/unit) about each part and
/// about x, the weights summed over parts.
PosteriorAt by_quadrature(const std::vector<MixturePart>& parts, double nu, double sigma,
                          double x) {
  double mass = 0, gap = 0, square = 0, mean = 0, top = -inf;
  const StudentTLaw noise{nu};
  for (const MixturePart& part : parts) {
    const StudentTLaw data{part.nu_data};
    // The map has scale 1/(1/part + 1/sigma) at both centres and grows away from them.
    const double c = part.center[0], unit = 1 / (1 / part.scale + 1 / sigma);
    const double middle = (c + x) / 2, half = std::abs(x - c) / 2;
    for (const double side : {-1.0, 1.0}) {
      const double begin = std::asinh(-half / unit), h = 1.0 / 256;
      for (int k = 0; begin + k * h < 36; ++k) {
        const double t = begin + k * h, step = unit * std::cosh(t) * h * (k == 0 ? 0.5 : 1);
        const double x0 = middle + side * (half + unit * std::sinh(t));
        const double log_weight = std::log(part.weight / part.scale) +
                                  data.log_pdf((x0 - c) / part.scale) +
                                  noise.log_pdf((x - x0) / sigma);
        if (log_weight > top) {
          for (double* sum : {&mass, &gap, &square, &mean}) *sum *= std::exp(top - log_weight);
          top = log_weight;
        }
        const double w = std::exp(log_weight - top) * step, eps = (x - x0) / sigma;
        mass += w;
        gap += w * eps;
        square += w * eps * eps;
        mean += w * x0;
      }
    }
  }
  return {{gap / mass}, {mean / mass}, square / mass};
}

/// Three parts of different width and tail. The rule's error at the cut between its halves is about
/// 1e-6 of the integrand there.
TEST(Mixture, EqualsQuadratureOverTheData) {
  const std::vector<MixturePart> parts{
      {0.2, {-1}, 0.1, inf}, {0.5, {0.4}, 0.3, 3}, {0.3, {2}, 1, inf}};
  for (const double nu : {2.5, inf}) {
    const MixtureDenoiser mixture(parts, nu);
    for (const double sigma : {0.05, 0.6, 5.0}) {
      for (const double x : {-1.1, 0.0, 0.8, 9.0}) {
        SCOPED_TRACE(testing::Message() << nu << " " << sigma << " " << x);
        expect_equal(posterior_at(mixture, sigma, {x}), by_quadrature(parts, nu, sigma, x), sigma,
                     1e-5);
      }
    }
  }
}

/// Under Gaussian noise the derivative of D is the posterior variance over sigma^2: an identity
/// between the two outputs, by central differences of fourth order.
TEST(ExactDenoisers, DerivativeOfTheMeanIsTheVariance) {
  const MixtureDenoiser mixture({{0.3, {-1}, 0.2, inf}, {0.7, {1}, 0.4, 3}}, inf);
  const GaussianDenoiser gaussian({0.2}, {0.8});
  const TwoPointDenoiser points({0.1}, {1.3}, inf);
  for (const Denoiser* denoiser :
       std::initializer_list<const Denoiser*>{&mixture, &gaussian, &points}) {
    for (const double sigma : {0.3, 1.0, 5.0}) {
      for (const double x : {-1.2, 0.3, 4.0}) {
        const double h = 1e-3 * sigma;
        const auto mean = [&](double at) { return posterior_at(*denoiser, sigma, {at}).mean[0]; };
        const double slope =
            (8 * (mean(x + h) - mean(x - h)) - mean(x + 2 * h) + mean(x - 2 * h)) / (12 * h);
        const PosteriorAt p = posterior_at(*denoiser, sigma, {x});
        EXPECT_NEAR(p.square - p.gap[0] * p.gap[0], slope, 1e-8 * (1 + p.square));
        EXPECT_NEAR(p.mean[0], x - sigma * p.gap[0], 1e-14 * (1 + std::abs(x)));
      }
    }
  }
}

TEST(ExactDenoisers, PointMassHasNoVariance) {
  const PosteriorAt p = posterior_at(PointMassDenoiser({1, 2}), 0.5, {3, 0});
  EXPECT_EQ(p.gap, (Vector{4, -4}));
  EXPECT_EQ(p.mean, (Vector{1, 2}));
  EXPECT_EQ(p.square, 32);
}

/// Where D is tiny beside x, x - sigma gap has lost it; mean has not.
TEST(Mixture, MeanKeepsItsDigitsFarOut) {
  const MixtureDenoiser denoiser({{1, {0}, 0.6, inf}}, 2.5);
  const double mean = posterior_at(denoiser, 0.002, {1e6}).mean[0];
  // Data far below x under a power law: D = Var(x0) (nu + 1) x/(nu sigma^2 + x^2), to 1e-12.
  EXPECT_NEAR(mean, 0.36 * 3.5e-6, 1e-16);
}

TEST(Mixture, HasARayAsASingleLaw) {
  const MixtureDenoiser denoiser({{1, {0.5, -0.5, 1}, 0.6, 4}}, 3);
  const std::optional<Ray> ray = denoiser.ray();
  ASSERT_TRUE(ray.has_value());
  EXPECT_EQ(ray->center, (Vector{0.5, -0.5, 1}));
  const Vector x{1.5, 1.5, -1};  // 3 away
  const PosteriorAt p = posterior_at(denoiser, 0.7, x),
                    along = posterior_at(*ray->profile, 0.7, {3});
  EXPECT_DOUBLE_EQ(p.square, along.square);
  for (int j = 0; j < 3; ++j)
    EXPECT_NEAR(p.gap[j], along.gap[0] * (x[j] - ray->center[j]) / 3, 1e-14);
  EXPECT_FALSE(MixtureDenoiser({{0.5, {0}, 1, 3}, {0.5, {1}, 1, 3}}, 3).ray().has_value());
}

TEST(Mixture, RefusesImpossibleLaws) {
  EXPECT_THROW(MixtureDenoiser({{0, {0}, 1, 3}}, 3), InputError);
  EXPECT_THROW(MixtureDenoiser({{1, {0}, -1, 3}}, 3), InputError);
  EXPECT_THROW(MixtureDenoiser({{1, {0}, 1, 0}}, 3), InputError);
  EXPECT_THROW(MixtureDenoiser({{1, {0}, 1, 3}}, 0), InputError);
}

/// A denoiser of which only the mean is known says so.
class MeanOnly : public Denoiser {
 public:
  int dimension() const override { return 1; }
  void gap(double, Tile<const double>, Tile<double>) const override {}
};

TEST(Posterior, IsRefusedWhereOnlyTheMeanIsKnown) {
  const MeanOnly denoiser;
  EXPECT_FALSE(denoiser.knows_square());
  EXPECT_THROW(posterior_at(denoiser, 1, {0}), InputError);
}

/// The default fast path rounds the reference.
TEST(Posterior, FastPathConvertsTheReference) {
  const MixtureDenoiser denoiser({{1, {0, 1}, 0.6, 4}}, 3);
  const std::vector<double> sigmas{9, 0.7};
  const auto levels = denoiser.at_levels(sigmas);
  constexpr std::size_t paths = 19, stride = 32;
  AlignedVector<float> x(2 * stride), gap(2 * stride), square(stride);
  for (std::size_t i = 0; i < 2 * stride; ++i) x[i] = 0.2F * static_cast<float>(i) - 5;
  Scratch scratch;
  levels->posterior(1, {x.data(), paths, stride}, {gap.data(), paths, stride}, square.data(),
                    scratch);
  for (std::size_t i = 0; i < paths; ++i) {
    const PosteriorAt p = posterior_at(denoiser, 0.7, {x[i], x[stride + i]});
    EXPECT_EQ(gap[i], static_cast<float>(p.gap[0]));
    EXPECT_EQ(gap[stride + i], static_cast<float>(p.gap[1]));
    EXPECT_EQ(square[i], static_cast<float>(p.square));
  }
}

}  // namespace
}  // namespace htdm
