/// One network trained by a group of ranks together, data-parallel.
#pragma once

#include "app/rank_times.hpp"
#include "app/run_control.hpp"
#include "denoiser/model.hpp"
#include "denoiser/trainer.hpp"
#include "parallel/communicator.hpp"
#include "parallel/lookout.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// The ranks that train a model together, as one of them sees it.
struct Team {
  const Communicator group;
  int threads;
  RunControl* control;
  Lookout& lookout;
  RankReport& work;

  RestIsWaiting rest_is_waiting() const { return {work, &RankReport::training_waiting}; }
};

/// A training on its way.
struct TrainingState {
  TrainerState trainer;
  std::vector<LossRecord> loss;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& trainer& loss;
  }
};

/// What a network learned.
struct Learned {
  std::vector<DenseLayer> layers;
  std::vector<LossRecord> loss;
};

/// Names of a training in checkpoints, progress and messages.
struct TrainingNames {
  std::string series, label, model, rate_key;
};

/// One network by one group, from where it was `before`; nothing when it was stopped. Shards of a
/// minibatch are spread over ranks and threads, and added in their order, so weights have the same
/// bits for any layout. With a control it leaves checkpoints. Collective over the group.
std::optional<Learned> train_network(Trainer& trainer, std::int64_t steps,
                                     const TrainingNames& names, const Team& team,
                                     const std::optional<TrainingState>& before);

}  // namespace htdm
