
#include "app/commands.hpp"
#include "app/cost.hpp"
#include "app/plan.hpp"
#include "io/study.hpp"

#include <fmt/core.h>

namespace htdm {
namespace {

void print_models(const Plan& plan, const Cost& cost) {
  fmt::print("\n{:<20} {:<10} {:>6}  {}\n", "model", "kind", "nu", "work");
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const ModelPlan& model = plan.models[i];
    const std::string work =
        model.trained() ? fmt::format("{} steps of {}, {:.1f} core-seconds", model.section.steps,
                                      model.section.batch, cost.training_core_seconds[i])
        : model.file    ? "weights from " + model.section.file
                        : std::string("closed form");
    fmt::print("{:<20} {:<10} {:>6.4g}  {}\n", model.section.name, model.section.kind, model.nu,
               work);
  }
}

void print_entries(const Plan& plan, const Cost& cost) {
  fmt::print("\n{:<20} {:>6} {:>7} {:>14} {:>14}\n", "sampler", "nu", "levels", "paths",
             "core-seconds");
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const EntryPlan& entry = plan.entries[i];
    fmt::print("{:<20} {:>6} {:>7} {:>14} {:>14.1f}\n", entry.section.name,
               entry.nu ? fmt::format("{:.4g}", *entry.nu) : "-", entry.levels.size(),
               plan.study.paths_per_sampler(), cost.sampling_core_seconds[i]);
  }
}

}  // namespace

ExitCode check_command(const RunOptions& options) {
  const Study study = read_study(options.study, options.overrides);
  std::vector<std::shared_ptr<const Model>> files;
  for (const ModelSection& model : study.models) files.push_back(read_weights(model));
  const Plan plan = make_plan(study, files);
  const Cost cost = estimate_cost(plan);
  const StatisticsSection& statistics = study.statistics;
  const std::int64_t blocks =
      statistics.batches *
      ((statistics.batch_size + statistics.block_size - 1) / statistics.block_size);
  fmt::print("study \"{}\": {} data in {} dimension(s), seed {}\n", study.study.name,
             study.data.kind, study.data.dimension, study.study.seed);
  print_models(plan, cost);
  print_entries(plan, cost);
  fmt::print("\nthresholds (raw space):");
  for (const ThresholdPlan& t : plan.thresholds) {
    fmt::print(" {:.8g} (level {:.4g})", t.threshold, t.level);
  }
  fmt::print("\nunits: {} entries x {} batches, {} blocks each entry\n", plan.entries.size(),
             statistics.batches, blocks);
  fmt::print("network calls: {:.4g}\n", cost.network_calls);
  fmt::print("memory per rank: about {:.0f} MB\n", cost.memory_bytes / 1e6);
  fmt::print(
      "predicted core-time: {:.1f} core-seconds = {:.4f} core-hours (timed on one core here)\n",
      cost.core_seconds(), cost.core_seconds() / 3600);
  return ExitCode::done;
}

}  // namespace htdm
