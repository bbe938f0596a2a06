/// Every scheme of the reverse SDE and of the ODE, against formulas written out here.
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"
#include "samplers/point_mass_law.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace htdm::test {
namespace {

constexpr double mean = 0.25, deviation = 0.8, v2 = deviation * deviation;

/// u = slope (x - mean), and the posterior variance of x0 over sigma^2.
double slope(double sigma) {
  return sigma / (sigma * sigma + v2);
}
double rest(double sigma) {
  return v2 / (sigma * sigma + v2);
}

std::shared_ptr<const Denoiser> data(std::size_t d) {
  return std::make_shared<GaussianDenoiser>(std::vector<double>(d, mean),
                                            std::vector<double>(d, deviation));
}

std::vector<double> normals(std::uint64_t path, std::size_t step, std::size_t d) {
  std::vector<double> z;
  for (std::size_t n = step * d; n < (step + 1) * d; ++n) {
    const Stream stream(42, Purpose::wiener, path);
    z.push_back(normal_quad(stream.words(static_cast<std::uint32_t>(n / 4)))[n % 4]);
  }
  return z;
}

/// x - mean of one path, component by component.
using State = std::vector<double>;

double squared(const State& u) {
  double sum = 0;
  for (const double component : u) sum += component * component;
  return sum;
}

/// What a step does with y = x - mean: new y from y, sigma, s and z.
using Step = std::function<State(const State& y, double sigma, double s, const State& z)>;

void expect_path(std::string_view kind, const SamplerOptions& options, std::size_t d,
                 const Step& step) {
  const auto sampler = make(kind, data(d), options);
  const Rows fast = sample(*sampler, 30);
  State plain(d);
  for (std::uint64_t path = 0; path < 30; ++path) {
    State y(d);
    student_t(Stream(42, Purpose::prior_normal, path), Stream(42, Purpose::prior_mixing, path), 0,
              options.nu, y);
    for (double& component : y) component = component * options.levels[0] - mean;
    for (std::size_t i = 0; i + 1 < options.levels.size(); ++i) {
      State tau = normals(path, i, d);
      if (std::isfinite(options.increment_nu)) {
        const double nu = options.increment_nu;
        const Stream mixing(42, Purpose::chain_mixing, path);
        const double kappa = chi_square(mixing, static_cast<std::uint32_t>(i), nu);
        for (double& t : tau) t *= std::sqrt((nu - 2) / nu * nu / kappa);
      }
      y = step(y, options.levels[i], options.levels[i + 1], tau);
    }
    const double last = options.levels.back();
    sampler->sample_path(path, plain);
    for (std::size_t j = 0; j < d; ++j) {
      const double exact = mean + y[j] - last * slope(last) * y[j];
      EXPECT_NEAR(plain[j], exact, 1e-11 * (1 + std::abs(exact))) << kind << " path " << path;
      EXPECT_NEAR(fast[j][path], exact, 2e-5 * (1 + std::abs(exact))) << kind << " path " << path;
    }
  }
}

const std::vector<double> levels{9, 5, 3, 1.6, 0.9, 0.5, 0.2, 0.07};

double squared_coefficient(double w2, double posterior, double nu, double d) {
  return (nu + w2 + posterior) / (nu + d - 2);
}

TEST(Schemes, AncestralStepsAreTheMeanAndTheVarianceOfThePair) {
  for (const std::size_t d : {1, 3}) {
    for (const bool exact : {false, true}) {
      const double n = static_cast<double>(d), nu = 3;
      const Step step = [&](const State& y, double sigma, double s, const State& z) {
        const double r2 = s * s / (sigma * sigma);
        const double u2 = slope(sigma) * slope(sigma) * squared(y);
        const double posterior = exact ? n * rest(sigma) : 0;  // the trace
        const double variance =
            r2 * (sigma * sigma - s * s) * squared_coefficient(u2, posterior, nu, n) +
            (1 - r2) * (1 - r2) * sigma * sigma * posterior / n;
        State next(y.size());
        for (std::size_t j = 0; j < y.size(); ++j) {
          const double denoised = y[j] - sigma * slope(sigma) * y[j];
          next[j] = denoised + r2 * (y[j] - denoised) + std::sqrt(variance) * z[j];
        }
        return next;
      };
      expect_path(exact ? "t_sde_exact" : "t_sde",
                  {.levels = levels, .nu = nu, .scheme = Scheme::ancestral, .increment_nu = inf}, d,
                  step);
      expect_path(exact ? "t_sde_exact" : "t_sde",
                  {.levels = levels, .nu = nu, .scheme = Scheme::ancestral, .increment_nu = 6.5}, d,
                  step);
    }
  }
}

TEST(Schemes, HeunStepsFollowTheOdeFurtherAndAddForwardNoise) {
  for (const std::size_t d : {1, 3}) {
    for (const bool exact : {false, true}) {
      const double n = static_cast<double>(d), nu = 3;
      expect_path(exact ? "t_sde_exact" : "t_sde",
                  {.levels = levels, .nu = nu, .scheme = Scheme::heun, .increment_nu = inf}, d,
                  [&](const State& y, double sigma, double s, const State& z) {
                    const double m = s * s / sigma, h = m - sigma;
                    const double to = 1 + h * slope(sigma);
                    const double w2 = std::pow(slope(m) * to, 2.0) * squared(y);
                    const double c2 = squared_coefficient(w2, exact ? n * rest(m) : 0, nu, n);
                    State next(y.size());
                    for (std::size_t j = 0; j < y.size(); ++j) {
                      next[j] = y[j] * (1 + h / 2 * (slope(sigma) + slope(m) * to)) +
                                std::sqrt((s * s - m * m) * c2) * z[j];
                    }
                    return next;
                  });
    }
  }
}

TEST(Schemes, ExactCoefficientInEulerStepsHasThePosteriorVariance) {
  for (const std::size_t d : {1, 3}) {
    const double n = static_cast<double>(d), nu = 2.5;
    expect_path("t_sde_exact",
                {.levels = levels, .nu = nu, .scheme = Scheme::euler, .increment_nu = inf}, d,
                [&](const State& y, double sigma, double s, const State& z) {
                  const double u2 = slope(sigma) * slope(sigma) * squared(y);
                  const double c2 = squared_coefficient(u2, n * rest(sigma), nu, n);
                  State next(y.size());
                  for (std::size_t j = 0; j < y.size(); ++j) {
                    next[j] = y[j] * (1 + 2 * (s - sigma) * slope(sigma)) +
                              std::sqrt((sigma * sigma - s * s) * c2) * z[j];
                  }
                  return next;
                });
  }
}

TEST(Schemes, ExponentialStepsOfTheOdeExtrapolateTheDenoised) {
  State before;
  double previous = 0;
  expect_path("t_ode", {.levels = levels, .nu = 3, .scheme = Scheme::exponential}, 3,
              [&](const State& y, double sigma, double s, const State&) {
                const double r = s / sigma;
                State next(y.size()), now(y.size());
                for (std::size_t j = 0; j < y.size(); ++j) {
                  now[j] = y[j] - sigma * slope(sigma) * y[j];
                  double ahead = now[j];
                  if (sigma != levels[0]) {
                    ahead +=
                        std::log(sigma / s) / std::log(previous / sigma) / 2 * (now[j] - before[j]);
                  }
                  next[j] = r * y[j] + (1 - r) * ahead;
                }
                before = now;
                previous = sigma;
                return next;
              });
}

/// The flow multiplies x - mean by sqrt((s^2 + v^2)/(sigma^2 + v^2)).
TEST(Schemes, ExponentialConvergesWithOrderTwo) {
  const double smin = 0.002;
  const double flow = std::sqrt((smin * smin + v2) / (80.0 * 80.0 + v2)) * (1 - smin * slope(smin));
  const auto error = [&](int count) {
    const auto at = noise_levels({.levels = count});
    double x = 0, start = 0;
    student_t(Stream(42, Purpose::prior_normal, 0), Stream(42, Purpose::prior_mixing, 0), 0, 3,
              {&start, 1});
    make("t_ode", data(1), {.levels = at, .nu = 3, .scheme = Scheme::exponential})
        ->sample_path(0, {&x, 1});
    return std::abs((x - mean) / (80 * start - mean) - flow);
  };
  EXPECT_NEAR(std::log2(error(129) / error(257)), 2, 0.1);
  EXPECT_NEAR(std::log2(error(513) / error(1025)), 2, 0.05);
}

/// Gaussian noise: c = 1 whatever the posterior.
TEST(Schemes, ExactIsTheGaussianSdeBitForBitUnderGaussianNoise) {
  const auto points =
      std::make_shared<TwoPointDenoiser>(std::vector<double>{0, 0}, std::vector<double>{1, 1}, inf);
  for (const Scheme scheme : {Scheme::euler, Scheme::heun}) {
    const SamplerOptions options{
        .levels = geometric_levels(20, 40, 0.01), .nu = inf, .scheme = scheme};
    EXPECT_EQ(sample(*make("t_sde_exact", points, options), 100),
              sample(*make("ve_sde", points, options), 100));
  }
}

/// A point leaves nothing to know: E[|eps|^2 | x] = |u|^2, but for its rounding.
TEST(Schemes, ExactIsTheSelfRegulatedSdeForAPoint) {
  const auto point = std::make_shared<PointMassDenoiser>(std::vector{0.2, -0.1});
  for (const Scheme scheme : {Scheme::euler, Scheme::ancestral, Scheme::heun}) {
    const SamplerOptions options{
        .levels = geometric_levels(20, 40, 0.5), .nu = 3, .scheme = scheme, .increment_nu = inf};
    const Rows exact = sample_last_state("t_sde_exact", point, options, 200);
    const Rows plain = sample_last_state("t_sde", point, options, 200);
    for (std::size_t j : {0, 1}) {
      for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_NEAR(exact[j][i], plain[j][i], 1e-5 * (1 + std::abs(plain[j][i])));
      }
    }
  }
}

/// Increments of nu + d make ancestral and Heun steps exact for a point, of any size: the
/// law of the pair. 40,000 paths see distribution functions 0.014 apart; Gaussian increments are
/// not found here, their steps only converge.
TEST(Schemes, StudentIncrementsKeepStudentTForAPoint) {
  for (const int d : {1, 3}) {
    const std::vector<double> x0(static_cast<std::size_t>(d), 0.7);
    for (const Scheme scheme : {Scheme::ancestral, Scheme::heun}) {
      const SamplerOptions options{.levels = {80, 40, 36, 3, 0.6, 0.3, 0.01},
                                   .nu = 2.5,
                                   .scheme = scheme,
                                   .increment_nu = 0};
      const Rows last = sample_last_state("t_sde_exact", std::make_shared<PointMassDenoiser>(x0),
                                          options, 40'000);
      expect_student_t(last, x0, options.levels.back(), options.nu);
    }
  }
}

}  // namespace
}  // namespace htdm::test
