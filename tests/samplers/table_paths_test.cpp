/// Whole paths with a table in place of the trained network, on the same noise.
///
/// A lookup is off by e = 1e-6 of max(1, |u|) at most. One step moves x by 2 (sigma - s) times
/// that, so without any contraction the relative errors of all steps add up to
/// 2 e ln(sigma_max/sigma_min) = 2.1e-5. The flow contracts what is left of early errors: 5e-6 is
/// asked for, 1.3e-6 was seen in 20,000 paths of each sampler, and single precision alone costs
/// 3e-7.
#include "denoiser/network.hpp"
#include "denoiser/reference_model.hpp"
#include "denoiser/table.hpp"
#include "diffusion/schedule.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>

namespace htdm::test {
namespace {

struct Case {
  const char* kind;
  const char* model;
};

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.kind;
}

std::vector<double> levels() {
  return noise_levels({.levels = 24});
}

std::shared_ptr<const Denoiser> network(const std::string& name) {
  return std::make_shared<NetworkDenoiser>(reference_model(name));
}

/// Made once: the tests share them.
std::shared_ptr<const Denoiser> tabulated(const std::string& name) {
  static std::map<std::string, std::shared_ptr<const Denoiser>> made;
  auto& denoiser = made[name];
  if (!denoiser) {
    const auto inner = network(name);
    std::vector<LevelTable> tables;
    for (const double sigma : levels()) tables.push_back(make_level_table(*inner, sigma, 1e-6));
    denoiser = std::make_shared<TableDenoiser>(inner, std::move(tables));
  }
  return denoiser;
}

class TablePaths : public testing::TestWithParam<Case> {
 protected:
  const SamplerOptions options_{.levels = levels(), .nu = 2.5};
  const std::unique_ptr<Sampler> plain_ =
      make(GetParam().kind, network(GetParam().model), options_);
  const std::unique_ptr<Sampler> table_ =
      make(GetParam().kind, tabulated(GetParam().model), options_);
};

double relative_error(double x, double reference) {
  return std::abs(x - reference) / (1 + std::abs(reference));
}

TEST_P(TablePaths, AreAsNearToDoublePrecisionAsThoseOfTheNetwork) {
  const std::size_t paths = 300;
  const Rows fast = sample(*plain_, paths), table = sample(*table_, paths);
  std::vector<double> of_network, of_table;
  for (std::size_t i = 0; i < paths; ++i) {
    double exact = 0;
    plain_->sample_path(i, std::span(&exact, 1));
    of_network.push_back(relative_error(fast[0][i], exact));
    of_table.push_back(relative_error(table[0][i], exact));
  }
  std::ranges::sort(of_network);
  std::ranges::sort(of_table);
  EXPECT_LT(of_table[paths / 2], 1.5 * of_network[paths / 2]);
  EXPECT_LT(of_table.back(), 3 * of_network.back());
}

/// Within 5e-6 (1 + x) of these thresholds lie 0.02 of the paths that are expected: counts that
/// differ by more than one path have a chance of 2e-4.
TEST_P(TablePaths, StayWithTheNetworksAndCountTheSameExtremes) {
  const std::size_t paths = 6000;
  const Rows fast = sample(*plain_, paths), table = sample(*table_, paths, 0, 1000);
  for (std::size_t i = 0; i < paths; ++i) {
    ASSERT_LT(relative_error(table[0][i], fast[0][i]), 5e-6) << "path " << i;
  }
  for (const double x : {1.0, 4.3, 7.5}) {
    const auto beyond = [x](double value) { return std::abs(value) > x; };
    EXPECT_NEAR(std::ranges::count_if(table[0], beyond), std::ranges::count_if(fast[0], beyond), 1)
        << "beyond " << x;
  }
}

INSTANTIATE_TEST_SUITE_P(Samplers, TablePaths,
                         testing::Values(Case{"ve_sde", "edm_10k"}, Case{"t_ode", "t_edm_10k"},
                                         Case{"t_sde", "t_edm_10k"},
                                         Case{"t_sde_ablated", "t_edm_10k"},
                                         Case{"t_chain", "t_edm_10k"}),
                         [](const auto& test) { return std::string(test.param.kind); });

}  // namespace
}  // namespace htdm::test
