/// Every step, the prior and the addresses of the draws, against the formulas written out here.
#include "denoiser/exact.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace htdm::test {
namespace {

constexpr std::uint64_t seed = 7;

/// z_j of step i of a path: draw i d + j of its Wiener stream.
std::vector<double> wiener(std::uint64_t path, std::size_t step, std::size_t d) {
  std::vector<double> z;
  for (std::size_t n = step * d; n < (step + 1) * d; ++n) {
    const Stream stream(seed, Purpose::wiener, path);
    z.push_back(normal_quad(stream.words(static_cast<std::uint32_t>(n / 4)))[n % 4]);
  }
  return z;
}

/// sigma_max z sqrt(nu/kappa).
std::vector<double> start(std::uint64_t path, double sigma_max, double nu, std::size_t d) {
  std::vector<double> x(d);
  standard_normals(Stream(seed, Purpose::prior_normal, path), 0, x);
  const double mixing = student_t_mixing(Stream(seed, Purpose::prior_mixing, path), 0, nu);
  for (double& component : x) component *= sigma_max * mixing;
  return x;
}

double squared(const std::vector<double>& u) {
  double sum = 0;
  for (double component : u) sum += component * component;
  return sum;
}

/// Noise of one component at step i of `path`: what a step adds to its drift.
using NoiseScale =
    std::function<double(double sigma, double s, double u2, std::uint64_t path, std::size_t step)>;

/// Runs `kind` on Gaussian data in d dimensions and compares each state of each path with
/// x + drift(sigma, s) u + scale z, u = sigma (x - m)/(sigma^2 + v^2), computed from the start.
void expect_steps(std::string_view kind, double nu, double prior_nu, std::size_t d,
                  const std::function<double(double, double)>& drift, const NoiseScale& scale) {
  const std::vector<double> mean(d, 0.25), deviation(d, 0.8);
  const std::vector<double> levels{5, 3, 1.6, 0.9, 0.5, 0.2, 0.07};
  const std::size_t paths = 40;
  const auto states = sample_states(kind, std::make_shared<GaussianDenoiser>(mean, deviation),
                                    {.levels = levels, .nu = nu, .seed = seed}, paths);
  for (std::uint64_t path = 0; path < paths; ++path) {
    std::vector<double> x = start(path, levels[0], prior_nu, d);
    double size = 1;  // the rounding of single precision is relative to the largest state
    for (std::size_t i = 0; i < levels.size(); ++i) {
      size = std::max(size, std::sqrt(squared(x)));
      for (std::size_t j = 0; j < d; ++j) {
        ASSERT_NEAR(states[i][j][path], x[j], 2e-6 * size) << kind << " step " << i;
      }
      if (i + 1 == levels.size()) break;
      const double sigma = levels[i], s = levels[i + 1];
      std::vector<double> u(d);
      for (std::size_t j = 0; j < d; ++j) {
        u[j] = sigma * (x[j] - mean[j]) / (sigma * sigma + deviation[j] * deviation[j]);
      }
      const auto z = wiener(path, i, d);
      const double noise = scale(sigma, s, squared(u), path, i);
      for (std::size_t j = 0; j < d; ++j) x[j] += drift(sigma, s) * u[j] + noise * z[j];
    }
  }
}

double sde_drift(double sigma, double s) {
  return 2 * (s - sigma);
}

class Steps : public testing::TestWithParam<std::size_t> {};

TEST_P(Steps, VeSde) {
  expect_steps("ve_sde", 3, inf, GetParam(), sde_drift,
               [](double sigma, double s, double, std::uint64_t, std::size_t) {
                 return std::sqrt(sigma * sigma - s * s);
               });
}

TEST_P(Steps, AblatedSde) {
  expect_steps("t_sde_ablated", 2.5, 2.5, GetParam(), sde_drift,
               [](double sigma, double s, double, std::uint64_t, std::size_t) {
                 return std::sqrt(sigma * sigma - s * s);
               });
}

TEST_P(Steps, TSde) {
  const double d = static_cast<double>(GetParam());
  expect_steps("t_sde", 2.5, 2.5, GetParam(), sde_drift,
               [d](double sigma, double s, double u2, std::uint64_t, std::size_t) {
                 return std::sqrt((sigma * sigma - s * s) * (2.5 + u2) / (2.5 + d - 2));
               });
}

TEST_P(Steps, TChain) {
  const double d = static_cast<double>(GetParam());
  expect_steps(
      "t_chain", 3, 3, GetParam(), [](double sigma, double s) { return -sigma + s * s / sigma; },
      [d](double sigma, double s, double u2, std::uint64_t path, std::size_t step) {
        const Stream mixing(seed, Purpose::chain_mixing, path);
        const double kappa = chi_square(mixing, static_cast<std::uint32_t>(step), 3 + d);
        return std::sqrt((3 + u2) / (3 + d)) * s * std::sqrt(1 - s * s / (sigma * sigma)) *
               std::sqrt((3 + d) / kappa);
      });
}

/// At nu = inf the chain is the ancestral step of a Gaussian diffusion: D + (s/sigma)^2 (x - D)
/// plus s sqrt(1 - s^2/sigma^2) z.
TEST_P(Steps, TChainAtInfinityIsTheGaussianAncestralStep) {
  expect_steps(
      "t_chain", inf, inf, GetParam(),
      [](double sigma, double s) { return -sigma + s * s / sigma; },
      [](double sigma, double s, double, std::uint64_t, std::size_t) {
        return s * std::sqrt(1 - s * s / (sigma * sigma));
      });
}

INSTANTIATE_TEST_SUITE_P(Dimension, Steps, testing::Values(1, 2, 3, 4, 6));

TEST(NuAtInfinity, StochasticSamplersAreOneBitForBit) {
  const auto data =
      std::make_shared<TwoPointDenoiser>(std::vector<double>{0, 0}, std::vector<double>{1, 1}, inf);
  const SamplerOptions options{.levels = geometric_levels(20, 40, 0.01), .nu = inf, .seed = seed};
  const Rows expected = sample(*make("ve_sde", data, options), 100);
  EXPECT_EQ(sample(*make("t_sde", data, options), 100), expected);
  EXPECT_EQ(sample(*make("t_sde_ablated", data, options), 100), expected);
}

TEST(NuAtInfinity, IsTheLimitOfLargeNu) {
  const auto data = std::make_shared<GaussianDenoiser>(std::vector<double>{0.1, 0.2},
                                                       std::vector<double>{1, 0.5});
  for (std::string_view kind : {"t_ode", "t_sde", "t_sde_ablated", "t_chain"}) {
    SamplerOptions options{.levels = geometric_levels(20, 40, 0.01), .nu = inf, .seed = seed};
    const Rows limit = sample(*make(kind, data, options), 50);
    options.nu = 1e13;
    const Rows large = sample(*make(kind, data, options), 50);
    for (std::size_t j : {0, 1}) {
      for (std::size_t i = 0; i < 50; ++i) EXPECT_NEAR(large[j][i], limit[j][i], 1e-5) << kind;
    }
  }
}

/// With D = 0 the ablated step multiplies x by 1 + 2 (s - sigma)/sigma and adds noise that knows
/// nothing of nu, so paths of two nu differ by the product of these factors times the difference
/// of their starts; and these starts are one normal vector under two mixing factors.
TEST(CommonRandomNumbers, PathsOfTwoNuDifferByTheirStartsAlone) {
  const auto data = std::make_shared<PointMassDenoiser>(std::vector<double>{0, 0});
  const SamplerOptions low{.levels = {8, 6.5, 5, 3.5, 2.5}, .nu = 2.5, .seed = seed};
  SamplerOptions high = low;
  high.nu = 6;
  const auto a = sample_states("t_sde_ablated", data, low, 64);
  const auto b = sample_states("t_sde_ablated", data, high, 64);
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_NEAR(a[0][0][i] * b[0][1][i], a[0][1][i] * b[0][0][i],
                2e-6 * std::abs(a[0][0][i] * b[0][1][i]));
    double product = 1;
    for (std::size_t k = 0; k + 1 < low.levels.size(); ++k) {
      product *= 1 + 2 * (low.levels[k + 1] / low.levels[k] - 1);
    }
    for (std::size_t j : {0, 1}) {
      const double difference = product * (a[0][j][i] - b[0][j][i]);
      EXPECT_NEAR(a.back()[j][i] - b.back()[j][i], difference,
                  1e-5 * (1 + std::abs(a[0][j][i]) + std::abs(b[0][j][i])));
    }
  }
}

}  // namespace
}  // namespace htdm::test
