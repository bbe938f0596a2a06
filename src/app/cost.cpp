#include "app/cost.hpp"

#include "app/entry_sample.hpp"
#include "app/environment.hpp"
#include "app/exact_model.hpp"
#include "app/sample_store.hpp"
#include "app/tables.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/spread.hpp"
#include "denoiser/spread_lesson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace htdm {
namespace {

/// Seconds of the fastest of a few repeats of `work`: at least two, for at least 50 ms.
template <class Work>
double best_seconds(Work&& work) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  double total = 0;
  for (int repeat = 0; repeat < 2 || total < 0.05; ++repeat) {
    const auto start = Clock::now();
    work();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, seconds);
    total += seconds;
  }
  return best;
}

/// The entry `key` of `cache`, measured where it is not there yet.
template <class Measure>
double cached(TimingCache& cache, const std::string& key, Measure&& measure) {
  if (const auto known = cache.find(key); known != cache.end()) return known->second;
  return cache[key] = measure();
}

Normalization unit_normalization(int dimension) {
  const auto d = static_cast<std::size_t>(dimension);
  return {std::vector<double>(d, 0.0), std::vector<double>(d, 1.0), {}};
}

double step_seconds(Trainer& trainer) {
  ShardGradients gradients(trainer.shards(), trainer.parameters());
  Scratch scratch;
  return best_seconds([&] {
    for (int shard = 0; shard < trainer.shards(); ++shard) {
      trainer.shard_gradient(shard, gradients, scratch);
    }
    trainer.apply(gradients);
  });
}

/// One step of the training of a denoiser, or of its spread network.
double step_seconds(const Plan& plan, const ModelPlan& model, bool spread, TimingCache& cache) {
  return cached(cache, (spread ? "spread " : "") + step_shape(plan, model), [&] {
    const int d = plan.study.data.dimension;
    TrainingOptions options = training_options(plan, model);
    const std::vector<float> samples(static_cast<std::size_t>(options.batch) * d, 0.5F);
    if (!spread) {
      Trainer trainer(options, samples, d);
      return step_seconds(trainer);
    }
    options = spread_options(options, model.section.spread_steps, 1e-3);
    Trainer trainer(options,
                    std::make_shared<SpreadLesson>(stand_in(plan, model, unit_normalization(d)),
                                                   samples, options.seed),
                    static_cast<std::size_t>(options.batch));
    return step_seconds(trainer);
  });
}

/// All steps of a model that is trained, and of its spread network.
double training_seconds(const Plan& plan, const ModelPlan& model, TimingCache& cache) {
  const ModelSection& section = model.section;
  double seconds = step_seconds(plan, model, false, cache) * static_cast<double>(section.steps);
  if (model.spread) {
    seconds += step_seconds(plan, model, true, cache) * static_cast<double>(section.spread_steps);
  }
  return seconds;
}

/// A table of the right levels: the cost of a lookup hardly depends on what is in it.
std::shared_ptr<const Denoiser> table_stand_in(const EntryPlan& entry,
                                               std::shared_ptr<const Denoiser> denoiser) {
  const auto simple = std::make_shared<PointMassDenoiser>(std::vector<double>{0});
  std::vector<LevelTable> gaps, squares;
  for (const double sigma : table_levels(entry)) {
    gaps.push_back(make_level_table(*simple, sigma, 1e-3));
    if (needs_square(entry)) squares.push_back(make_square_table(*simple, sigma, 1e-3));
  }
  return std::make_shared<TableDenoiser>(std::move(denoiser), std::move(gaps), std::move(squares));
}

/// Few enough points to time an empirical model quickly; its cost goes with their number.
constexpr std::int64_t most_points = 500;

/// By how much the denoiser of `model` is dearer than its stand-in.
double stand_in_factor(const Plan& plan, const ModelPlan& model) {
  const double points = static_cast<double>(plan.study.data.trained_samples());
  return is_empirical(plan.study.data, model.section) ? std::max(1.0, points / most_points) : 1;
}

/// Making the table of an entry.
double table_seconds(const Plan& plan, const EntryPlan& entry, const Denoiser& denoiser) {
  const ModelPlan& model = plan.models[entry.model];
  const bool sharp = model.section.kind == "exact" &&
                     (std::isinf(model.nu) || !std::holds_alternative<StudentTTarget>(plan.target));
  const double calls = sharp ? sharp_table_calls_per_level : table_calls_per_level;
  const std::vector<double> x(64, 0.5);
  std::vector<double> gap(x.size());
  const double call = best_seconds([&] {
    denoiser.gap(entry.levels.back(), {x.data(), x.size(), x.size()},
                 {gap.data(), x.size(), x.size()});
  });
  return call / static_cast<double>(x.size()) * calls *
         static_cast<double>(table_levels(entry).size() * (needs_square(entry) ? 2 : 1));
}

double path_seconds(const Plan& plan, std::size_t index,
                    const std::shared_ptr<const Denoiser>& denoiser) {
  const EntryPlan& entry = plan.entries[index];
  const auto sampler = make_sampler(
      plan, index, entry.table ? table_stand_in(entry, denoiser) : entry_stand_in(entry, denoiser));
  const std::size_t paths = padded(tile_size(plan.study.data.dimension));
  AlignedVector<float> out(paths * static_cast<std::size_t>(plan.study.data.dimension));
  Scratch scratch;
  const double tile = best_seconds([&] {
    sampler->sample_tile(0, {out.data(), paths, paths}, scratch);
  });
  return tile / static_cast<double>(paths);
}

/// Whether an earlier entry of the plan makes the table of this one.
bool has_table(const Plan& plan, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    if (share_table(plan.entries[i], plan.entries[index])) return true;
  }
  return false;
}

double sampling_seconds(const Plan& plan, std::size_t index, const Normalization& normalization,
                        TimingCache& cache) {
  const EntryPlan& entry = plan.entries[index];
  const ModelPlan& model = plan.models[entry.model];
  const auto denoiser = make_denoiser(plan, model, stand_in(plan, model, normalization),
                                      normalization, training_stand_in(plan, model, most_points));
  const double factor = stand_in_factor(plan, model);
  const std::string shape = path_shape(plan, entry);
  const double path = cached(cache, shape, [&] { return path_seconds(plan, index, denoiser); }) *
                      (entry.table ? 1 : factor);
  double preparation = 0;
  if (entry.table && !has_table(plan, index)) {
    const auto seconds = [&] { return table_seconds(plan, entry, *tabulated_part(denoiser)); };
    preparation = cached(cache, "table " + shape, seconds) * factor;
  }
  return preparation + path * static_cast<double>(plan.study.paths_per_sampler());
}

/// Data sets, the W1 sample, a window of what is stored and the program itself; paths leave nothing
/// behind.
double memory_bytes(const Plan& plan) {
  const double d = plan.study.data.dimension;
  const double program = 80e6;
  const double training = plan.needs_training_data()
                              ? 12.0 * d * static_cast<double>(plan.study.data.trained_samples())
                              : 0;
  const double test = 16.0 * d * static_cast<double>(plan.study.data.test_samples);
  const double w1 = 16.0 * d * static_cast<double>(plan.study.statistics.w1_samples);
  const double pool =
      8.0 * d * static_cast<double>(kept_paths(plan)) * static_cast<double>(plan.entries.size());
  const double points = 4.0 * d * static_cast<double>(plan.study.data.trained_samples()) *
                        static_cast<double>(std::ranges::count_if(plan.models, [&](const auto& m) {
                          return is_empirical(plan.study.data, m.section);
                        }));
  return program + points + std::max(training, test + w1 + pool + store_bytes(plan));
}

}  // namespace

double Cost::core_seconds() const {
  return std::accumulate(training_core_seconds.begin(), training_core_seconds.end(), 0.0) +
         std::accumulate(sampling_core_seconds.begin(), sampling_core_seconds.end(), 0.0);
}

double spread_step_ratio(const Plan& plan, const ModelPlan& model, TimingCache& cache) {
  return step_seconds(plan, model, true, cache) / step_seconds(plan, model, false, cache);
}

std::string step_shape(const Plan& plan, const ModelPlan& model) {
  return fmt::format("d {} hidden {} batch {} shards {} gaussian {}", plan.study.data.dimension,
                     fmt::join(model.section.hidden, ","), model.section.batch,
                     model.section.shards, std::isinf(model.nu));
}

std::string path_shape(const Plan& plan, const EntryPlan& entry) {
  const ModelPlan& model = plan.models[entry.model];
  std::vector<std::int64_t> widths;
  if (model.file) {
    for (const DenseLayer& layer : model.file->layers) widths.push_back(layer.rows);
  } else {
    widths.assign(model.section.hidden.begin(), model.section.hidden.end());
  }
  const DataSection& data = plan.study.data;
  const std::string law =  // that an exact model depends on
      model.section.kind == "network"
          ? ""
          : fmt::format(" of {} points of {}, gaussian {} {}", data.trained_samples(), data.kind,
                        std::isinf(data.nu), std::isinf(model.nu));
  return fmt::format("{} {} {} of {} levels, d {}, {} {}{} table {}, gaussian {}",
                     entry.section.kind, entry.section.scheme, entry.section.coefficient,
                     entry.levels.size(), data.dimension, model.section.kind,
                     fmt::join(widths, ","), law, entry.table ? entry.section.table_error : 0.0,
                     std::isinf(entry.nu.value_or(INFINITY)));
}

std::vector<float> training_stand_in(const Plan& plan, const ModelPlan& model, std::int64_t most) {
  if (!is_empirical(plan.study.data, model.section)) return {};
  const std::int64_t points = std::min(most, plan.study.data.trained_samples());
  return std::vector<float>(static_cast<std::size_t>(points * plan.study.data.dimension), 0.5F);
}

std::shared_ptr<const Model> stand_in(const Plan& plan, const ModelPlan& model,
                                      const Normalization& normalization) {
  if (!model.trained()) return model.file;
  auto weights = std::make_shared<Model>();
  weights->name = model.section.name;
  weights->nu = model.nu;
  weights->normalization = normalization;
  weights->layers = initial_layers(plan.study.data.dimension, training_options(plan, model).hidden,
                                   plan.study.study.seed);
  if (model.spread) {
    const std::vector<int> hidden = training_options(plan, model).hidden;
    weights->spread.layers =
        initial_layers(spread_widths(plan.study.data.dimension, hidden), plan.study.study.seed);
  }
  return weights;
}

Cost estimate_cost(const Plan& plan, TimingCache& cache) {
  Cost cost;
  const Normalization unit = unit_normalization(plan.study.data.dimension);
  for (const ModelPlan& model : plan.models) {
    cost.training_core_seconds.push_back(model.trained() ? training_seconds(plan, model, cache)
                                                         : 0);
  }
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    cost.sampling_core_seconds.push_back(sampling_seconds(plan, i, unit, cache));
    const auto sampler = make_sampler(plan, i,
                                      std::make_shared<PointMassDenoiser>(std::vector<double>(
                                          static_cast<std::size_t>(plan.study.data.dimension))));
    cost.network_calls += static_cast<double>(sampler->network_calls_per_path()) *
                          static_cast<double>(plan.study.paths_per_sampler());
  }
  cost.memory_bytes = memory_bytes(plan);
  return cost;
}

}  // namespace htdm
