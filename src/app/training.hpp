/// Training over ranks: groups of ranks train different denoisers, each group data-parallel.
#pragma once

#include "app/data_sets.hpp"
#include "app/plan.hpp"
#include "app/run_control.hpp"
#include "io/run_report.hpp"
#include "parallel/communicator.hpp"

#include <memory>
#include <vector>

namespace htdm {

struct TrainedModel {
  std::shared_ptr<const Model> weights;  ///< null for exact denoisers
  double seconds = 0;                    ///< wall time of its group
};

/// The weights of every model of the plan on every rank: trained here, or from their files.
///
/// With G = min(ranks, models to train) groups, model m is trained by group m mod G. A group has at
/// most as many ranks as there are shards (`shards` of the models); further ranks wait. Inside a
/// group the shards of a minibatch are spread over ranks and threads, gathered by all, and added in
/// shard order, so the weights have the same bits for any layout. Collective over `world`.
///
/// A rank that says nothing for HTDM_WATCHDOG seconds ends the program with a message that names it
/// (parallel/lookout.hpp). What this rank does is added to `work`.
///
/// With a `control`, every model goes on from its newest checkpoint (series training-NAME) and
/// leaves them; a wish to stop ends in StoppedAtCheckpoint on all ranks.
std::vector<TrainedModel> train_models(const Plan& plan, const TrainingData& data,
                                       const Communicator& world, int threads, RankReport& work,
                                       RunControl* control = nullptr);

}  // namespace htdm
