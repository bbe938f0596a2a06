#include "app/pooling.hpp"

#include "app/sampling.hpp"
#include "core/error.hpp"
#include "gaussian_plan.hpp"

#include <gtest/gtest.h>

#include <array>

namespace htdm {
namespace {

/// Four batches; kept are the paths of the first one and of half the second.
Plan four_batches() {
  return test::gaussian_plan(R"(
    batches = 4
    batch_size = 200
    block_size = 64
    w1_samples = 300
    separate_tails = true
    exceedance_levels = [0.5, 0.1])");
}

EntrySample sample_of(const Plan& plan) {
  const Normalization unit{{0, 0}, {1, 1}};
  const auto sampler = make_sampler(plan, 0, make_denoiser(plan, plan.models[0], nullptr, unit));
  return sample_entry(plan, plan.entries[0], *sampler, unit, Communicator{}, 1);
}

void expect_same(const EntrySample& a, const EntrySample& b) {
  EXPECT_EQ(a.tally, b.tally);
  EXPECT_EQ(a.moments, b.moments);
  EXPECT_EQ(a.kept, b.kept);
}

TEST(Pooling, PartsInAnyOrderAreTheWhole) {
  const Plan plan = four_batches();
  const EntrySample whole = sample_of(plan);
  std::vector<PoolData> parts;
  for (const std::uint64_t i : {2, 0, 1}) {
    Plan mine = plan;
    select_part(mine, {i, 3});
    parts.push_back(pool_of(mine, mine.entries[0], sample_of(mine)));
  }
  const std::array<const PoolData*, 3> pools{&parts[0], &parts[1], &parts[2]};
  expect_same(pooled_sample(plan, pools), whole);
}

TEST(Pooling, OtherSeedsFollowInTheirOrder) {
  const Plan plan = four_batches();
  Plan later = plan;
  later.study.study.seed = 43;
  const EntrySample first = sample_of(plan), second = sample_of(later);
  ASSERT_NE(first.kept, second.kept);
  const PoolData a = pool_of(plan, plan.entries[0], first);
  PoolData b = pool_of(later, later.entries[0], second);
  b.batches[1].nonfinite = 1;
  b.batches[1].first_nonfinite = 250;
  Plan both = plan;
  both.study.statistics.batches = 8;
  const EntrySample pooled = pooled_sample(both, std::array<const PoolData*, 2>{&b, &a});
  for (std::size_t batch = 0; batch < 8; ++batch) {
    const EntrySample& from = batch < 4 ? first : second;
    EXPECT_EQ(pooled.tally.counts[1][batch].count, from.tally.counts[1][batch % 4].count);
    EXPECT_EQ(pooled.moments[batch], from.moments[batch % 4]);
  }
  EXPECT_EQ(pooled.kept, first.kept);
  EXPECT_EQ(pooled.tally.first_nonfinite(),
            1050U);  // path 250 of the second run, after 800 of the first
  EXPECT_EQ(pooled.tally.event.total(), 1600U);
}

TEST(Pooling, PartsAreIOfN) {
  EXPECT_EQ(parse_part("2/7"), (Part{2, 7}));
  for (const char* text : {"", "1", "2/2", "0/0", "-1/3", "1/3x", "a/b", "1/"}) {
    EXPECT_THROW(parse_part(text), InputError) << text;
  }
  Plan plan = four_batches();
  EXPECT_THROW(select_part(plan, {0, 5}), InputError);
}

}  // namespace
}  // namespace htdm
