#include "app/sweep_run.hpp"

#include "app/data_sets.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/pooling.hpp"
#include "app/rank_times.hpp"
#include "core/stopwatch.hpp"
#include "parallel/binding.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

namespace htdm {
namespace {

namespace fs = std::filesystem;

/// The series that shows that a sweep is under way.
const std::string series = "sweep";

/// Training data of the last plan that asked, which the next often shares.
class TrainingShelf {
 public:
  const TrainingData& of(const Plan& plan) {
    Study only;
    only.study.seed = plan.study.study.seed;
    only.data = plan.study.data;
    if (std::string key = write_study(only); key != key_) {
      data_ = draw_training_data(plan, default_threads());
      key_ = std::move(key);
    }
    return data_;
  }

 private:
  std::string key_;
  TrainingData data_;
};

}  // namespace

std::string point_path(const std::string& output, std::size_t point) {
  return (fs::path(output) / "points" / point_name(point)).string();
}

std::string training_key(const Plan& plan, const ModelPlan& model) {
  Study only;
  only.study.seed = plan.study.study.seed;
  only.data = plan.study.data;
  only.models = {model.section};
  return write_study(only) + (model.spread ? "\n# with its spread network\n" : "");
}

SweepRun::SweepRun(const Study& study, const std::string& command, const Communicator& world,
                   const std::optional<Part>& part)
    : study_(study), command_(command), world_(world), part_(part), points_(sweep_points(study)) {
  work_.host = current_provenance(study.study.seed).host;
  work_.threads = default_threads();
  for (std::size_t p = 0; p < points_.size(); ++p) {
    try {
      note_models(p, make_point(p));
    } catch (const AgreedError& error) {
      throw AgreedError(fmt::format("At point {} of the sweep ({}): {}", point_name(p),
                                    study_.sweep.text(p), error.what()),
                        error.code(), error.speaker());
    }
  }
}

StudyRun SweepRun::make_point(std::size_t point) {
  return {points_[point], command_, world_, part_, &shelf_};
}

void SweepRun::note_models(std::size_t point, const StudyRun& run) {
  std::vector<std::string> fresh;
  for (const ModelPlan& model : run.plan().models) {
    std::string key = training_key(run.plan(), model);
    if (model.trained() && !models_.contains(key)) fresh.push_back(std::move(key));
  }
  if (fresh.empty()) return;
  Plan& plan = plans_.emplace_back(run.plan());
  plan.entries.clear();  // training needs none of them
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const std::string key = training_key(plan, plan.models[i]);
    if (std::ranges::find(fresh, key) == fresh.end()) continue;
    const std::string label = point_name(point) + "-" + plan.models[i].section.name;
    models_.emplace(key, SharedModel{{&plan, i, label}, {}});
  }
}

std::string SweepRun::identity() const {
  std::string identity = run_identity(study_);
  if (part_) identity += fmt::format("\n[part]\npart = \"{}\"\n", part_text(*part_));
  return identity;
}

std::vector<TrainingJob> SweepRun::jobs() const {
  std::vector<TrainingJob> jobs;
  for (const auto& [key, model] : models_) jobs.push_back(model.job);
  // In the order of the points: what trains side by side often has its data in common.
  std::ranges::sort(jobs, {}, &TrainingJob::label);
  return jobs;
}

Plan SweepRun::plan(std::size_t point) {
  return make_point(point).plan();
}

void SweepRun::train(RunControl* control) {
  const AddSeconds watch(seconds_training_);
  const std::vector<TrainingJob> jobs = this->jobs();
  log_info(fmt::format("sweep \"{}\": {} points, {} models to train", study_.study.name,
                       points_.size(), jobs.size()));
  TrainingShelf shelf;
  const auto data = [&](const Plan& plan) -> const TrainingData& { return shelf.of(plan); };
  const auto trained = train_jobs(jobs, data, world_, default_threads(), work_, control);
  for (std::size_t m = 0; m < jobs.size(); ++m) {
    const Plan& plan = *jobs[m].plan;
    models_.at(training_key(plan, plan.models[jobs[m].model])).trained = trained[m];
  }
}

void SweepRun::use_models(std::size_t point, StudyRun& run) {
  const std::vector<ModelPlan>& models = run.plan().models;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (!models[i].trained()) continue;
    const SharedModel& shared = models_.at(training_key(run.plan(), models[i]));
    TrainedModel trained = shared.trained;
    // Time is that of the point that the model was trained for.
    if (!shared.job.label.starts_with(point_name(point) + "-")) trained.seconds = 0;
    run.use(i, trained);
  }
}

void SweepRun::run_point(const std::string& output, std::size_t point, RunControl& control) {
  const std::string folder = point_path(output, point);
  const std::string name = fmt::format("point {} of {} ({})", point_name(point), points_.size(),
                                       study_.sweep.text(point));
  StudyRun run = make_point(point);
  const std::string identity = run.identity();
  bool complete = false;
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    RunOptions going_on;
    going_on.restart = true;
    if (part_) going_on.part = part_text(*part_);
    complete = prepare_output(folder, points_[point], going_on, identity);
  });
  if (world_.any(complete)) return log_info(name + " is complete");
  log_info(name);
  use_models(point, run);
  control.move_to(checkpoints_path(folder), identity);
  run.run(folder, &control);
  work_ += run.work();
}

Results SweepRun::combined(double seconds, const RunControl* control) const {
  Results all;
  all.provenance = run_provenance(study_, command_, default_threads(), world_);
  all.provenance.seconds_total = seconds;
  all.provenance.seconds_training = seconds_training_;
  all.provenance.peak_memory_bytes = world_.max(peak_memory_bytes());
  all.run = run_report(seconds, work_, control, world_);
  all.study = write_study(study_);
  all.study_no_paths = write_study(study_, false);
  all.part = part_;
  all.sweep = study_.sweep;
  return all;
}

Results SweepRun::run(const std::string& output, RunControl* control) {
  const Stopwatch total;
  const bool goes_on = control->newest_for_all(series).has_value();
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    if (!goes_on) fs::remove_all(fs::path(output) / "points");
    control->write(series, std::as_bytes(std::span("sweep")), true);
  });
  train(control);
  for (std::size_t p = 0; p < points_.size(); ++p) run_point(output, p, *control);
  control->move_to(checkpoints_path(output), identity());
  Results all = combined(total.seconds(), control);
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    for (std::size_t p = 0; p < points_.size(); ++p) {
      const Results& point =
          all.points.emplace_back(read_results(point_path(output, p) + "/results.h5"));
      all.provenance.seconds_sampling += point.provenance.seconds_sampling;
      all.provenance.seconds_statistics += point.provenance.seconds_statistics;
    }
    all.test_samples = all.points.front().test_samples;
    write_results(output + "/results.h5", all);
    for (std::size_t p = 0; p < points_.size(); ++p) {
      fs::remove(point_path(output, p) + "/results.h5");
    }
    control->remove_all();
  });
  return all;
}

Results SweepRun::law(const std::string& output, const std::optional<Results>& before,
                      bool densities) {
  const Stopwatch total;
  const bool add = world_.any(before.has_value());
  if (!add) train(nullptr);
  std::vector<Results> points;
  for (std::size_t p = 0; p < points_.size(); ++p) {
    StudyRun run = make_point(p);
    if (!add) use_models(p, run);
    std::optional<Results> point;
    if (before) point = before->points[p];
    points.push_back(run.law(point_path(output, p), point, densities));
  }
  Results all = combined(total.seconds(), nullptr);
  if (before) all = *before;
  all.points = std::move(points);
  all.test_samples = all.points.front().test_samples;
  return all;
}

}  // namespace htdm
