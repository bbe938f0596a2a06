#include "app/cost.hpp"

#include "app/entry_sample.hpp"
#include "app/environment.hpp"
#include "app/sample_store.hpp"
#include "app/tables.hpp"
#include "denoiser/exact.hpp"

#include <algorithm>
#include <chrono>
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

double training_seconds(const Plan& plan, const ModelPlan& model) {
  if (!model.trained()) return 0;
  const TrainingOptions options = training_options(plan, model);
  const std::vector<float> samples(
      static_cast<std::size_t>(options.batch) * plan.study.data.dimension, 0.5F);
  Trainer trainer(options, samples, plan.study.data.dimension);
  ShardGradients gradients(trainer.shards(), trainer.parameters());
  Scratch scratch;
  const double step = best_seconds([&] {
    for (int shard = 0; shard < options.shards; ++shard) {
      trainer.shard_gradient(shard, gradients, scratch);
    }
    trainer.apply(gradients);
  });
  return step * static_cast<double>(options.steps);
}

/// Weights of the right shape: the cost of a network does not depend on their values.
std::shared_ptr<const Model> stand_in(const Plan& plan, const ModelPlan& model,
                                      const Normalization& normalization) {
  if (!model.trained()) return model.file;
  auto weights = std::make_shared<Model>();
  weights->name = model.section.name;
  weights->nu = model.nu;
  weights->normalization = normalization;
  weights->layers = initial_layers(plan.study.data.dimension, training_options(plan, model).hidden,
                                   plan.study.study.seed);
  return weights;
}

/// A table of the right levels: the cost of a lookup hardly depends on what is in it.
std::shared_ptr<const Denoiser> table_stand_in(const EntryPlan& entry) {
  const auto simple = std::make_shared<PointMassDenoiser>(std::vector<double>{0});
  std::vector<LevelTable> tables;
  for (const double sigma : entry.levels) tables.push_back(make_level_table(*simple, sigma, 1e-3));
  return std::make_shared<TableDenoiser>(simple, std::move(tables));
}

/// Making the table of an entry, unless an earlier one has made it.
double table_seconds(const Plan& plan, std::size_t index, const Denoiser& denoiser) {
  const EntryPlan& entry = plan.entries[index];
  for (std::size_t i = 0; i < index; ++i) {
    if (share_table(plan.entries[i], entry)) return 0;
  }
  const std::vector<double> x(64, 0.5);
  std::vector<double> gap(x.size());
  const double call = best_seconds([&] {
    denoiser.gap(entry.levels.back(), {x.data(), x.size(), x.size()},
                 {gap.data(), x.size(), x.size()});
  });
  return call / static_cast<double>(x.size()) * table_calls_per_level *
         static_cast<double>(entry.levels.size());
}

double sampling_seconds(const Plan& plan, std::size_t index, const Normalization& normalization) {
  const EntryPlan& entry = plan.entries[index];
  const ModelPlan& model = plan.models[entry.model];
  auto denoiser = make_denoiser(plan, model, stand_in(plan, model, normalization), normalization);
  const double preparation = entry.table ? table_seconds(plan, index, *denoiser) : 0;
  if (entry.table) denoiser = table_stand_in(entry);
  const auto sampler = make_sampler(plan, index, denoiser);
  const std::size_t paths = padded(tile_size(plan.study.data.dimension));
  AlignedVector<float> out(paths * static_cast<std::size_t>(plan.study.data.dimension));
  Scratch scratch;
  const double tile = best_seconds([&] {
    sampler->sample_tile(0, {out.data(), paths, paths}, scratch);
  });
  return preparation +
         tile / static_cast<double>(paths) * static_cast<double>(plan.study.paths_per_sampler());
}

/// Data sets, the W1 sample, a window of what is stored and the program itself; paths leave nothing
/// behind.
double memory_bytes(const Plan& plan) {
  const double d = plan.study.data.dimension;
  const double program = 80e6;
  const double training = plan.needs_training_data()
                              ? 12.0 * d * static_cast<double>(plan.study.data.train_samples)
                              : 0;
  const double test = 16.0 * d * static_cast<double>(plan.study.data.test_samples);
  const double w1 = 16.0 * d * static_cast<double>(plan.study.statistics.w1_samples);
  const double pool =
      8.0 * d * static_cast<double>(kept_paths(plan)) * static_cast<double>(plan.entries.size());
  return program + std::max(training, test + w1 + pool + store_bytes(plan));
}

}  // namespace

double Cost::core_seconds() const {
  return std::accumulate(training_core_seconds.begin(), training_core_seconds.end(), 0.0) +
         std::accumulate(sampling_core_seconds.begin(), sampling_core_seconds.end(), 0.0);
}

Cost estimate_cost(const Plan& plan) {
  Cost cost;
  for (const ModelPlan& model : plan.models) {
    cost.training_core_seconds.push_back(training_seconds(plan, model));
  }
  const auto d = static_cast<std::size_t>(plan.study.data.dimension);
  const Normalization unit{std::vector<double>(d, 0.0), std::vector<double>(d, 1.0)};
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    cost.sampling_core_seconds.push_back(sampling_seconds(plan, i, unit));
    const EntryPlan& entry = plan.entries[i];
    const auto sampler =
        make_sampler(plan, i,
                     make_denoiser(plan, plan.models[entry.model],
                                   stand_in(plan, plan.models[entry.model], unit), unit));
    cost.network_calls += static_cast<double>(sampler->network_calls_per_path()) *
                          static_cast<double>(plan.study.paths_per_sampler());
  }
  cost.memory_bytes = memory_bytes(plan);
  return cost;
}

}  // namespace htdm
