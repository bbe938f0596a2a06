/// The table of samplers: what it lists, what it refuses, what a path costs.
#include "core/error.hpp"
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"
#include "samplers/probe.hpp"
#include "samplers/sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

namespace htdm::test {
namespace {

std::shared_ptr<const Denoiser> origin(int dimension) {
  return std::make_shared<PointMassDenoiser>(std::vector<double>(dimension, 0.0));
}

std::string refusal(std::string_view kind, int dimension, const SamplerOptions& options) {
  try {
    make(kind, origin(dimension), options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Registry, ListsTheSamplersOfTheSuite) {
  std::vector<std::string_view> names;
  for (const SamplerKind& kind : sampler_kinds()) names.push_back(kind.name);
  const std::vector<std::string_view> expected{"ve_sde",        "t_ode",       "t_sde",
                                               "t_sde_ablated", "t_sde_exact", "t_chain"};
  EXPECT_EQ(names, expected);
  EXPECT_EQ(find_sampler_kind("t_sdf"), nullptr);
}

TEST(Registry, DefaultBudgetsAreEqualUpToOneCall) {
  for (const SamplerKind& kind : sampler_kinds()) {
    const auto levels = noise_levels({.levels = kind.default_levels});
    const auto sampler = kind.make(origin(2), {.levels = levels});
    EXPECT_EQ(sampler->network_calls_per_path(), kind.default_levels == 64 ? 127 : 128)
        << kind.name;
    EXPECT_EQ(sampler->dimension(), 2) << kind.name;
  }
}

/// Counts calls of the fast path, so that the stated budget is what is spent.
class CountingDenoiser : public PointMassDenoiser {
 public:
  using PointMassDenoiser::PointMassDenoiser;
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    ++calls;
    asked.push_back(sigma);
    PointMassDenoiser::posterior(sigma, x, out);
  }
  mutable int calls = 0;
  mutable std::vector<double> asked;
};

TEST(Registry, StatedCallsAreSpentAtStatedLevels) {
  for (const SamplerKind& kind : sampler_kinds()) {
    for (const Scheme scheme : kind.schemes) {
      const auto counter = std::make_shared<CountingDenoiser>(std::vector<double>{0});
      const SamplerOptions options{.levels = {4, 2, 1, 0.5}, .scheme = scheme};
      const auto sampler = kind.make(counter, options);
      sample(*sampler, 8);
      EXPECT_EQ(counter->calls, sampler->network_calls_per_path())
          << kind.name << " " << scheme_name(scheme);
      const std::vector<double> levels = asked_levels(kind, options);
      for (const double sigma : counter->asked) {
        EXPECT_NE(std::ranges::find(levels, sigma), levels.end())
            << kind.name << " " << scheme_name(scheme) << " at " << sigma;
      }
    }
  }
}

TEST(Registry, RefusesSchemesOfOtherKinds) {
  EXPECT_NE(refusal("t_ode", 1, {.levels = {2, 1}, .scheme = Scheme::ancestral}).find("heun"),
            std::string::npos);
  EXPECT_NE(refusal("t_chain", 1, {.levels = {2, 1}, .scheme = Scheme::heun}), "");
  EXPECT_NE(refusal("t_sde", 1, {.levels = {2, 1}, .scheme = Scheme::exponential}), "");
}

TEST(Registry, RefusesIncrementsWithoutVariance) {
  for (const double nu : {2.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_NE(refusal("t_sde", 1, {.levels = {2, 1}, .increment_nu = nu}), "") << nu;
  }
}

/// A denoiser that knows the posterior mean only.
class MeanOnly : public Denoiser {
 public:
  int dimension() const override { return 1; }
  void gap(double /*sigma*/, Tile<const double> x, Tile<double> gap) const override {
    for (std::size_t i = 0; i < x.paths; ++i) gap.row(0)[i] = x.row(0)[i];
  }
};

TEST(Registry, ExactCoefficientNeedsThePosteriorVariance) {
  EXPECT_THROW(make("t_sde_exact", std::make_shared<MeanOnly>(), {.levels = {2, 1}}), InputError);
}

TEST(Registry, RefusesLevelsThatDoNotDecreaseToAPositiveOne) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const SamplerKind& kind : sampler_kinds()) {
    EXPECT_EQ(refusal(kind.name, 1, {.levels = {2, 1}}), "");
    for (const std::vector<double>& levels : std::vector<std::vector<double>>{
             {}, {1}, {1, 2}, {1, 1}, {1, 0}, {1, -1}, {inf, 1}, {nan, 1}, {2, nan}}) {
      EXPECT_NE(refusal(kind.name, 1, {.levels = levels}), "") << kind.name;
    }
  }
}

TEST(Registry, RefusesNuOutsideTheDomain) {
  for (std::string_view kind : {"t_ode", "t_sde", "t_sde_ablated", "t_sde_exact", "t_chain"}) {
    for (double nu : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
      EXPECT_NE(refusal(kind, 3, {.levels = {2, 1}, .nu = nu}), "") << kind << " " << nu;
    }
    EXPECT_EQ(refusal(kind, 1, {.levels = {2, 1}, .nu = inf}), "") << kind;
  }
  for (std::string_view kind : {"t_sde", "t_sde_ablated", "t_sde_exact"}) {
    EXPECT_NE(refusal(kind, 1, {.levels = {2, 1}, .nu = 1}).find("nu + d > 2"), std::string::npos);
    EXPECT_EQ(refusal(kind, 2, {.levels = {2, 1}, .nu = 1}), "") << kind;
  }
  EXPECT_EQ(refusal("ve_sde", 1, {.levels = {2, 1}, .nu = -1}), "") << "nu has no meaning there";
}

}  // namespace
}  // namespace htdm::test
