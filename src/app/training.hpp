/// Training over ranks: groups of ranks train different denoisers, each group data-parallel.
#pragma once

#include "app/data_sets.hpp"
#include "app/plan.hpp"
#include "app/run_control.hpp"
#include "io/run_report.hpp"
#include "parallel/communicator.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace htdm {

struct TrainedModel {
  std::shared_ptr<const Model> weights;  ///< null for exact denoisers
  double seconds = 0;                    ///< wall time of its group
};

/// One model to train.
struct TrainingJob {
  const Plan* plan = nullptr;  ///< of the study that it belongs to
  std::size_t model = 0;       ///< its place there
  std::string label;           ///< in messages and series of checkpoints
};

/// The training data of a plan, for a rank that needs them now; valid until the next call.
using DataSource = std::function<const TrainingData&(const Plan& plan)>;

/// The weights of every job on every rank.
///
/// With G = min(ranks, jobs) groups, job m is done by group m mod G. A group has at most as many
/// ranks as there are shards (`shards` of the models); further ranks wait. Inside a group the
/// shards of a minibatch are spread over ranks and threads, gathered by all, and added in shard
/// order, so the weights have the same bits for any layout. Collective over `world`.
///
/// A rank that says nothing for HTDM_WATCHDOG seconds ends the program with a message that names it
/// (parallel/lookout.hpp). What this rank does is added to `work`.
///
/// A model of which the plan needs the spread gets its second network after the first is trained.
///
/// With a `control`, every job goes on from its newest checkpoints (series training-LABEL and
/// training-LABEL-spread) and leaves them; a wish to stop ends in StoppedAtCheckpoint on all ranks.
std::vector<TrainedModel> train_jobs(const std::vector<TrainingJob>& jobs, const DataSource& data,
                                     const Communicator& world, int threads, RankReport& work,
                                     RunControl* control = nullptr);

/// The trainings of a plan.
std::vector<TrainingJob> training_jobs(const Plan& plan);

/// The weights of every model of the plan on every rank: trained here, with its name as label, or
/// taken over.
std::vector<TrainedModel> train_models(const Plan& plan, const TrainingData& data,
                                       const Communicator& world, int threads, RankReport& work,
                                       RunControl* control = nullptr);

}  // namespace htdm
