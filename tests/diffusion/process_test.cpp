/// The forward processes: their clocks, their levels and their steps in y = x/mu.
#include "diffusion/process.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm::test {
namespace {

constexpr Process ve{};
constexpr Process vp{.kind = Process::Kind::vp};

TEST(Process, VpKeepsTheVarianceAndItsClockRuns) {
  for (const double lambda : {0.002, 0.03, 0.7, 4.0, 80.0, 1e4}) {
    const double mu = signal(vp, lambda), sigma = mu * lambda, t = time_of(vp, lambda);
    EXPECT_NEAR(mu * mu + sigma * sigma, 1, 1e-15);
    EXPECT_NEAR(mu, std::exp(-(0.1 * t + 19.9 * t * t / 2) / 2), 1e-15);
    EXPECT_NEAR(level_at(vp, t), lambda, 1e-13 * lambda);
    EXPECT_NEAR(noise_rate(vp, lambda), std::sqrt(0.1 + 19.9 * t), 1e-13);
    EXPECT_NEAR(signal_rate(vp, lambda), -(0.1 + 19.9 * t) / 2, 1e-13);
  }
  EXPECT_EQ(time_of(ve, 3), 3);
  EXPECT_EQ(level_at(ve, 3), 3);
  EXPECT_EQ(noise_rate(ve, 8), 4);  // (sigma^2)' = 2 sigma
}

/// dy = u dlambda and dy = 2 u dlambda + sqrt(d lambda^2) z: what all processes are in y. A step of
/// relative size h differs by O(h^2) of what it moves.
TEST(Process, SmallStepsAreThoseOfTheVarianceExplodingOne) {
  for (const double lambda : {0.01, 0.5, 3.0, 60.0}) {
    double previous = 0;
    for (const double h : {2e-3, 1e-3}) {
      const double next = lambda * (1 - h);
      const EulerStep a = euler_step(vp, lambda, next), b = euler_step(ve, lambda, next);
      const HeunStep m = heun_step(vp, lambda, next);
      // All coefficients act on numbers of size lambda in y and 1 in u and z.
      const double euler = std::abs(a.keep - 1) + std::abs(a.drift - b.drift) / lambda +
                           std::abs(a.noise * a.noise - b.noise * b.noise) / (lambda * lambda);
      EXPECT_LT(euler, 100 * h * h) << lambda;
      // Heun's on u linear in y and lambda: p = y + (next - lambda) u at both ends.
      const double slope = 1 / (2 * lambda);  // u = slope y
      const double p = m.keep_predicted + m.predict * slope;
      const double y = m.keep + m.first * slope + m.second * p * slope;
      EXPECT_LT(std::abs(y - (1 + slope * (next - lambda) +
                              slope * slope * (next - lambda) * (next - lambda) / 2)),
                100 * h * h * h)
          << lambda;
      if (previous > 0) {
        EXPECT_NEAR(previous / euler, 4, 0.1) << lambda;
      }
      previous = euler;
    }
  }
}

TEST(Process, LevelsAreEquallySpacedInTime) {
  for (const Process& process : {ve, vp}) {
    const auto levels = even_time_levels(process, 17, 80, 0.002);
    ASSERT_EQ(levels.size(), 17U);
    EXPECT_EQ(levels.front(), 80);
    EXPECT_EQ(levels.back(), 0.002);
    const double step = time_of(process, 80) - time_of(process, levels[1]);
    for (std::size_t i = 1; i + 1 < levels.size(); ++i) {
      EXPECT_NEAR(time_of(process, levels[i]) - time_of(process, levels[i + 1]), step,
                  1e-12 * time_of(process, 80));
    }
  }
}

TEST(Process, RefusesLevelsAndRatesThatAreNone) {
  EXPECT_THROW(even_time_levels(vp, 1, 80, 0.002), InputError);
  EXPECT_THROW(even_time_levels(vp, 4, 0.002, 80), InputError);
  EXPECT_THROW(even_time_levels({Process::Kind::vp, 0, 20}, 4, 80, 0.002), InputError);
  EXPECT_THROW(even_time_levels({Process::Kind::vp, 2, 1}, 4, 80, 0.002), InputError);
  EXPECT_THROW(even_time_levels({Process::Kind::vp, 1, INFINITY}, 4, 80, 0.002), InputError);
}

}  // namespace
}  // namespace htdm::test
