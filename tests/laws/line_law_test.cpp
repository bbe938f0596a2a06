/// The propagated law against closed laws, the table of reference laws, and counting.
///
/// Nothing here is random but the last test. Errors allowed are 1e-8 relative where a closed law is
/// known; seen were 1e-10. A kernel whose variance is off by 1e-8 in every step would fail at 8
/// deviations.
#include "core/error.hpp"
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/network.hpp"
#include "denoiser/reference_model.hpp"
#include "denoiser/table.hpp"
#include "diffusion/schedule.hpp"
#include "samplers/probe.hpp"
#include "samplers/sampler_law.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <thread>

namespace htdm::test {
namespace {

void in_order(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  for (LawPanel& panel : panels) body(panel);
}

/// Backwards, every other panel on a second thread.
void on_threads(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  const auto half = [&](std::size_t parity) {
    for (std::size_t i = panels.size(); i-- > 0;) {
      if (i % 2 == parity) body(panels[i]);
    }
  };
  const std::jthread other(half, 1);
  half(0);
}

LineLaw law_of(const char* kind, const std::shared_ptr<const Denoiser>& denoiser, double nu,
               const std::vector<double>& levels, double tolerance = 1e-8,
               const ForEachPanel& each = in_order) {
  const LawRun run{.rules = {.tolerance = tolerance}, .each = each, .observe = {}};
  return sampler_law(*find_sampler_kind(kind), denoiser, {.levels = levels, .nu = nu}, run);
}

void expect_relative(double value, double exact, double error, const std::string& what) {
  EXPECT_NEAR(value / exact, 1, error) << what << ": " << value << " for " << exact;
}

constexpr double mean = 0.3, deviation = 0.8;

std::shared_ptr<const Denoiser> gaussian_data() {
  return std::make_shared<GaussianDenoiser>(std::vector{mean}, std::vector{deviation});
}

/// u = slope (x - mean).
double slope(double sigma) {
  return sigma / (sigma * sigma + deviation * deviation);
}

TEST(PanelRule, IsExactForPolynomials) {
  const PanelRule& rule = PanelRule::get();
  for (int power = 0; power < 2 * panel_nodes; ++power) {
    double sum = 0;
    for (int i = 0; i < panel_nodes; ++i) sum += rule.weight[i] * std::pow(rule.node[i], power);
    EXPECT_NEAR(sum, power % 2 == 0 ? 2.0 / (power + 1) : 0, 1e-14) << power;
  }
  NodeValues cubic, exponential;
  const auto f = [](double t) { return 1 + t - 2 * t * t * t; };
  for (int i = 0; i < panel_nodes; ++i) {
    cubic[i] = f(rule.node[i]);
    exponential[i] = std::exp(30 * rule.node[i]);
  }
  for (int side = 0; side < 2; ++side) {
    const NodeValues half = rule.half(cubic, side);
    for (int i = 0; i < panel_nodes; ++i) {
      EXPECT_NEAR(half[i], f((rule.node[i] + 2 * side - 1) / 2), 1e-13);
    }
  }
  EXPECT_NEAR(rule.at(cubic, 0.37), f(0.37), 1e-13);
  EXPECT_LT(rule.unresolved(cubic), 1e-14);
  EXPECT_GT(rule.unresolved(exponential), 1);
}

// y = x - mean goes to (1 + 2 (s - sigma) slope) y plus noise of variance sigma^2 - s^2.
TEST(LineLaw, OfVeSdeOnGaussianDataIsThatOfTheRecursion) {
  for (const int count : {8, 128}) {
    const auto levels = noise_levels({.levels = count});
    double location = -mean, variance = levels[0] * levels[0];
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
      const double sigma = levels[i], s = levels[i + 1];
      const double factor = 1 + 2 * (s - sigma) * slope(sigma);
      location *= factor;
      variance = factor * factor * variance + sigma * sigma - s * s;
    }
    const double last = 1 - levels.back() * slope(levels.back());
    const double center = mean + last * location, width = last * std::sqrt(variance);
    const LineLaw law = law_of("ve_sde", gaussian_data(), inf, levels);
    EXPECT_NEAR(law.mass(), 1, 1e-10);
    for (const double z : {0.0, 1.0, 3.0, 5.0, 8.0}) {
      const double exact = StudentTLaw{inf}.survival(z);
      expect_relative(law.above(center + z * width), exact, 1e-8, "above");
      expect_relative(law.below(center - z * width), exact, 1e-8, "below");
    }
    EXPECT_NEAR(law.quantile(0.9), center + width * StudentTLaw{inf}.quantile(0.9), 1e-8);
  }
}

TEST(LineLaw, OfTheOdeOnGaussianDataIsAScaledStart) {
  const auto levels = noise_levels({.levels = 64});
  double factor = 1;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double h = levels[i + 1] - levels[i];
    const double first = slope(levels[i]);
    factor *= 1 + h * (first + slope(levels[i + 1]) * (1 + h * first)) / 2;
  }
  factor *= 1 - levels.back() * slope(levels.back());
  const double nu = 2.5;
  const LineLaw law = law_of("t_ode", gaussian_data(), nu, levels);
  for (const double p : {0.3, 1e-3, 1e-9, 1e-15}) {
    const double start = levels[0] * StudentTLaw{nu}.upper_quantile(p);
    expect_relative(law.above(mean + factor * (start - mean)), p, 1e-8, "above");
    expect_relative(law.below(mean - factor * (start + mean)), p, 1e-8, "below");
  }
}

// Data at 0: the chain's state is sigma t(nu) at every level, out to any depth.
TEST(LineLaw, OfTheChainIsExactAtEveryLevelForAPoint) {
  const double nu = 3;
  const auto levels = noise_levels({.levels = 24});
  std::size_t seen = 0;
  LawRun run{.rules = {.tolerance = 1e-9}, .each = in_order, .observe = {}};
  run.observe = [&](std::size_t level, const LineLaw& state) {
    ++seen;
    for (const double p : {0.2, 1e-4, 1e-9, 1e-15}) {
      const double x = levels[level] * StudentTLaw{nu}.upper_quantile(p);
      expect_relative(state.above(x), p, 1e-8, "above, level " + std::to_string(level));
      expect_relative(state.below(-x), p, 1e-8, "below, level " + std::to_string(level));
    }
  };
  const auto point = std::make_shared<PointMassDenoiser>(std::vector{0.0});
  sampler_law(*find_sampler_kind("t_chain"), point, {.levels = levels, .nu = nu}, run);
  EXPECT_EQ(seen, levels.size());
}

struct Reference {
  const char* kind;
  const char* model;
  double nu;
  int levels;
  std::map<double, double> exceedance;  ///< depth under t_3 to two-sided probability
};

// Laws of the same weights by an independent second-order propagation (Richardson from 2000 and
// 4000 cells), good to about three digits.
const std::vector<Reference> references{
    {"ve_sde", "edm_10k", inf, 128, {{5e-3, 3.672e-3}, {1e-3, 2.29e-5}}},
    {"t_ode",
     "t_edm_10k",
     3,
     64,
     {{5e-3, 6.459e-3}, {1e-3, 1.307e-3}, {1e-4, 1.198e-4}, {1e-5, 1.198e-5}}},
    {"t_sde",
     "t_edm_10k",
     2.5,
     128,
     {{5e-3, 5.244e-3}, {1e-3, 1.181e-3}, {1e-4, 1.530e-4}, {1e-5, 2.239e-5}}},
    {"t_sde_ablated",
     "t_edm_10k",
     2.5,
     128,
     {{5e-3, 3.02e-8}, {1e-3, 7.02e-9}, {1e-4, 9.27e-10}, {1e-5, 1.355e-10}}}};

TEST(LineLaw, AgreesWithTheReferenceLawsOfTrainedNetworks) {
  for (const Reference& reference : references) {
    const auto model = reference_model(reference.model);
    const double mu = model->normalization.mean[0], scale = model->normalization.deviation[0];
    const LineLaw law = law_of(reference.kind, std::make_shared<NetworkDenoiser>(model),
                               reference.nu, noise_levels({.levels = reference.levels}), 1e-6);
    for (const auto& [depth, expected] : reference.exceedance) {
      const double x = StudentTLaw{3}.upper_quantile(depth / 2);
      expect_relative(law.above((x - mu) / scale) + law.below((-x - mu) / scale), expected, 0.01,
                      reference.kind);
    }
  }
}

TEST(LineLaw, HasTheSameBitsOnThreadsAndTellsItsErrorByItsTolerance) {
  const auto network = std::make_shared<NetworkDenoiser>(reference_model("t_edm_10k"));
  const auto levels = noise_levels({.levels = 32});
  const LineLaw fine = law_of("t_sde", network, 2.5, levels, 1e-9);
  const LineLaw coarse = law_of("t_sde", network, 2.5, levels, 1e-6);
  const LineLaw threads = law_of("t_sde", network, 2.5, levels, 1e-6, on_threads);
  for (const double x : {0.0, 1.0, 7.0, 1e3, 1e5}) {
    EXPECT_EQ(coarse.above(x), threads.above(x)) << x;
    EXPECT_EQ(coarse.below(-x), threads.below(-x)) << x;
    expect_relative(coarse.above(x), fine.above(x), 1e-6, "tolerance");
  }
}

// 400,000 paths against the law at depths 1e-1 to 1e-4, each within 4.5 standard errors (level
// 7e-6): a law off by 9 % at 1e-2 is found.
TEST(LineLaw, AgreesWithCounting) {
  constexpr int paths = 400'000;
  for (const Reference& reference : references) {
    const auto network = std::make_shared<NetworkDenoiser>(reference_model(reference.model));
    const auto levels = noise_levels({.levels = 24});
    std::vector<LevelTable> tables;
    for (const double sigma : levels) tables.push_back(make_level_table(*network, sigma, 1e-6));
    const auto table = std::make_shared<TableDenoiser>(network, std::move(tables));
    const LineLaw law = law_of(reference.kind, network, reference.nu, levels, 1e-6);
    const Rows x =
        sample(*make(reference.kind, table, {.levels = levels, .nu = reference.nu}), paths);
    for (const double p : {1e-1, 1e-2, 1e-3, 1e-4}) {
      const double threshold = law.quantile(1 - p);
      const double exact = law.above(threshold);
      const auto count = std::ranges::count_if(x[0], [&](double v) { return v > threshold; });
      const double z =
          (static_cast<double>(count) - paths * exact) / std::sqrt(paths * exact * (1 - exact));
      EXPECT_LT(std::abs(z), 4.5) << reference.kind << " at " << p;
    }
  }
}

TEST(LineLaw, RefusesWhatHasNoLawOnTheLine) {
  const auto plane = std::make_shared<PointMassDenoiser>(std::vector{0.0, 0.0});
  EXPECT_THROW(law_of("t_sde", plane, 3, {2, 1}), InputError);
  EXPECT_THROW(law_of("t_sde", gaussian_data(), 0.5, {2, 1}), InputError);
  EXPECT_THROW(law_of("t_sde", gaussian_data(), 3, {1, 2}), InputError);
}

}  // namespace
}  // namespace htdm::test
