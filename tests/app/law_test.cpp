/// What `htdm law` reports, against closed laws, to the errors that it states.
#include "app/law.hpp"

#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace htdm {
namespace {

constexpr double inf = INFINITY;

void in_order(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  for (LawPanel& panel : panels) body(panel);
}

void expect_within(double value, double exact, double error, const std::string& what) {
  EXPECT_LE(std::abs(value - exact), error) << what << ": " << value << " for " << exact;
}

// Data N(1, 1.5^2), noise N(0, 1): x - mean is multiplied by 1 + 2 (s - sigma) slope in a step and
// gains variance sigma^2 - s^2; the output by 1 - sigma_min slope.
TEST(Law, OfGaussianDataIsWithinItsBounds) {
  const Plan plan = make_plan(parse_study(R"(
    [data]
    kind = "gaussian"
    location = 1.0
    scale = 1.5
    [models.exact]
    kind = "exact"
    noise = "gaussian"
    [samplers.ve_sde]
    model = "exact"
    levels = 64
    [statistics]
    separate_tails = true
    exceedance_levels = [1e-1, 1e-3, 1e-6, 1e-12])",
                                          "test", "."),
                              {nullptr});
  const Normalization scale{{0.7}, {2}, {}};
  MarginalShelf shelf(plan.target, in_order);
  const LawResult law =
      law_result(plan, plan.entries[0], make_denoiser(plan, plan.models[0], nullptr, scale), scale,
                 shelf, false);

  const double mean = scale.to_z(1, 0), deviation = 1.5 / 2;
  const auto slope = [&](double sigma) { return sigma / (sigma * sigma + deviation * deviation); };
  const std::vector<double>& levels = plan.entries[0].levels;
  double offset = -mean, width = levels[0];
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    const double sigma = levels[k], s = levels[k + 1];
    const double factor = 1 + 2 * (s - sigma) * slope(sigma);
    offset *= factor;
    width = std::sqrt(factor * factor * width * width + sigma * sigma - s * s);
  }
  const double last = 1 - levels.back() * slope(levels.back());
  offset *= last;
  width *= last;
  const StudentTLaw normal{inf};
  const auto upper = [&](double t) { return normal.survival((t / 2 - offset) / width); };
  const auto lower = [&](double t) { return normal.survival((t / 2 + offset) / width); };

  ASSERT_EQ(law.exceedance.size(), 12U);
  EXPECT_LE(law.relative_error, 1e-4);
  for (const LawExceedance& e : law.exceedance) {
    const double exact = (e.event != "lower" ? upper(e.threshold) : 0) +
                         (e.event != "upper" ? lower(e.threshold) : 0);
    EXPECT_LE(e.interval.low, exact) << e.event << " " << e.level;
    EXPECT_GE(e.interval.high, exact) << e.event << " " << e.level;
    EXPECT_LE(e.interval.high - e.interval.low, 2e-4 * exact);
  }
  ASSERT_EQ(law.survival.size(), 57U);
  EXPECT_NEAR(law.survival.back() / 1e-15, 1, 1e-6);
  for (std::size_t k = 0; k < law.survival.size(); ++k) {
    const double t = law.survival_threshold[k];
    expect_within(law.survival[k], upper(t) + lower(t), law.survival_error[k], "survival");
  }
  for (std::size_t k = 0; k < law.quantile.size(); ++k) {
    expect_within(law.quantile[k], mean + offset + width * normal.quantile(law.quantile_level[k]),
                  law.quantile_error[k], "quantile");
  }
  // Quantiles are offset + (width - deviation) z apart.
  const double s = std::abs(width - deviation);
  const double w1 = s * std::sqrt(2 / std::numbers::pi) * std::exp(-offset * offset / (2 * s * s)) +
                    offset * (1 - 2 * normal.cdf(-offset / s));
  ASSERT_TRUE(law.w1.has_value());
  expect_within(*law.w1, w1, law.w1_error, "W1");
  EXPECT_EQ(law.marginals.size(), 64U);
  EXPECT_TRUE(law.densities.empty());
}

// The exact denoiser of two points saturates at both: all of the output is at the threshold.
TEST(Law, SaysNothingOfThresholdsAtAnAtom) {
  const Plan plan = make_plan(parse_study(R"(
    [data]
    kind = "two_point"
    [models.exact]
    kind = "exact"
    nu = 4.0
    [samplers.t_ode]
    model = "exact"
    levels = 8
    [statistics]
    thresholds = [0.9, 1.0])",
                                          "test", "."),
                              {nullptr});
  const Normalization scale{{0}, {1}, {}};
  MarginalShelf shelf(plan.target, in_order);
  const LawResult law =
      law_result(plan, plan.entries[0], make_denoiser(plan, plan.models[0], nullptr, scale), scale,
                 shelf, false);
  EXPECT_LT(law.exceedance[0].interval.high - law.exceedance[0].interval.low, 1e-5);
  EXPECT_LT(law.exceedance[1].interval.low, 0.01);
  EXPECT_GT(law.exceedance[1].interval.high, 0.95);
}

// Data at 0: the state of the chain is sigma t(nu) at every level.
TEST(Law, OfTheChainOnAPointIsWithinItsBounds) {
  const double nu = 3;
  const std::vector<double> levels = noise_levels({.levels = 12});
  const auto states = [&](double tolerance) {
    std::vector<LineLaw> laws;
    const LawRun run{.rules = {.tolerance = tolerance},
                     .each = in_order,
                     .observe = [&](std::size_t, const LineLaw& state) { laws.push_back(state); }};
    sampler_law(*find_sampler_kind("t_chain"),
                std::make_shared<PointMassDenoiser>(std::vector{0.0}), {.levels = levels, .nu = nu},
                run);
    return laws;
  };
  const std::vector<LineLaw> fine = states(1e-8), coarse = states(1e-6);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    for (const double p : {0.2, 1e-4, 1e-9, 1e-15}) {
      const double x = levels[k] * StudentTLaw{nu}.upper_quantile(p);
      const double error = law_error_bound(fine[k].above(x), coarse[k].above(x));
      expect_within(fine[k].above(x), p, error, "above, level " + std::to_string(k));
      EXPECT_LE(error, 1e-4 * p);
    }
  }
}

}  // namespace
}  // namespace htdm
