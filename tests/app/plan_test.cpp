#include "app/plan.hpp"

#include "core/error.hpp"
#include "denoiser/exact.hpp"

#include <gtest/gtest.h>

#include <array>

namespace htdm {
namespace {

Plan plan_of(const std::string& text) {
  const Study study = parse_study(text, "test", ".");
  return make_plan(study, std::vector<std::shared_ptr<const Model>>(study.models.size()));
}

std::string complaint(const std::string& text) {
  try {
    plan_of(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, DefaultStudyIsThePapers) {
  const Plan plan = plan_of("");
  ASSERT_EQ(plan.entries.size(), 9U);  // ve_sde, t_ode, t_sde at six nu, ablated
  EXPECT_FALSE(plan.entries[0].nu.has_value());
  EXPECT_EQ(plan.entries[1].nu, 3.0);
  EXPECT_EQ(plan.entries[1].levels.size(), 64U);
  EXPECT_EQ(plan.entries[2].nu, 2.1);
  EXPECT_EQ(plan.entries[8].nu, 2.5);
  // Two-sided thresholds of t_3, solved independently to seven digits.
  EXPECT_NEAR(plan.thresholds[0].threshold, 7.453319, 1e-6);
  EXPECT_NEAR(plan.thresholds[1].threshold, 12.923979, 1e-6);
}

TEST(Plan, SamplerNuDefaultsToTheModelsOrToTheKinds) {
  const Plan plan = plan_of(R"(
    [models.heavy]
    noise = "student_t"
    nu = 5.0
    [samplers.t_ode]
    model = "heavy"
    [samplers.t_chain]
    model = "heavy"
    [samplers.t_sde]
    model = "heavy")");
  EXPECT_EQ(plan.entries[0].nu, 5.0);
  EXPECT_EQ(plan.entries[1].nu, 5.0);
  EXPECT_EQ(plan.entries[2].nu, 2.5);
}

TEST(Plan, GivenThresholdsGetTheirLevelFromTheLaw) {
  const Plan plan = plan_of("[statistics]\nthresholds = [12.923979]");
  ASSERT_EQ(plan.thresholds.size(), 1U);
  EXPECT_NEAR(plan.thresholds[0].level, 1e-3, 1e-9);
}

TEST(Plan, RefusesNuWhereItHasNoMeaning) {
  const std::string message = complaint(R"(
    [models.edm]
    noise = "gaussian"
    [samplers.ve_sde]
    model = "edm"
    nu = 3.0)");
  EXPECT_NE(message.find("samplers.ve_sde.nu"), std::string::npos) << message;
}

TEST(Plan, TabulatesNetworksInOneDimensionUnlessToldOtherwise) {
  const auto uses_table = [](const std::string& dimension, const std::string& denoiser) {
    return plan_of("[data]\ndimension = " + dimension + "\n[samplers.t_sde]\n" + denoiser)
        .entries[0]
        .table;
  };
  EXPECT_TRUE(uses_table("1", ""));
  EXPECT_TRUE(uses_table("1", "denoiser = \"table\""));
  EXPECT_FALSE(uses_table("1", "denoiser = \"network\""));
  EXPECT_FALSE(uses_table("2", ""));
  const std::string of_ode = "[samplers.t_sde_exact]\nscheme = \"euler\"\ncoefficient = ";
  EXPECT_TRUE(plan_of(of_ode + "\"posterior\"").entries[0].table);
  EXPECT_FALSE(plan_of(of_ode + "\"ode_law\"").entries[0].table);
  const std::string exact = R"(
    [data]
    kind = "two_point"
    [models.exact]
    kind = "exact"
    [samplers.t_sde]
    model = "exact"
    denoiser = )";
  EXPECT_FALSE(plan_of(exact + "\"auto\"").entries[0].table);
  EXPECT_TRUE(plan_of(exact + "\"table\"").entries[0].table);  // under Student-t noise
}

TEST(Plan, HasAStandInForTheLawOfTheOdeThatIsTimed) {
  const Plan plan =
      plan_of("[samplers.t_sde_exact]\nscheme = \"euler\"\ncoefficient = \"ode_law\"\nlevels = 8");
  const auto point = std::make_shared<PointMassDenoiser>(std::vector{0.0});
  const auto stand_in = entry_stand_in(plan.entries[0], point);
  EXPECT_NE(stand_in, point);
  EXPECT_TRUE(stand_in->knows_square());
  const Plan other = plan_of("[samplers.t_sde]\nlevels = 8");
  EXPECT_EQ(entry_stand_in(other.entries[0], point), point);
}

TEST(Plan, RefusesAModelOfAnotherDimension) {
  const Study study =
      parse_study("[models.m]\nfile = \"m.h5\"\n[samplers.t_ode]\nmodel = \"m\"", "test", ".");
  auto model = std::make_shared<Model>();
  model->nu = 3;
  model->normalization = {{0, 0}, {1, 1}};
  model->layers = initial_layers(2, {4}, 1);
  try {
    make_plan(study, {model});
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("dimension"), std::string::npos) << error.what();
  }
}

TEST(Plan, TrainsASpreadNetworkWhereTheExactCoefficientNeedsIt) {
  const auto asks = [](const std::string& sampler) {
    return plan_of("[models.m]\nsteps = 5\n[samplers.s]\nmodel = \"m\"\n" + sampler)
        .models[0]
        .spread;
  };
  EXPECT_TRUE(asks("kind = \"t_sde_exact\""));
  EXPECT_FALSE(asks("kind = \"t_sde\""));
  EXPECT_FALSE(asks("kind = \"t_sde_exact\"\nscheme = \"euler\"\ncoefficient = \"ode_law\""));
}

TEST(Plan, RefusesModelFilesWithoutTheSpreadNetworkThatTheyNeed) {
  const Study study = parse_study(
      "[models.m]\nfile = \"m.h5\"\n[samplers.t_sde_exact]\nmodel = \"m\"", "test", ".");
  auto model = std::make_shared<Model>();
  model->nu = 4;
  model->normalization = {{0}, {1}, {}};
  model->layers = initial_layers(1, {4}, 1);
  try {
    make_plan(study, {model});
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("no spread network"), std::string::npos)
        << error.what();
  }
  model->spread.layers = initial_layers(std::vector<int>{3, 4, 1}, 1);
  const Plan plan = make_plan(study, {model});
  EXPECT_TRUE(plan.models[0].spread);
  EXPECT_EQ(plan.entries[0].nu, 4);
}

TEST(Plan, EntriesShareTheirNoiseUnlessTheStudySaysOtherwise) {
  const std::string text = R"(
    [data]
    kind = "gaussian"
    [models.exact]
    kind = "exact"
    noise = "gaussian"
    [samplers.t_sde_ablated]
    model = "exact"
    levels = 4
    nu = [3.0, 3.0]
    [study]
    independent_noise = )";
  for (const bool independent : {false, true}) {
    const Plan plan = plan_of(text + (independent ? "true" : "false"));
    std::array<double, 2> last{};
    for (const std::size_t entry : {0, 1}) {
      const auto denoiser = make_denoiser(plan, plan.models[0], nullptr, Normalization{{0}, {1}});
      make_sampler(plan, entry, denoiser)->sample_path(7, std::span(&last[entry], 1));
    }
    EXPECT_EQ(last[0] != last[1], independent);
  }
}

TEST(Plan, ExactDenoiserIsZScored) {
  const Plan plan = plan_of(R"(
    [data]
    kind = "gaussian"
    scale = 3.0
    location = 1.0
    [models.exact]
    kind = "exact"
    noise = "gaussian"
    [samplers.ve_sde]
    model = "exact")");
  const Normalization scale{{1.5}, {2.0}};
  const auto denoiser = make_denoiser(plan, plan.models[0], nullptr, scale);
  // z-space law N(-1/4, (3/2)^2): D = m + v/(v + sigma^2)(x - m).
  const double x = 0.7, sigma = 0.9, m = -0.25, v = 2.25;
  double gap = 0;
  denoiser->gap(sigma, Tile<const double>{&x, 1, 1}, Tile<double>{&gap, 1, 1});
  EXPECT_NEAR(x - sigma * gap, m + v / (v + sigma * sigma) * (x - m), 1e-14);
}

}  // namespace
}  // namespace htdm
