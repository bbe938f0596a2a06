#include "app/training.hpp"

#include "app/environment.hpp"
#include "app/log.hpp"
#include "app/network_training.hpp"
#include "app/rank_times.hpp"
#include "app/spread_limits.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "denoiser/spread_lesson.hpp"
#include "io/archive.hpp"
#include "io/value_bytes.hpp"
#include "parallel/lookout.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace htdm {
namespace {

/// Where a job is after restart, if anywhere.
struct JobState {
  std::optional<TrainingState> denoiser, spread;
};

std::string series_of(const TrainingJob& job) {
  return "training-" + job.label;
}

std::string spread_series_of(const TrainingJob& job) {
  return series_of(job) + "-spread";
}

void log_limits(const Model& model) {
  for (const SpreadLimit& l : model.spread.limits) {
    log_info(
        fmt::format("spread of {} at sigma {}: weighted mean of c^2 {:.3f} [{:.3f}, {:.3f}] of "
                    "the exact one, median of c^2 {:.3f} [{:.3f}, {:.3f}] of nu/(nu - 2)",
                    model.name, l.sigma, l.mean, l.mean_low, l.mean_high, l.median, l.median_low,
                    l.median_high));
  }
}

/// The spread network of a trained model, and what is known of it checked; false when stopped.
bool train_spread(Model& model, const TrainingJob& job, const TrainingData& data, const Team& team,
                  const std::optional<TrainingState>& before) {
  const ModelSection& section = job.plan->models[job.model].section;
  const TrainingOptions options =
      spread_options(training_options(*job.plan, job.plan->models[job.model]), section.spread_steps,
                     section.spread_learning_rate);
  Trainer trainer(options,
                  std::make_shared<SpreadLesson>(std::make_shared<const Model>(model), data.samples,
                                                 options.seed),
                  data.samples.size() / static_cast<std::size_t>(model.dimension()));
  std::optional<Learned> learned = train_network(
      trainer, options.steps,
      {spread_series_of(job), "spread of " + job.label, model.name, "spread_learning_rate"}, team,
      before);
  if (!learned) return false;
  model.spread = {std::move(learned->layers), std::move(learned->loss), options.steps, {}};
  if (!team.group.is_root()) return true;
  const AddSeconds watch(team.work.training, team.threads);
  model.spread.limits = spread_limits(model, data.samples, job.plan->study.study.seed);
  log_limits(model);
  return true;
}

/// One model by one group, complete on its root; nothing when it was stopped.
std::optional<Model> train_one(const TrainingJob& job, const TrainingData& data, const Team& team,
                               const JobState& before) {
  const Plan& plan = *job.plan;
  const ModelPlan& model = plan.models[job.model];
  const TrainingOptions options = training_options(plan, model);
  Trainer trainer(options, data.samples, dimension(plan.target));
  std::optional<Learned> learned = train_network(
      trainer, options.steps, {series_of(job), job.label, model.section.name, "learning_rate"},
      team, before.denoiser);
  if (!learned) return std::nullopt;
  Model trained;
  trained.name = model.section.name;
  trained.nu = model.nu;
  trained.normalization = data.normalization;
  trained.layers = std::move(learned->layers);
  trained.loss = std::move(learned->loss);
  trained.steps = options.steps;
  if (model.spread && !train_spread(trained, job, data, team, before.spread)) return std::nullopt;
  return trained;
}

/// Ranks that can have a shard of their own; more would only add messages.
int most_shards(const std::vector<TrainingJob>& jobs) {
  int most = 1;
  for (const TrainingJob& job : jobs) {
    most = std::max(most, job.plan->models[job.model].section.shards);
  }
  return most;
}

/// The newest checkpoint of a series, on all ranks.
std::optional<TrainingState> earlier_state(const std::string& series, RunControl& control) {
  const auto bytes = control.newest_for_all(series);
  if (!bytes) return std::nullopt;
  auto state = value_from_bytes<TrainingState>("training", *bytes, "the checkpoint " + series);
  log_info(fmt::format("{} goes on after {} steps", series, state.trainer.step));
  return state;
}

std::vector<JobState> earlier_states(const std::vector<TrainingJob>& jobs, RunControl* control) {
  std::vector<JobState> states(jobs.size());
  for (std::size_t m = 0; control != nullptr && m < jobs.size(); ++m) {
    states[m].denoiser = earlier_state(series_of(jobs[m]), *control);
    if (!jobs[m].plan->models[jobs[m].model].spread) continue;
    states[m].spread = earlier_state(spread_series_of(jobs[m]), *control);
  }
  return states;
}

}  // namespace

std::vector<TrainedModel> train_jobs(const std::vector<TrainingJob>& jobs, const DataSource& data,
                                     const Communicator& world, int threads, RankReport& work,
                                     RunControl* control) {
  std::vector<TrainedModel> trained(jobs.size());
  if (jobs.empty()) return trained;
  const int groups = std::min(world.size(), static_cast<int>(jobs.size()));
  const bool helps = world.rank() / groups < most_shards(jobs);
  const int mine = helps ? world.rank() % groups : groups;
  std::vector<JobState> before;
  {
    const AddSeconds watch(work.io, threads);
    before = earlier_states(jobs, control);
  }
  Lookout lookout(world, watchdog_seconds());
  // Ranks that have nothing to train, or are done, pass on the wish to stop all the same.
  const Communicator all = world.attentive([&] {
    lookout.beat();
    if (control != nullptr) control->stop_wanted();
  });
  const Team team{lookout.watched(world.split(mine, world.rank())), threads, control, lookout,
                  work};
  const auto data_of = [&](const TrainingJob& job) -> const TrainingData& {
    const AddSeconds drawing(work.training, threads);
    return data(*job.plan);
  };
  std::vector<Bytes> bytes(jobs.size());
  std::vector<double> seconds(jobs.size());
  bool stopped = false;
  for (auto m = static_cast<std::size_t>(mine); helps && m < jobs.size();
       m += static_cast<std::size_t>(groups)) {
    const Stopwatch watch;
    const std::optional<Model> model = train_one(jobs[m], data_of(jobs[m]), team, before[m]);
    seconds[m] = watch.seconds();
    stopped = !model;
    if (stopped) break;
    bytes[m] = model_to_bytes(*model);
  }
  // A group that finished before the wish reached it has left its models in checkpoints, too.
  const RestIsWaiting rest = team.rest_is_waiting();
  stopped = all.any(stopped);
  lookout.close();
  if (stopped) throw StoppedAtCheckpoint("in training");
  for (std::size_t m = 0; m < jobs.size(); ++m) {
    // Rank m mod G of the world is the first of group m mod G.
    world.broadcast(bytes[m], static_cast<int>(m) % groups);
    trained[m] = {std::make_shared<const Model>(model_from_bytes(bytes[m])), world.max(seconds[m])};
  }
  return trained;
}

std::vector<TrainingJob> training_jobs(const Plan& plan) {
  std::vector<TrainingJob> jobs;
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    if (plan.models[i].trained()) jobs.push_back({&plan, i, plan.models[i].section.name});
  }
  return jobs;
}

std::vector<TrainedModel> train_models(const Plan& plan, const TrainingData& data,
                                       const Communicator& world, int threads, RankReport& work,
                                       RunControl* control) {
  std::vector<TrainedModel> models;
  for (const ModelPlan& model : plan.models) models.push_back({model.file, model.seconds});
  const std::vector<TrainingJob> jobs = training_jobs(plan);
  const auto the_data = [&](const Plan&) -> const TrainingData& { return data; };
  const std::vector<TrainedModel> trained =
      train_jobs(jobs, the_data, world, threads, work, control);
  for (std::size_t m = 0; m < jobs.size(); ++m) models[jobs[m].model] = trained[m];
  return models;
}

}  // namespace htdm
