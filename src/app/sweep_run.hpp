/// The life of a sweep: the study of every point run, all results in one file.
#pragma once

#include "app/data_file.hpp"
#include "app/plan.hpp"
#include "app/run_control.hpp"
#include "app/study_run.hpp"
#include "app/training.hpp"
#include "io/pool.hpp"
#include "io/results.hpp"
#include "io/run_report.hpp"
#include "io/study.hpp"
#include "parallel/communicator.hpp"

#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// Where the point `point` of a sweep into `output` keeps its files.
std::string point_path(const std::string& output, std::size_t point);

/// What the weights of a model depend on: equal texts are equal weights.
std::string training_key(const Plan& plan, const ModelPlan& model);

/// The points of a sweep over the ranks of `world`. The models that are the same in several points
/// (the same table, [data] and seed) are trained once; groups of ranks share the different ones.
/// Then every point is a StudyRun of its own, over all ranks. All members are collective.
class SweepRun {
 public:
  /// Checks every point as a run of its own would be, before work starts. Throws AgreedError.
  SweepRun(const Study& study, const std::string& command, const Communicator& world,
           const std::optional<Part>& part = std::nullopt);

  /// As that of StudyRun. Files that hold weights and rows are told apart point by point.
  std::string identity() const;

  /// The trainings of all points, each model once.
  std::vector<TrainingJob> jobs() const;

  /// How many models are trained.
  std::size_t trainings() const { return models_.size(); }

  /// The plan of a point.
  Plan plan(std::size_t point);

  /// Run all points, each in a folder of its own; then put their results into `output`/results.h5,
  /// and remove what they wrote themselves, but for models and samples. Points that are complete in
  /// `output` are not run again. Returns the results, complete on rank 0. Call once.
  Results run(const std::string& output, RunControl* control);

  /// The laws of every point, as StudyRun::law; nothing is written but models. Call once.
  Results law(const std::string& output, const std::optional<Results>& before, bool densities);

 private:
  /// A model, and the points that it is of.
  struct SharedModel {
    TrainingJob job;
    TrainedModel trained;
  };

  StudyRun make_point(std::size_t point);
  void note_models(std::size_t point, const StudyRun& run);
  void train(RunControl* control);
  void use_models(std::size_t point, StudyRun& run);
  void run_point(const std::string& output, std::size_t point, RunControl& control);
  Results combined(double seconds, const RunControl* control) const;

  const Study study_;
  const std::string command_;
  const Communicator world_;
  const std::optional<Part> part_;
  const std::vector<Study> points_;
  DataShelf shelf_;
  std::list<Plan> plans_;                      ///< of the points that brought a new model
  std::map<std::string, SharedModel> models_;  ///< by what their training depends on
  double seconds_training_ = 0;
  RankReport work_;  ///< of the trainings and of all points run here
};

}  // namespace htdm
