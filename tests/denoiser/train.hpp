/// Steps of a training on one thread, for tests.
#pragma once

#include "denoiser/trainer.hpp"

#include <vector>

namespace htdm::test {

/// All shards of the current minibatch, computed in the given order.
inline ShardGradients gradients(const Trainer& trainer, bool backwards = false) {
  ShardGradients result(trainer.shards(), trainer.parameters());
  Scratch scratch;
  for (int k = 0; k < trainer.shards(); ++k) {
    const int shard = backwards ? trainer.shards() - 1 - k : k;
    trainer.shard_gradient(shard, result, scratch);
  }
  return result;
}

/// Returns the losses of `steps` steps.
inline std::vector<double> train(Trainer& trainer, int steps) {
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) losses.push_back(trainer.apply(gradients(trainer)));
  return losses;
}

/// The weights of a training as a model of noise nu.
inline Model model_of(const Trainer& trainer, int dimension, double nu) {
  Model model;
  model.name = "trained";
  model.nu = nu;
  model.normalization.mean.assign(static_cast<std::size_t>(dimension), 0);
  model.normalization.deviation.assign(static_cast<std::size_t>(dimension), 1);
  model.layers = trainer.layers();
  return model;
}

}  // namespace htdm::test
