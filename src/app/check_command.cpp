
#include "app/calibration.hpp"
#include "app/column_tails.hpp"
#include "app/commands.hpp"
#include "app/cost.hpp"
#include "app/data_file.hpp"
#include "app/entry_sample.hpp"
#include "app/exact_model.hpp"
#include "app/log.hpp"
#include "app/plan.hpp"
#include "app/sample_store.hpp"
#include "app/study_run.hpp"
#include "app/sweep_run.hpp"
#include "io/study.hpp"
#include "parallel/binding.hpp"
#include "parallel/session.hpp"
#include "stats/tail_index.hpp"
#include "stats/tail_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace htdm {
namespace {

void print_models(const Plan& plan, const Cost& cost) {
  fmt::print("\n{:<20} {:<10} {:>6}  {}\n", "model", "kind", "nu", "work");
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const ModelPlan& model = plan.models[i];
    const std::string work =
        model.trained()
            ? fmt::format("{}{} steps of {}, {:.1f} core-seconds", model.section.steps,
                          model.spread ? fmt::format(" + {}", model.section.spread_steps) : "",
                          model.section.batch, cost.training_core_seconds[i])
        : model.file ? "weights from " + model.section.file
        : is_empirical(plan.study.data, model.section)
            ? fmt::format("sums over {} points", plan.study.data.trained_samples())
            : std::string("nothing to train");
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
    const std::vector<double> magnitudes = column_magnitudes(*data, j);
    const TailIndex index = hill_index(magnitudes);
    const std::string doubt = hill_doubt(magnitudes, index);
    fmt::print("column {}: tail index {:.3g} [{:.3g}, {:.3g}] (Hill, {} largest |x|){}{}\n", j,
               index.alpha, index.interval.low, index.interval.high, index.k,
               doubt.empty() ? "" : "; doubtful: ", doubt);
  }
  warn_of_no_variance(plan);
}

/// The plan of a study without a sweep, on this process alone.
Plan plan_of(const Study& study) {
  std::vector<std::shared_ptr<const Model>> files;
  for (const ModelSection& model : study.models) files.push_back(read_weights(model));
  const bool from_file = study.data.kind == "file";
  return make_plan(study, files,
                   from_file ? read_data_file(study.data, study.study.seed) : EmpiricalTarget{});
}

void print_core_time(double core_seconds) {
  fmt::print(
      "predicted core-time: {:.1f} core-seconds = {:.4f} core-hours (timed on one core here; "
      "mpirun -n RANKS htdm check STUDY --measure predicts the wall time of a layout)\n",
      core_seconds, core_seconds / 3600);
}

/// Returns the core-seconds of all work.
double check_plain(const Study& study) {
  const Plan plan = plan_of(study);
  TimingCache cache;
  const Cost cost = estimate_cost(plan, cache);
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
  print_core_time(cost.core_seconds());
  return cost.core_seconds();
}

/// Kept samples, and about as much as all else of an entry takes.
double results_bytes(const Plan& plan) {
  const double kept = 4.0 * plan.study.data.dimension * static_cast<double>(kept_paths(plan));
  return (kept + 6e6) * static_cast<double>(plan.entries.size());
}

/// One line per point. A model is trained for the first point that has it.
double check_sweep(const Study& study) {
  const std::vector<Study> points = sweep_points(study);
  fmt::print(
      "study \"{}\": {} sweep of {} points, one line each\n\n{:<6} {:>8} {:>8} {:>14} {:>13}  {}\n",
      study.study.name, study.sweep.mode, points.size(), "point", "to train", "entries",
      "network calls", "core-seconds", "values");
  std::set<std::string> trained;
  TimingCache cache;
  double core_seconds = 0, network_calls = 0, memory = 0, file = 0;
  for (std::size_t p = 0; p < points.size(); ++p) {
    const Plan plan = plan_of(points[p]);
    Cost cost = estimate_cost(plan, cache);
    int fresh = 0;
    for (std::size_t i = 0; i < plan.models.size(); ++i) {
      const ModelPlan& model = plan.models[i];
      if (model.trained() && trained.insert(training_key(plan, model)).second) {
        ++fresh;
      } else {
        cost.training_core_seconds[i] = 0;
      }
    }
    fmt::print("{:<6} {:>8} {:>8} {:>14.4g} {:>13.1f}  {}\n", point_name(p), fresh,
               plan.entries.size(), cost.network_calls, cost.core_seconds(), study.sweep.text(p));
    core_seconds += cost.core_seconds();
    network_calls += cost.network_calls;
    memory = std::max(memory, cost.memory_bytes);
    file += results_bytes(plan);
  }
  memory = std::max(memory, 3 * file);  // it is put together and read back in memory
  fmt::print("\nmodels to train: {}\nnetwork calls: {:.4g}\nmemory per rank: about {:.0f} MB\n",
             trained.size(), network_calls, memory / 1e6);
  print_core_time(core_seconds);
  return core_seconds;
}

double check(const Study& study) {
  return study.sweep.empty() ? check_plain(study) : check_sweep(study);
}

struct Prediction {
  Spread training, sampling, statistics;
};

Prediction measure(const Study& study, const Communicator& world) {
  Calibration calibration(world, default_threads());
  Prediction found;
  if (study.sweep.empty()) {
    const Plan plan = StudyRun(study, "htdm check", world).plan();
    found.training = calibration.training(training_jobs(plan));
    found.sampling = calibration.sampling(plan);
    found.statistics = calibration.statistics(plan);
    return found;
  }
  SweepRun sweep(study, "htdm check", world);
  found.training = calibration.training(sweep.jobs());
  for (std::size_t p = 0; p < study.sweep.size(); ++p) {
    const Plan plan = sweep.plan(p);
    found.sampling += calibration.sampling(plan);
    found.statistics += calibration.statistics(plan);
  }
  return found;
}

void print_prediction(const Prediction& found, double core_seconds, const Communicator& world) {
  const int threads = default_threads();
  const auto line = [](const char* what, const Spread& s) {
    fmt::print("  {:<12} {:>9.2f} s [{:.2f}, {:.2f}]\n", what, s.mean, s.fastest, s.slowest);
  };
  fmt::print("\nmeasured on {} rank(s) x {} thread(s): mean [fastest, slowest] of the repeats\n",
             world.size(), threads);
  line("training", found.training);
  line("sampling", found.sampling);
  line("statistics", found.statistics);
  Spread total = found.training;
  total += found.sampling;
  total += found.statistics;
  line("wall time", total);
  const double cores = world.size() * threads;
  const Spread hours = total * (cores / 3600);
  fmt::print(
      "predicted core-hours on {:g} cores: {:.4f} [{:.4f}, {:.4f}]; one core alone would take "
      "{:.2f} "
      "of them\nWithout the start of MPI and the writing of files; other load on the machine is "
      "part of the measurement.\n",
      cores, hours.mean, hours.fastest, hours.slowest, core_seconds / 3600 / hours.mean);
}

ExitCode check_and_measure(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  double core_seconds = 0;
  agree_on_errors(world, [&] {
    if (world.is_root()) core_seconds = check(study);
  });
  warn_of_crowding(world);
  const Prediction found = measure(study, world);
  if (world.is_root()) print_prediction(found, core_seconds, world);
  return ExitCode::done;
}

}  // namespace

ExitCode check_command(const RunOptions& options) {
  if (options.measure) return check_and_measure(options);
  check(read_study(options.study, options.overrides));
  return ExitCode::done;
}

}  // namespace htdm
