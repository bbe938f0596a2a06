/// Data in one point x0, where the law of u = (x - x0)/sigma is known.
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "samplers/point_mass_law.hpp"
#include "samplers/probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm::test {
namespace {

/// Exact at every level for any step size, so a step of a factor 50 is as good as one of 1.1. The
/// tail index nu + d of tau, the one kappa of a vector and the factor (nu + |u|^2)/(nu + d) each
/// move the law by more than 0.014 when wrong.
TEST(PointMass, ChainKeepsStudentTAtEveryLevel) {
  for (int d : {1, 3}) {
    const std::vector<double> x0(static_cast<std::size_t>(d), 0.7);
    const SamplerOptions options{.levels = {80, 40, 36, 30, 0.6, 0.3, 0.01}, .nu = 2.5};
    const auto states =
        sample_states("t_chain", std::make_shared<PointMassDenoiser>(x0), options, 40'000);
    for (std::size_t i = 0; i < states.size(); ++i) {
      // The rounding of x, 6e-8, is far below the smallest sigma.
      expect_student_t(states[i], x0, options.levels[i], options.nu);
    }
  }
}

/// Neighbouring levels share the pair law, not only the margins: with u' at the lower level,
/// v = (u' - (s/sigma) u)/sqrt((1 - s^2/sigma^2)(nu + u^2)/(nu + 1)) is t_{nu+1}, independent of u.
TEST(PointMass, ChainKeepsThePairLaw) {
  const double sigma = 3, s = 2, nu = 2.5;
  const auto states =
      sample_states("t_chain", std::make_shared<PointMassDenoiser>(std::vector{0.0}),
                    {.levels = {sigma, s}, .nu = nu}, 40'000);
  std::vector<double> inner, outer;
  for (std::size_t i = 0; i < states[0][0].size(); ++i) {
    const double u = states[0][0][i] / sigma;
    const double scale = std::sqrt((1 - s * s / (sigma * sigma)) * (nu + u * u) / (nu + 1));
    (std::abs(u) < 1 ? inner : outer).push_back((states[1][0][i] / s - s / sigma * u) / scale);
  }
  const StudentTLaw law{nu + 1};
  EXPECT_GT(ks_p_value(inner, [&](double v) { return law.cdf(v); }), alpha);
  EXPECT_GT(ks_p_value(outer, [&](double v) { return law.cdf(v); }), alpha);
}

/// With c = 1, u' = a u + b z with a = (2 s - sigma)/s and b^2 = (sigma^2 - s^2)/s^2: after 16
/// e-folds of sigma the start is forgotten and u is Gaussian with the variance of this recursion,
/// which tends to 1 as the steps shrink.
TEST(PointMass, AblatedNoiseForgetsTheTails) {
  const SamplerOptions options{.levels = geometric_levels(150, 800, 800 * std::exp(-16.0)),
                               .nu = 2.5};
  const double ratio = options.levels[1] / options.levels[0];
  const double a = 2 - 1 / ratio, b2 = 1 / (ratio * ratio) - 1;
  const double deviation = std::sqrt(b2 / (1 - a * a));
  EXPECT_NEAR(deviation, 1, 0.1);
  const Rows last = sample_last_state(
      "t_sde_ablated", std::make_shared<PointMassDenoiser>(std::vector{0.0}), options, 40'000);
  const StudentTLaw normal{inf};
  const auto u = standardised(last[0], 0, options.levels.back());
  EXPECT_GT(ks_p_value(u, [&](double v) { return normal.cdf(v / deviation); }), alpha);
}

}  // namespace
}  // namespace htdm::test
