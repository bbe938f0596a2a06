/// Basins and crossings of paths that are written down, and of a sampler by symmetry.
#include "app/basins.hpp"

#include "app/trajectories.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace htdm {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// z-space is raw space here, so the points are +-1 and sigma_c = 1.
Plan plan_of(const std::string& samplers_and_statistics) {
  return make_plan(parse_study(R"(
    [data]
    kind = "two_point"
    [models.exact]
    kind = "exact"
    noise = "student_t"
    nu = 3.0
    )" + samplers_and_statistics,
                               "test", "."),
                   {nullptr});
}

const std::string symmetric = R"(
  [samplers.t_sde]
  model = "exact"
  nu = 2.5
  levels = 24
  [samplers.t_sde_ablated]
  model = "exact"
  nu = 3.0
  levels = 24
  [statistics]
  batches = 4
  batch_size = 50_000
  block_size = 4096
)";

/// Levels 4, 2, 1 and 0.5.
Plan four_levels() {
  Plan plan = plan_of(R"(
    [samplers.t_sde]
    model = "exact"
    levels = 4
    [statistics]
    batches = 2
    batch_size = 4)");
  plan.entries[0].levels = {4, 2, 1, 0.5};
  return plan;
}

const Normalization unit{{0}, {1}};

std::shared_ptr<const Denoiser> exact(const Plan& plan) {
  return make_denoiser(plan, plan.models[0], nullptr, unit);
}

/// A path as it is written down: its state at each level, and its output.
struct Written {
  std::vector<float> states;
  float output;
};

/// Asks its denoiser at the written states.
class WrittenSampler : public Sampler {
 public:
  WrittenSampler(std::shared_ptr<const Denoiser> denoiser, const Plan& plan,
                 const std::vector<Written>& paths)
      : denoiser_(std::move(denoiser)),
        levels_(denoiser_->at_levels(plan.entries[0].levels)),
        paths_(paths) {}
  int dimension() const override { return 1; }
  int network_calls_per_path() const override { return 4; }
  void sample_tile(std::uint64_t, Tile<float> out, Scratch& scratch) const override {
    AlignedVector<float> x(padded(out.paths)), u(padded(out.paths));
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t i = 0; i < out.paths; ++i) x[i] = paths_[i].states[k];
      levels_->gap(k, {x.data(), out.paths, x.size()}, {u.data(), out.paths, u.size()}, scratch);
    }
    for (std::size_t i = 0; i < out.paths; ++i) out.row(0)[i] = paths_[i].output;
  }
  void sample_path(std::uint64_t, std::span<double>) const override {}

 private:
  std::shared_ptr<const Denoiser> denoiser_;
  std::unique_ptr<LevelDenoiser> levels_;
  const std::vector<Written>& paths_;
};

/// The tally of written paths, all in batch 1, with the recorder they went through.
BasinResult tally(const std::vector<Written>& paths) {
  const Plan plan = four_levels();
  PathRecorder recorder(exact(plan), 4, [&](std::shared_ptr<const Denoiser> recording) {
    return std::make_unique<WrittenSampler>(std::move(recording), plan, paths);
  });
  AlignedVector<float> z(padded(paths.size()));
  const Tile<float> out{z.data(), paths.size(), z.size()};
  Scratch scratch;
  recorder.sample_tile(0, out, scratch);
  const auto denoiser = exact(plan);
  const auto levels = denoiser->at_levels(plan.entries[0].levels);
  for (std::size_t k = 0; k < 4; ++k) {
    AlignedVector<float> x(lane_multiple), u(lane_multiple);
    x[0] = paths[0].states[k];
    levels->gap(k, {x.data(), 1, x.size()}, {u.data(), 1, u.size()}, scratch);
    EXPECT_EQ(recorder.delta2(0, k), static_cast<double>(u[0]) * u[0]);
    EXPECT_EQ(recorder.state(0, k, 0), x[0]);
  }
  BasinTally one(plan, plan.entries[0], *two_points(plan.target, unit)), sum = one;
  one.add(1, recorder, out);
  sum.merge(one);
  return sum.result();
}

const BasinStatistic& statistic(const BasinResult& result, const std::string& name) {
  return *std::ranges::find(result.statistics, name, &BasinStatistic::name);
}

using Counts = std::vector<std::uint64_t>;

TEST(Basins, CountsWhatThePathsDid) {
  const BasinResult result = tally({
      {{3, 2, 1, 1}, 1},                 // stays above
      {{-5, 1, 1, 1}, 1},                // crosses once, into level 1
      {{5, -1, 1, -1}, -1},              // three times, the last into level 3
      {{5, 1, 1, -1}, -0.4F},            // once, into level 3, and stays undecided
      {{-5, -1, 0, -0.1F}, -1},          // 0 is on the upper side: twice, into levels 2 and 3
      {{1, 1, nan_value, 1}, nan_value}  // counts nowhere
  });
  EXPECT_EQ(result.radius, 1);
  EXPECT_EQ(result.critical_sigma, 1);
  EXPECT_EQ(result.paths, 5U);
  EXPECT_EQ(result.nonfinite, 1U);
  EXPECT_EQ(result.first_crossing, (Counts{1, 2, 1, 1}));
  EXPECT_EQ(result.last_crossing, (Counts{1, 1, 0, 3}));
  EXPECT_EQ(result.crossings, (Counts{1, 2, 1, 1}));
  EXPECT_EQ(result.sigma, (std::vector<double>{4, 2, 1, 0.5}));
  EXPECT_EQ(statistic(result, "upper").count, 2U);
  EXPECT_EQ(statistic(result, "undecided").count, 1U);
  EXPECT_EQ(statistic(result, "crossed").count, 4U);
  EXPECT_EQ(statistic(result, "flipped").count, 3U);
  // The step from level 1, which is the critical one, is the first that is late.
  EXPECT_EQ(statistic(result, "late").count, 3U);
  EXPECT_EQ(statistic(result, "late").batch_counts, (Counts{0, 3}));
  EXPECT_EQ(statistic(result, "crossings").count, 7U);
  EXPECT_EQ(statistic(result, "crossings").value, 7.0 / 5);
  EXPECT_EQ(statistic(result, "upper").value, 2.0 / 5);
  EXPECT_EQ(statistic(result, "upper").interval.low, clopper_pearson(2, 5).low);
  EXPECT_EQ(result.median_last, 0.5);
  EXPECT_EQ(result.median_last_interval.low, 0.5);
  EXPECT_EQ(result.median_last_interval.high, 4);
}

TEST(Basins, FixedPointsPartAtTheCriticalLevel) {
  const BasinResult result = tally({{{3, 2, 1, 1}, 1}});
  bool below = false;
  for (const FixedPointRow& row : result.fixed_points) {
    EXPECT_EQ(row.branch > 0, row.sigma < 1);
    EXPECT_TRUE(row.sigma == 1 || (row.slope_origin > 1) == (row.sigma < 1));
    EXPECT_TRUE(row.sigma >= 1 || row.slope_branch < 1);
    below = below || row.sigma < 0.05;
  }
  EXPECT_TRUE(below);
}

TEST(Basins, NoPointsNoBasins) {
  const Plan plan = make_plan(parse_study("[data]\nkind = \"gaussian\"\n[models.m]\nkind = "
                                          "\"exact\"\nnoise = \"gaussian\"\n[samplers.ve_sde]\n"
                                          "model = \"m\"",
                                          "test", "."),
                              {nullptr});
  EXPECT_FALSE(two_points(plan.target, unit));
}

/// By symmetry each point gets exactly half the law for any nu, c and levels: start and increments
/// are symmetric, and D is odd. Level 1e-6 for each sampler; 2e5 paths see a share of 0.507 in nine
/// of ten. Counts do not depend on threads.
TEST(Basins, EachPointGetsHalfOfThePaths) {
  const Plan plan = plan_of(symmetric);
  BlockDealer one({}, 1), two({}, 2);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const TwoPoints points = *two_points(plan.target, unit);
    const BasinResult result = count_basins(plan, i, exact(plan), points, one, {}, 1);
    EXPECT_EQ(result.paths, 200'000U);
    const std::uint64_t upper = statistic(result, "upper").count;
    EXPECT_GT(test::binomial_two_sided_p(upper, result.paths, 0.5), 1e-6) << upper;
    const BasinResult again = count_basins(plan, i, exact(plan), points, two, {}, 2);
    EXPECT_EQ(again.last_crossing, result.last_crossing);
    EXPECT_EQ(again.crossings, result.crossings);
    EXPECT_EQ(statistic(again, "upper").batch_counts, statistic(result, "upper").batch_counts);
  }
}

}  // namespace
}  // namespace htdm
