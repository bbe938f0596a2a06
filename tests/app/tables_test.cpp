#include "app/tables.hpp"

#include "app/plan.hpp"
#include "parallel/session.hpp"

#include <gtest/gtest.h>

#include <string>

namespace htdm {
namespace {

/// Entries at 5, 5, 6 and 5 levels, the last with another bound, and one that uses no table.
const std::string study = R"(
  [data]
  kind = "two_point"
  [models.exact]
  kind = "exact"
  [samplers.t_sde]
  model = "exact"
  levels = 5
  nu = [2.5, 3.0]
  denoiser = "table"
  [samplers.t_ode]
  model = "exact"
  levels = 6
  denoiser = "table"
  [samplers.coarse]
  kind = "t_chain"
  model = "exact"
  levels = 5
  denoiser = "table"
  table_error = 1e-4
  [samplers.plain]
  kind = "t_chain"
  model = "exact"
  levels = 5)";

Plan plan_of(const std::string& text) {
  const Study parsed = parse_study(text, "test", ".");
  return make_plan(parsed, std::vector<std::shared_ptr<const Model>>(parsed.models.size()));
}

std::shared_ptr<const Denoiser> exact(const Plan& plan) {
  return make_denoiser(plan, plan.models[0], nullptr, Normalization{{0}, {1}});
}

TEST(TableShelf, SharesWhatCanBeShared) {
  const Plan plan = plan_of(study);
  const Communicator world;
  TableShelf shelf;
  const auto denoiser = exact(plan);
  std::vector<std::shared_ptr<const TableDenoiser>> tables;
  for (std::size_t i = 0; i < 4; ++i) {
    tables.push_back(shelf.table(plan.entries[i], denoiser, world, 1));
  }
  EXPECT_EQ(tables[0], tables[1]);
  EXPECT_NE(tables[0], tables[2]);
  EXPECT_NE(tables[0], tables[3]);
  EXPECT_LE(tables[0]->error(), 1e-6);
  EXPECT_GT(tables[3]->error(), 1e-6);
  EXPECT_FALSE(plan.entries[4].table);
}

TEST(TableShelf, ThreadsChangeNoBit) {
  const Plan plan = plan_of(study);
  const EntryPlan& entry = plan.entries[2];
  const AlignedVector<float> x(16, 0.7F);
  std::vector<AlignedVector<float>> gaps;
  for (const int threads : {1, 3}) {
    TableShelf shelf;
    const auto table = shelf.table(entry, exact(plan), Communicator{}, threads);
    const auto levels = table->at_levels(entry.levels);
    AlignedVector<float> gap(16);
    Scratch scratch;
    gaps.emplace_back();
    for (std::size_t level = 0; level < entry.levels.size(); ++level) {
      levels->gap(level, {x.data(), 16, 16}, {gap.data(), 16, 16}, scratch);
      gaps.back().push_back(gap[0]);
    }
  }
  EXPECT_EQ(gaps[0], gaps[1]);
}

/// Points off the origin under little Gaussian noise: a step that the cells cannot follow.
TEST(TableShelf, SaysWhichSamplerCannotHaveATable) {
  const auto plan_with = [](const std::string& data, const std::string& way) {
    return plan_of("[data]\nkind = \"" + data + R"("
    [models.exact]
    kind = "exact"
    noise = "gaussian"
    [samplers.mine]
    kind = "ve_sde"
    model = "exact"
    denoiser = ")" +
                   way + "\"");
  };
  const Plan plan = plan_with("student_t", "table"), two_points = plan_with("two_point", "auto");
  TableShelf shelf;
  const auto denoiser =
      make_denoiser(two_points, two_points.models[0], nullptr, Normalization{{-0.3}, {1}, {}});
  try {
    shelf.table(plan.entries[0], denoiser, Communicator{}, 2);
    FAIL() << "accepted";
  } catch (const AgreedError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("samplers.mine: the denoiser at noise level"), std::string::npos)
        << message;
    EXPECT_NE(message.find("denoiser = \"network\""), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace htdm
