/// Training of the network: shard gradients and the AdamW step. The loop over ranks is the app's.
#pragma once

#include "core/tile.hpp"
#include "denoiser/flat_network.hpp"
#include "denoiser/lesson.hpp"
#include "denoiser/model.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace htdm {

/// The paper's training, E lambda |D(x0 + sigma eps, sigma) - x0|^2 with lambda = 1/c_out^2,
/// ln sigma ~ N(level_mean, level_deviation^2), eps ~ t_d(0, I, nu).
struct TrainingOptions {
  double nu = 3;  ///< of the noise; inf is Gaussian
  std::int64_t steps = 10'000;
  int batch = 1000;
  int shards = 8;  ///< fixed pieces of a minibatch; gradients are added in shard order
  std::vector<int> hidden{128, 128};
  double learning_rate = 2e-4;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
  bool cooling = false;  ///< the rate falls to 0 in a straight line over all steps
  double level_mean = -1.2, level_deviation = 1.2;
  std::uint64_t seed = 42;
};

/// Gradients of all shards of a minibatch: sums over a shard's samples, divided by the batch for
/// the mean; one number per parameter, layer by layer: weights, biases. Shard lies behind shard,
/// each padded to `stride` numbers, so that ranks can exchange runs of them.
class ShardGradients {
 public:
  ShardGradients(int shards, std::size_t parameters)
      : stride(padded(parameters)),
        numbers(static_cast<std::size_t>(shards) * stride),
        loss(static_cast<std::size_t>(shards)) {}

  int shards() const { return static_cast<int>(loss.size()); }
  float* of(int shard) { return numbers.data() + static_cast<std::size_t>(shard) * stride; }
  const float* of(int shard) const {
    return numbers.data() + static_cast<std::size_t>(shard) * stride;
  }

  std::size_t stride;
  AlignedVector<float> numbers;
  std::vector<double> loss;  ///< each shard's share of the minibatch mean
};

/// Everything a checkpoint of a training needs; the numbers as FlatNetwork orders them.
struct TrainerState {
  std::int64_t step = 0;
  std::vector<float> parameters, first_moment, second_moment;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& step& parameters& first_moment& second_moment;
  }
};

/// Weights, optimiser moments and step count.
/// Minibatches run through the training set by one permutation per epoch, keyed by (seed, epoch)
/// (the last samples of an epoch, fewer than a minibatch, are left out); levels and noise are
/// draws of (seed, step * batch + position).
class Trainer {
 public:
  /// Of a denoiser. `samples` are the z-scored training data, sample after sample (x[i d + j]);
  /// must outlive *this. Throws InputError unless nu > 2, batch <= samples < 2^32, and sizes are
  /// positive.
  Trainer(const TrainingOptions& options, std::span<const float> samples, int dimension);

  /// Of whatever `lesson` teaches, from so many samples. Throws InputError likewise.
  Trainer(const TrainingOptions& options, std::shared_ptr<const Lesson> lesson,
          std::size_t samples);

  std::int64_t step() const { return step_; }
  std::size_t parameters() const { return parameters_.size(); }
  int shards() const { return options_.shards; }

  /// Gradient and loss of shard `shard` of the current minibatch at the current weights. A pure
  /// function of (weights, step, shard); different shards may run on different threads or ranks.
  void shard_gradient(int shard, ShardGradients& result, Scratch& scratch) const;

  /// The AdamW step of the parameters first .. last - 1, their gradients added in shard order.
  /// Disjoint ranges may run on different threads, or on ranks that then exchange weights().
  void update(const ShardGradients& gradients, std::size_t first, std::size_t last);

  /// Move to the next minibatch once all weights are updated. Returns the loss of this one, the
  /// `shares` added in shard order.
  double advance(std::span<const double> shares);

  /// All of it: update every parameter, then advance.
  double apply(const ShardGradients& gradients);

  /// The current weights as one vector, as FlatNetwork orders them.
  std::span<float> weights() { return parameters_; }

  /// The optimiser's moments, which ranks that update ranges exchange before a state is taken.
  std::span<float> first_moment() { return first_moment_; }
  std::span<float> second_moment() { return second_moment_; }

  /// The current weights as layers.
  std::vector<DenseLayer> layers() const;

  TrainerState state() const;
  /// Go on where `state` was taken. Throws InputError where it is of another network.
  void restore(const TrainerState& state);

 private:
  void shuffle_for_step();

  TrainingOptions options_;
  std::shared_ptr<const Lesson> lesson_;
  std::size_t samples_;
  FlatNetwork network_;
  std::int64_t step_ = 0;
  std::int64_t epoch_ = -1;
  std::vector<std::uint32_t> order_;  ///< of the samples in this epoch
  AlignedVector<float> parameters_, first_moment_, second_moment_;
};

}  // namespace htdm
