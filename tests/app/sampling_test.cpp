#include "app/sampling.hpp"

#include "gaussian_plan.hpp"
#include "io/value_bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <limits>

namespace htdm {
namespace {

/// 3 batches of 1000 in blocks of 64, so that tiles, blocks and batches all end unevenly.
Plan small_plan() {
  return test::gaussian_plan(R"(
    batches = 3
    batch_size = 1000
    block_size = 64
    w1_samples = 1500
    exceedance_levels = [0.5, 0.1])");
}

EntrySample sample_with(const Plan& plan, const Denoiser& denoiser, int threads) {
  const Normalization unit{{0, 0}, {1, 1}};
  const auto sampler =
      make_sampler(plan, 0, std::shared_ptr<const Denoiser>(&denoiser, [](const Denoiser*) {}));
  return sample_entry(plan, plan.entries[0], *sampler, unit, Communicator{}, threads);
}

std::shared_ptr<const Denoiser> exact(const Plan& plan) {
  return make_denoiser(plan, plan.models[0], nullptr, Normalization{{0, 0}, {1, 1}});
}

TEST(Sampling, CountsEveryPathOnceAndKeepsTheFirst) {
  const Plan plan = small_plan();
  const EntrySample sample = sample_with(plan, *exact(plan), 2);
  for (const ExceedanceCounts& batch : sample.tally.counts[0]) EXPECT_EQ(batch.paths, 1000U);
  EXPECT_EQ(pooled_moments(sample).count(), 3000U);
  EXPECT_EQ(sample.tally.event.total(), 3000U);
  ASSERT_EQ(sample.kept.size(), 2U);
  ASSERT_EQ(sample.kept[0].size(), 1500U);
  // The kept samples are those of paths 0, 1, ... in order, against the plain reference.
  const auto sampler = make_sampler(plan, 0, exact(plan));
  for (const std::uint64_t path : {0, 63, 64, 999, 1000, 1499}) {
    std::array<double, 2> x{};
    sampler->sample_path(path, x);
    EXPECT_NEAR(sample.kept[0][path], x[0], 1e-3);
    EXPECT_NEAR(sample.kept[1][path], x[1], 1e-3);
  }
}

TEST(Sampling, ThreadsAndTilesChangeNothing) {
  const Plan plan = small_plan();
  const EntrySample reference = sample_with(plan, *exact(plan), 1);
  for (const char* tile : {"1", "16", "100", "4096"}) {
    setenv("HTDM_TILE", tile, 1);
    const EntrySample sample = sample_with(plan, *exact(plan), 3);
    unsetenv("HTDM_TILE");
    EXPECT_EQ(sample.tally.counts, reference.tally.counts);
    EXPECT_EQ(sample.tally.event, reference.tally.event);
    EXPECT_EQ(sample.tally.first_component, reference.tally.first_component);
    EXPECT_EQ(sample.moments, reference.moments);
    EXPECT_EQ(sample.kept, reference.kept);
  }
}

TEST(Sampling, ASampleSurvivesAsBytes) {
  const Plan plan = small_plan();
  const EntrySample sample = sample_with(plan, *exact(plan), 1);
  const Bytes bytes = value_to_bytes("sample", sample);
  const auto back = value_from_bytes<EntrySample>("sample", bytes, "a test");
  EXPECT_EQ(back.tally, sample.tally);
  EXPECT_EQ(back.moments, sample.moments);
  EXPECT_EQ(back.moments.size(), 3U);  // one of each batch
  EXPECT_EQ(back.kept, sample.kept);
  EXPECT_EQ(back.seconds, sample.seconds);
}

/// The exact denoiser, except that it loses its way below a noise level.
class BrokenDenoiser : public Denoiser {
 public:
  BrokenDenoiser(std::shared_ptr<const Denoiser> inner, double below)
      : inner_(std::move(inner)), below_(below) {}
  int dimension() const override { return inner_->dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    inner_->gap(sigma, x, gap);
    if (sigma < below_) gap.row(0)[0] = std::numeric_limits<double>::quiet_NaN();
  }

 private:
  std::shared_ptr<const Denoiser> inner_;
  double below_;
};

TEST(Sampling, ReportsWhereAPathStopsBeingFinite) {
  const Plan plan = small_plan();
  const std::vector<double>& levels = plan.entries[0].levels;
  // The first path of every tile breaks after the step from levels[3]: seen first at levels[4].
  const BrokenDenoiser broken(exact(plan), levels[3] * 1.0001);
  const EntrySample sample = sample_with(plan, broken, 1);
  EXPECT_EQ(sample.tally.first_nonfinite(), 0U);
  EXPECT_EQ(sample.tally.nonfinite(), 48U);  // one tile a block: 16 blocks in each of 3 batches
  EXPECT_EQ(pooled_moments(sample).count(), 3000U - 48U);
  EXPECT_EQ(first_nonfinite_level(plan, 0, broken, 0), levels[4]);
}

}  // namespace
}  // namespace htdm
