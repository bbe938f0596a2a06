/// The coefficient from the law of t_ode: it is the exact one where the denoiser is, and keeps the
/// law of t_ode where it is not.
#include "samplers/ode_law.hpp"

#include "core/special.hpp"
#include "denoiser/network.hpp"
#include "denoiser/posterior_at.hpp"
#include "denoiser/reference_model.hpp"
#include "diffusion/schedule.hpp"
#include "laws/student_t_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace htdm::test {
namespace {

constexpr double scale = 1 / 1.7258;

void in_order(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  for (LawPanel& panel : panels) body(panel);
}

SamplerOptions options_of(int levels) {
  return {
      .levels = noise_levels({.levels = levels}), .nu = 3, .scheme = Scheme::euler, .of_ode = true};
}

// The law of t_ode with 400 levels is the marginal but for the start, which the data shift by
// s/sigma_max: c^2 is met within 3 % where p is not tiny, m within 1e-3.
TEST(OdeLaw, GivesTheExactCoefficientOfTheExactDenoiser) {
  const auto exact = std::make_shared<StudentTDenoiser>(scale);
  const SamplerOptions options = options_of(400);
  const auto denoiser = ode_law_denoiser(exact, options, in_order);
  for (const std::size_t level : {0, 150, 250, 330, 398}) {
    const double sigma = options.levels[level];
    for (const double place : {-100.0, -10.0, -1.0, 0.0, 0.3, 3.0, 30.0}) {
      const double x = place * std::hypot(scale, sigma);
      const auto here = posterior_at(*denoiser, sigma, {x});
      const auto known = posterior_at(*exact, sigma, {x});
      EXPECT_NEAR(here.square / ((3 + known.square) / 2), 1, 0.03)
          << "sigma = " << sigma << ", x = " << x;
      EXPECT_NEAR(here.gap[0], known.gap[0], 1e-3);
    }
  }
  const auto last = posterior_at(*denoiser, options.levels.back(), {1.5});
  EXPECT_EQ(last.gap, posterior_at(*exact, options.levels.back(), {1.5}).gap);
}

// In single precision, at the first, a middle and the last level, where there is no noise; far out
// c^2 is rounded like x^2.
TEST(OdeLaw, HasAFastPathThatIsItsReference) {
  const auto exact = std::make_shared<StudentTDenoiser>(scale);
  const SamplerOptions options = options_of(12);
  const auto denoiser = ode_law_denoiser(exact, options, in_order);
  const auto at_levels = denoiser->at_levels(options.levels);
  AlignedVector<float> x(padded(9)), gap(x.size()), square(x.size());
  Scratch scratch;
  for (const std::size_t level : {0, 6, 11}) {
    const double sigma = options.levels[level];
    for (int i = 0; i < 9; ++i) x[i] = static_cast<float>(sigma * std::sinh(2.5 * i - 10));
    at_levels->posterior(level, {x.data(), 9, x.size()}, {gap.data(), 9, x.size()}, square.data(),
                         scratch);
    for (int i = 0; i < 9; ++i) {
      const auto expected = posterior_at(*denoiser, sigma, {x[i]});
      EXPECT_NEAR(gap[i], expected.gap[0], 1e-6 * std::max(1.0, std::abs(expected.gap[0])));
      EXPECT_NEAR(square[i], expected.square, 1e-6 * expected.square);
    }
  }
}

/// P(|D| > x*) at the depths 1e-2 and 1e-4 of the data.
std::vector<double> tails(const LineLaw& law) {
  std::vector<double> result;
  for (const double p : {1e-2, 1e-4}) {
    const double bound = scale * StudentTLaw{3}.upper_quantile(p / 2);
    result.push_back(law.above(bound) + law.below(-bound));
  }
  return result;
}

// Weights of 10,000 steps, whose own t_ode is off by 20 to 30 %: the SDE follows it but for the
// size of its Euler steps, 6 and 14 % at 128 levels.
TEST(OdeLaw, KeepsTheTailsOfTheOdeOfATrainedNetwork) {
  const auto network = std::make_shared<NetworkDenoiser>(reference_model("t_edm_10k"));
  const LawRun run{.rules = {.tolerance = 1e-5}, .each = in_order, .observe = {}};
  const auto errors = [&](int levels) {
    const SamplerOptions options = options_of(levels);
    const auto denoiser = ode_law_denoiser(network, options, in_order);
    const auto sde = tails(sampler_law(*find_sampler_kind("t_sde_exact"), denoiser, options, run));
    const auto ode = tails(sampler_law(*find_sampler_kind("t_ode"), network,
                                       {.levels = options.levels, .nu = 3}, run));
    return std::vector<double>{std::abs(sde[0] / ode[0] - 1), std::abs(sde[1] / ode[1] - 1)};
  };
  const auto coarse = errors(32), fine = errors(96);
  for (std::size_t k = 0; k < fine.size(); ++k) {
    EXPECT_LT(fine[k], 0.25);
    EXPECT_LT(fine[k], 0.6 * coarse[k]);
  }
}

}  // namespace
}  // namespace htdm::test
