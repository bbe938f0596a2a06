#include "app/calibration.hpp"

#include "app/sampling.hpp"
#include "app/summary.hpp"
#include "app/tables.hpp"
#include "core/stopwatch.hpp"
#include "denoiser/exact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

namespace htdm {
namespace {

constexpr int repeats = 4;
constexpr double piece_seconds = 0.25;
/// Data sets are drawn up to this size; larger ones take in proportion.
constexpr std::int64_t most_rows = 1'000'000;

/// How many units of work take about a piece's time, if `tried` of them took `seconds`.
std::int64_t piece_size(std::int64_t tried, double seconds, std::int64_t all) {
  const double wanted = static_cast<double>(tried) * piece_seconds / std::max(seconds, 1e-6);
  return std::clamp(static_cast<std::int64_t>(std::min(wanted, 1e15)), std::int64_t{1}, all);
}

/// Seconds per unit, of repeats that return how long `units` took.
Spread repeat(std::int64_t units, const std::function<double()>& work) {
  Spread spread{0, std::numeric_limits<double>::infinity(), 0};
  for (int i = 0; i < repeats; ++i) {
    const double seconds = work() / static_cast<double>(units);
    spread.mean += seconds / repeats;
    spread.fastest = std::min(spread.fastest, seconds);
    spread.slowest = std::max(spread.slowest, seconds);
  }
  return spread;
}

Spread exactly(double seconds) {
  return {seconds, seconds, seconds};
}

Normalization unit_scale(const Plan& plan) {
  const auto d = static_cast<std::size_t>(plan.study.data.dimension);
  return {std::vector<double>(d, 0.0), std::vector<double>(d, 1.0), {}};
}

/// The plan of one batch of `blocks` blocks of one entry.
Plan piece_of(const Plan& plan, std::size_t entry, std::int64_t blocks) {
  Plan piece = plan;
  StatisticsSection& statistics = piece.study.statistics;
  const std::int64_t block = std::min<std::int64_t>(statistics.block_size, statistics.batch_size);
  statistics.block_size = static_cast<int>(block);
  statistics.batch_size = blocks * block;
  statistics.batches = 1;
  piece.entries = {plan.entries[entry]};
  piece.entries[0].batches = {0, 1};
  return piece;
}

std::int64_t all_blocks(const Plan& plan) {
  const StatisticsSection& s = plan.study.statistics;
  const std::int64_t block = std::min<std::int64_t>(s.block_size, s.batch_size);
  return s.batches * ((s.batch_size + block - 1) / block);
}

std::string data_key(const Plan& plan) {
  Study only;
  only.study.seed = plan.study.study.seed;
  only.data = plan.study.data;
  return write_study(only);
}

}  // namespace

Spread& Spread::operator+=(const Spread& other) {
  mean += other.mean;
  fastest += other.fastest;
  slowest += other.slowest;
  return *this;
}

Spread Spread::operator*(double factor) const {
  return {mean * factor, fastest * factor, slowest * factor};
}

/// Drawing and preparing the training or the test data.
double Calibration::data_seconds(const Plan& plan, bool training) {
  const DataSection& data = plan.study.data;
  const std::int64_t rows = training ? data.train_samples : data.test_samples;
  const std::string key =
      fmt::format("{} {} d {} {} {}", training, data.kind, data.dimension, data.transform, rows);
  if (const auto known = seconds_.find(key); known != seconds_.end()) return known->second;
  Plan piece = plan;
  const std::int64_t drawn = std::min(rows, most_rows);
  (training ? piece.study.data.train_samples : piece.study.data.test_samples) = drawn;
  const Stopwatch watch;
  if (training) {
    draw_training_data(piece, threads_);
  } else if (world_.is_root()) {  // as a side job, on one thread
    draw_test_data(piece, 1);
  }
  const double seconds = world_.max(watch.seconds());
  return seconds_[key] = seconds * static_cast<double>(rows) / static_cast<double>(drawn);
}

/// One step by each of `groups` groups at the same time.
const Spread& Calibration::step(const TrainingJob& job, int groups) {
  const ModelPlan& model = job.plan->models[job.model];
  const std::string shape = step_shape(*job.plan, model);
  if (const auto known = steps_.find(shape); known != steps_.end()) return known->second;
  Plan piece = *job.plan;
  piece.models = {model};
  piece.models[0].spread = false;  // timed apart
  std::int64_t& rows = piece.study.data.train_samples;
  rows = std::min(rows, std::max<std::int64_t>(most_rows, model.section.batch));
  const TrainingData data = draw_training_data(piece, threads_);
  const auto seconds_of = [&](std::int64_t steps) {
    piece.models[0].section.steps = steps;
    const auto source = [&](const Plan&) -> const TrainingData& { return data; };
    const std::vector<TrainingJob> jobs(static_cast<std::size_t>(groups),
                                        TrainingJob{&piece, 0, model.section.name});
    RankReport work;
    const auto trained = train_jobs(jobs, source, world_, threads_, work);
    weights_[shape] = trained[0];
    double slowest = 0;
    for (const TrainedModel& one : trained) slowest = std::max(slowest, one.seconds);
    return slowest;
  };
  constexpr std::int64_t tried = 16;
  const std::int64_t steps = piece_size(tried, seconds_of(tried), model.section.steps);
  return steps_[shape] = repeat(steps, [&] { return seconds_of(steps); });
}

Spread Calibration::training(const std::vector<TrainingJob>& jobs) {
  if (jobs.empty()) return {};
  const int groups = std::min(world_.size(), static_cast<int>(jobs.size()));
  std::vector<Spread> busy(static_cast<std::size_t>(groups));
  std::set<std::string> data;
  double drawing = 0;
  for (std::size_t m = 0; m < jobs.size(); ++m) {
    const Plan& plan = *jobs[m].plan;
    const ModelPlan& model = plan.models[jobs[m].model];
    auto steps = static_cast<double>(model.section.steps);
    if (model.spread) {
      steps += static_cast<double>(model.section.spread_steps) *
               world_.max(spread_step_ratio(plan, model, timings_));
    }
    busy[m % busy.size()] += step(jobs[m], groups) * steps;
    if (data.insert(data_key(plan)).second) drawing = std::max(drawing, data_seconds(plan, true));
  }
  Spread total = *std::ranges::max_element(busy, {}, &Spread::mean);
  total += exactly(drawing * std::ceil(static_cast<double>(data.size()) / groups));
  return total;
}

std::shared_ptr<const Denoiser> Calibration::denoiser(const Plan& plan, std::size_t entry) {
  const ModelPlan& model = plan.models[plan.entries[entry].model];
  std::shared_ptr<const Model> weights = model.file;
  if (model.trained()) {
    step({&plan, plan.entries[entry].model, model.section.name}, 1);
    weights = weights_.at(step_shape(plan, model)).weights;
    if (model.spread) {
      auto both = std::make_shared<Model>(*weights);
      both->spread.layers = stand_in(plan, model, unit_scale(plan))->spread.layers;
      weights = std::move(both);
    }
  }
  const std::int64_t all = std::numeric_limits<std::int64_t>::max();
  return make_denoiser(plan, model, weights, unit_scale(plan), training_stand_in(plan, model, all));
}

/// Making the table of an entry.
double Calibration::table(const Plan& plan, std::size_t entry) {
  const std::string shape = path_shape(plan, plan.entries[entry]);
  const auto made = denoiser(plan, entry);
  if (!seconds_.contains(shape)) {
    const Stopwatch watch;
    tables_[shape] = TableShelf().table(plan.entries[entry], made, world_, threads_);
    seconds_[shape] = world_.max(watch.seconds());
  }
  return seconds_.at(shape);
}

/// One path, all ranks and threads at work.
const Spread& Calibration::path(const Plan& plan, std::size_t entry) {
  const std::string shape = path_shape(plan, plan.entries[entry]);
  if (const auto known = paths_.find(shape); known != paths_.end()) return known->second;
  std::shared_ptr<const Denoiser> used = entry_stand_in(plan.entries[entry], denoiser(plan, entry));
  if (plan.entries[entry].table) {
    table(plan, entry);
    used = tables_.at(shape);
  }
  const Normalization scale = unit_scale(plan);
  EntrySample sample;
  const auto seconds_of = [&](std::int64_t blocks) {
    const Plan piece = piece_of(plan, entry, blocks);
    const auto sampler = make_sampler(piece, 0, used);
    world_.barrier();
    const Stopwatch watch;
    sample = sample_entry(piece, piece.entries[0], *sampler, scale, world_, threads_);
    return world_.max(watch.seconds());
  };
  const std::int64_t tried =
      std::min<std::int64_t>(all_blocks(plan), 2L * world_.size() * threads_);
  const std::int64_t blocks = piece_size(tried, seconds_of(tried), all_blocks(plan));
  const Plan piece = piece_of(plan, entry, blocks);
  const std::int64_t paths = piece.study.paths_per_sampler();
  return paths_[shape] = repeat(paths, [&] { return seconds_of(blocks); });
}

Spread Calibration::sampling(const Plan& plan) {
  Spread total;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const EntryPlan& entry = plan.entries[i];
    bool first = entry.table;
    for (std::size_t j = 0; j < i; ++j) first = first && !share_table(plan.entries[j], entry);
    if (first) total += exactly(table(plan, i));
    total += path(plan, i) * static_cast<double>(plan.study.paths_per_sampler());
  }
  return total;
}

Spread Calibration::statistics(const Plan& plan) {
  if (plan.entries.empty()) return {};
  const std::string key = fmt::format("estimates {}", data_key(plan));
  if (!seconds_.contains(key)) {
    // One entry without a denoiser to speak of, with as many samples as W1 takes, up to a limit.
    const std::int64_t block = plan.study.statistics.block_size;
    const auto kept =
        std::min<std::int64_t>(static_cast<std::int64_t>(kept_paths(plan)), most_rows);
    Plan piece = piece_of(plan, 0, std::max<std::int64_t>(1, kept / block));
    piece.study.data.test_samples = std::min(piece.study.data.test_samples, most_rows);
    const auto d = static_cast<std::size_t>(plan.study.data.dimension);
    const auto sampler =
        make_sampler(piece, 0, std::make_shared<PointMassDenoiser>(std::vector<double>(d)));
    const Normalization scale = unit_scale(plan);
    EntrySample sample = sample_entry(piece, piece.entries[0], *sampler, scale, world_, threads_);
    double seconds = 0;
    if (world_.is_root()) {
      const Summariser summariser(piece, draw_test_data(piece, threads_), threads_);
      const Stopwatch watch;
      summariser.summarise(piece.entries[0], std::move(sample), scale, 0, 1);
      seconds = watch.seconds();
    }
    seconds_[key] = world_.max(seconds) * static_cast<double>(kept_paths(plan)) /
                    static_cast<double>(kept_paths(piece));
  }
  const double each = seconds_.at(key);
  const auto entries = static_cast<double>(plan.entries.size());
  const double beside = data_seconds(plan, false) + each * (entries - 1);
  return exactly(beside / (world_.size() * threads_) + each);
}

}  // namespace htdm
