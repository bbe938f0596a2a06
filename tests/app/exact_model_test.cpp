/// Exact models of a study: which are tabulated, how they are normalised, what they are the
/// posterior of.
#include "app/exact_model.hpp"

#include "app/data_sets.hpp"
#include "app/plan.hpp"
#include "app/tables.hpp"
#include "denoiser/posterior_at.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace htdm {
namespace {

using test::posterior_at;
using test::Vector;

Plan plan_of(const std::string& data, const std::string& model, const std::string& sampler = "",
             const std::string& kind = "exact") {
  const Study study = parse_study(
      "[data]\ntrain_samples = 1000\n" + data + "\n[models.m]\nkind = \"" + kind + "\"\n" + model +
          "\n[samplers.s]\nkind = \"t_ode\"\nmodel = \"m\"\n" + "levels = 8\n" + sampler,
      "test", ".");
  return make_plan(study, std::vector<std::shared_ptr<const Model>>(study.models.size()));
}

/// Dimension, data, noise: whether "auto" is a table.
TEST(ExactModel, IsTabulatedWhereItNeedsQuadratureAndATableCanHoldIt) {
  const auto tabulated = [](const std::string& data, const std::string& model) {
    return plan_of(data, model).entries[0].table;
  };
  EXPECT_TRUE(tabulated("nu = 3", "nu = 3"));
  EXPECT_TRUE(tabulated("nu = 4\ndimension = 16", "nu = 3"));
  EXPECT_TRUE(tabulated("kind = \"gaussian\"\ndimension = 2", "nu = 3"));
  EXPECT_TRUE(tabulated("nu = 4", "noise = \"gaussian\""));
  EXPECT_FALSE(tabulated("kind = \"gaussian\"", "noise = \"gaussian\""));
  EXPECT_FALSE(tabulated("nu = inf", "noise = \"gaussian\""));
  EXPECT_FALSE(tabulated("kind = \"two_point\"", "nu = 3"));
  EXPECT_TRUE(tabulated("kind = \"gaussian_mixture\"", "nu = 3"));
  EXPECT_FALSE(tabulated("kind = \"gaussian_mixture\"", "noise = \"gaussian\""));
  EXPECT_FALSE(tabulated("kind = \"gaussian_mixture\"\ndimension = 2\nmeans = [0.0, 0.0, 1.0, 1.0]",
                         "nu = 3"));
  EXPECT_FALSE(plan_of("nu = 3", "nu = 3", "", "empirical").entries[0].table);
  EXPECT_TRUE(plan_of("dimension = 3", "nu = 4", "denoiser = \"table\"").entries[0].table);
}

TEST(ExactModel, HasOneDeviationForAllComponents) {
  const Normalization sample{{1, 2}, {3, 4}};
  const auto normalization = [&](const std::string& kind) {
    ModelSection model;
    model.kind = kind;
    return exact_normalization(DataSection{}, model, sample);
  };
  const Normalization exact = normalization("exact");
  EXPECT_EQ(exact.mean, sample.mean);
  EXPECT_DOUBLE_EQ(exact.deviation[0], std::sqrt(12.5));
  EXPECT_EQ(exact.deviation[0], exact.deviation[1]);
  for (const char* kind : {"network", "empirical", "point_mass"}) {
    EXPECT_EQ(normalization(kind), sample) << kind;
  }
  ModelSection model;
  model.kind = "exact";
  const Normalization line{{0.1}, {1.7}};
  EXPECT_EQ(exact_normalization(DataSection{}, model, line), line);  // bit for bit
}

/// A law scaled by its normalisation: D in raw space is that of raw noise.
TEST(ExactModel, IsZScored) {
  const Normalization unit{{0}, {1}}, scale{{0.4}, {2}};
  for (const char* data : {"kind = \"gaussian_mixture\"", "location = 1.0\nnu = 4",
                           "kind = \"gaussian\"\nscale = 0.7", "kind = \"two_point\""}) {
    const Plan plan = plan_of(data, "nu = 3");
    const auto raw = exact_denoiser(plan.target, unit, 3),
               z = exact_denoiser(plan.target, scale, 3);
    const double sigma = 0.6, x = 1.3;
    const auto in_raw = posterior_at(*raw, 2 * sigma, {0.4 + 2 * x}),
               in_z = posterior_at(*z, sigma, {x});
    EXPECT_NEAR(in_raw.mean[0], 0.4 + 2 * in_z.mean[0], 1e-12) << data;
    EXPECT_NEAR(in_raw.gap[0], in_z.gap[0], 1e-12) << data;
    EXPECT_NEAR(in_raw.square, in_z.square, 1e-12) << data;
  }
}

TEST(ExactModel, EmpiricalIsThePosteriorOfTheTrainingSample) {
  const Plan plan = plan_of("dimension = 2", "noise = \"gaussian\"", "", "empirical");
  const TrainingData data = draw_training_data(plan, 1);
  const auto denoiser =
      make_denoiser(plan, plan.models[0], nullptr, data.normalization, data.samples);
  // At a training point, little noise: this point. Much noise: the mean of the z-scores.
  const Vector point{data.samples[14], data.samples[15]};
  const auto near = posterior_at(*denoiser, 1e-5, point), far = posterior_at(*denoiser, 1e5, point);
  for (int j = 0; j < 2; ++j) {
    EXPECT_NEAR(near.mean[j], point[j], 1e-7);
    EXPECT_NEAR(far.mean[j], 0, 1e-4);
  }
}

/// The table of a radial model through the program's own path.
TEST(ExactModel, TablesHoldRadialModelsInAnyDimension) {
  const Plan plan = plan_of("dimension = 3", "nu = 4");
  const EntryPlan& entry = plan.entries[0];
  const Normalization scale{{0.1, 0, -0.1}, {2, 2, 2}};
  const auto denoiser = make_denoiser(plan, plan.models[0], nullptr, scale);
  TableShelf shelf;
  const auto table = shelf.table(entry, denoiser, Communicator{}, 1);
  const auto levels = table->at_levels(entry.levels);
  AlignedVector<float> x(48, 0.7F), gap(48);
  Scratch scratch;
  for (std::size_t level = 0; level < entry.levels.size(); ++level) {
    levels->gap(level, {x.data(), 1, 16}, {gap.data(), 1, 16}, scratch);
    const auto p = posterior_at(*denoiser, entry.levels[level], {x[0], x[0], x[0]});
    for (int j = 0; j < 3; ++j) EXPECT_NEAR(gap[16 * j], p.gap[j], 2e-6) << level;
  }
}

}  // namespace
}  // namespace htdm
