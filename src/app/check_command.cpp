
#include "app/commands.hpp"
#include "app/cost.hpp"
#include "app/data_file.hpp"
#include "app/log.hpp"
#include "app/plan.hpp"
#include "app/sample_store.hpp"
#include "io/study.hpp"
#include "stats/tail_index.hpp"

#include <fmt/core.h>

#include <cmath>

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
  fmt::print("\n{:<20} {:>6} {:>7} {:>10} {:>14} {:>14}\n", "sampler", "nu", "levels", "denoiser",
             "paths", "core-seconds");
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const EntryPlan& entry = plan.entries[i];
    fmt::print("{:<20} {:>6} {:>7} {:>10} {:>14} {:>14.1f}\n", entry.section.name,
               entry.nu ? fmt::format("{:.4g}", *entry.nu) : "-", entry.levels.size(),
               entry.table ? "table" : plan.models[entry.model].section.kind,
               plan.study.paths_per_sampler(), cost.sampling_core_seconds[i]);
  }
}

/// How heavy the tails of the user's data are, and what that means for training on them.
void print_tail_indices(const Plan& plan) {
  const auto* data = std::get_if<EmpiricalTarget>(&plan.target);
  if (data == nullptr) return;
  fmt::print("\ndata: {} training and {} test rows\n", data->rows(true), data->rows(false));
  const auto d = static_cast<std::size_t>(data->dimension);
  for (std::size_t j = 0; j < d; ++j) {
    std::vector<double> magnitudes;
    for (std::size_t k = j; k < data->train->size(); k += d) {
      magnitudes.push_back(std::abs((*data->train)[k]));
    }
    const TailIndex index = hill_index(magnitudes);
    fmt::print("column {}: tail index {:.3g} [{:.3g}, {:.3g}] (Hill, {} largest |x|)\n", j,
               index.alpha, index.interval.low, index.interval.high, index.k);
    if (index.interval.low < 2 && plan.study.data.transform == "none") {
      log_warning(fmt::format(
          "column {} may have no variance (a tail index of 2 or less): its standard deviation, "
          "and so the scale of training, would be set by its largest rows. Set data.transform = "
          "\"signed_log\" (a power tail becomes an exponential one) or \"rank\" (nearly normal)",
          j));
    }
  }
}

}  // namespace

ExitCode check_command(const RunOptions& options) {
  const Study study = read_study(options.study, options.overrides);
  std::vector<std::shared_ptr<const Model>> files;
  for (const ModelSection& model : study.models) files.push_back(read_weights(model));
  const bool from_file = study.data.kind == "file";
  const Plan plan = make_plan(
      study, files, from_file ? read_data_file(study.data, study.study.seed) : EmpiricalTarget{});
  const Cost cost = estimate_cost(plan);
  const StatisticsSection& statistics = study.statistics;
  const std::int64_t blocks =
      statistics.batches *
      ((statistics.batch_size + statistics.block_size - 1) / statistics.block_size);
  fmt::print("study \"{}\": {} data in {} dimension(s), seed {}\n", study.study.name,
             study.data.kind, study.data.dimension, study.study.seed);
  print_tail_indices(plan);
  print_models(plan, cost);
  print_entries(plan, cost);
  fmt::print("\nthresholds (raw space):");
  for (const ThresholdPlan& t : plan.thresholds) {
    fmt::print(" {:.8g} (level {:.4g})", t.threshold, t.level);
  }
  fmt::print("\nunits: {} entries x {} batches, {} blocks each entry\n", plan.entries.size(),
             statistics.batches, blocks);
  if (study.store.stores()) {
    fmt::print("stored in samples.h5: {} samples and {} whole paths each entry, about {:.1f} MB\n",
               study.stored_samples(), study.stored_paths(),
               static_cast<double>(samples_file_size(samples_header(plan))) / 1e6);
  }
  fmt::print("network calls: {:.4g}\n", cost.network_calls);
  fmt::print("memory per rank: about {:.0f} MB\n", cost.memory_bytes / 1e6);
  fmt::print(
      "predicted core-time: {:.1f} core-seconds = {:.4f} core-hours (timed on one core here)\n",
      cost.core_seconds(), cost.core_seconds() / 3600);
  return ExitCode::done;
}

}  // namespace htdm
