/// Data in two points center +- a with weight 1/2 each: outputs sit at the points, evenly.
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"
#include "samplers/probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm::test {
namespace {

class TwoPoint : public testing::TestWithParam<std::string_view> {};

/// Start and noise are symmetric about the center once the center is 0, so each point gets exactly
/// half the law for any levels and any nu. Level 1e-6; 10,000 paths see a share of 0.525. A path
/// ends far from both points only by a draw of the tails in the last levels.
TEST_P(TwoPoint, OutputsSitAtThePointsEvenly) {
  for (std::size_t d : {1, 2}) {
    const double noise_nu = GetParam() == "ve_sde" ? inf : 3;
    const std::vector<double> center(d, 0.0), a(d, 1.0);
    const auto data = std::make_shared<TwoPointDenoiser>(center, a, noise_nu);
    const std::size_t n = 10'000;
    const Rows x =
        sample(*make(GetParam(), data, {.levels = noise_levels({.levels = 64}), .nu = 3}), n);
    std::uint64_t above = 0, near = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double side = x[0][i] > 0 ? 1 : -1;
      bool close = true;
      for (std::size_t j = 0; j < d; ++j) close = close && std::abs(x[j][i] - side) < 0.02;
      above += side > 0;
      near += close;
    }
    EXPECT_GT(binomial_two_sided_p(above, n, 0.5), 1e-6) << above << " of " << n;
    EXPECT_GE(near, n - n / 1000) << "d = " << d;
  }
}

/// In d = 1 the flow is odd and increasing: a path ends on the side where it starts.
TEST(TwoPointFlow, KeepsTheSideOfTheStart) {
  const auto data = std::make_shared<TwoPointDenoiser>(std::vector{0.0}, std::vector{1.0}, 3.0);
  const SamplerOptions options{.levels = noise_levels({.levels = 64}), .nu = 3};
  const Rows ode = sample(*make("t_ode", data, options), 2000);
  const auto chain = sample_states("t_chain", data, options, 2000);  // has the same starts
  for (std::size_t i = 0; i < 2000; ++i) EXPECT_GT(ode[0][i] * chain[0][0][i], 0);
}

INSTANTIATE_TEST_SUITE_P(Samplers, TwoPoint,
                         testing::Values("ve_sde", "t_ode", "t_sde", "t_sde_ablated", "t_chain"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace htdm::test
