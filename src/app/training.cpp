#include "app/training.hpp"

#include "app/log.hpp"
#include "core/error.hpp"
#include "io/archive.hpp"
#include "parallel/block_loop.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

namespace htdm {
namespace {

/// How many loss records a training leaves: one per this share of its steps.
constexpr std::int64_t loss_records = 200;

/// Shards are dealt out in contiguous runs, so that the gradients of a rank lie side by side.
std::vector<std::size_t> shards_of_ranks(int shards, int ranks) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(ranks));
  for (int shard = 0; shard < shards; ++shard) ++counts[static_cast<std::size_t>(shard % ranks)];
  return counts;
}

/// One minibatch: gradients of this rank's shards on its threads, everybody's by exchange.
class ShardExchange {
 public:
  ShardExchange(const Trainer& trainer, const Communicator& group, int threads)
      : group_(group),
        threads_(threads),
        gradients_(trainer.shards(), trainer.parameters()),
        scratch_(static_cast<std::size_t>(threads)),
        counts_(shards_of_ranks(trainer.shards(), group.size())) {
    for (int r = 0; r < group.rank(); ++r) first_ += counts_[static_cast<std::size_t>(r)];
    for (const std::size_t shards : counts_) numbers_.push_back(shards * gradients_.stride);
  }

  const ShardGradients& compute(const Trainer& trainer) {
    const std::size_t mine = counts_[static_cast<std::size_t>(group_.rank())];
    for_each_block(threads_, {first_, first_ + mine}, [&](std::uint64_t shard, int thread) {
      trainer.shard_gradient(static_cast<int>(shard), gradients_,
                             scratch_[static_cast<std::size_t>(thread)]);
    });
    if (group_.size() > 1) {
      group_.all_gather_in_place(std::span<float>(gradients_.numbers), numbers_);
      group_.all_gather_in_place(std::span(gradients_.loss), counts_);
    }
    return gradients_;
  }

 private:
  const Communicator& group_;
  int threads_;
  ShardGradients gradients_;
  std::vector<Scratch> scratch_;
  std::vector<std::size_t> counts_, numbers_;  ///< shards of each rank, and their numbers
  std::size_t first_ = 0;
};

/// Mean losses over equal runs of steps.
class LossLog {
 public:
  explicit LossLog(std::int64_t steps)
      : length_(std::max<std::int64_t>(1, (steps + loss_records - 1) / loss_records)) {}

  void add(std::int64_t step, double loss) {
    if (step % length_ == 0) records_.push_back({step, 0, 0});
    LossRecord& record = records_.back();
    ++record.steps;
    record.loss += (loss - record.loss) / static_cast<double>(record.steps);
  }

  std::vector<LossRecord> take() { return std::move(records_); }

 private:
  std::int64_t length_;
  std::vector<LossRecord> records_;
};

Model train_one(const Plan& plan, const ModelPlan& model, const TrainingData& data,
                const Communicator& group, int threads) {
  const TrainingOptions options = training_options(plan, model);
  Trainer trainer(options, data.samples, dimension(plan.target));
  ShardExchange exchange(trainer, group, threads);
  LossLog log(options.steps);
  Progress progress("training " + model.section.name, static_cast<std::uint64_t>(options.steps));
  while (trainer.step() < options.steps) {
    const std::int64_t step = trainer.step();
    const double loss = trainer.apply(exchange.compute(trainer));
    if (!std::isfinite(loss)) {
      throw NumericalError(fmt::format(
          "The training loss of model \"{}\" is not finite at step {}. The optimiser diverged. "
          "Lower models.{}.learning_rate.",
          model.section.name, step, model.section.name));
    }
    log.add(step, loss);
    progress.advance(1);
  }
  Model trained;
  trained.name = model.section.name;
  trained.nu = model.nu;
  trained.normalization = data.normalization;
  trained.layers = trainer.layers();
  trained.loss = log.take();
  trained.steps = options.steps;
  return trained;
}

std::vector<std::size_t> models_to_train(const Plan& plan) {
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    if (plan.models[i].trained()) wanted.push_back(i);
  }
  return wanted;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

std::vector<TrainedModel> train_models(const Plan& plan, const TrainingData& data,
                                       const Communicator& world, int threads) {
  std::vector<TrainedModel> trained(plan.models.size());
  for (std::size_t i = 0; i < plan.models.size(); ++i) trained[i].weights = plan.models[i].file;
  const std::vector<std::size_t> wanted = models_to_train(plan);
  if (wanted.empty()) return trained;

  const int groups = std::min(world.size(), static_cast<int>(wanted.size()));
  const int mine = world.rank() % groups;
  const Communicator group = world.split(mine, world.rank());
  std::vector<Bytes> bytes(wanted.size());
  std::vector<double> seconds(wanted.size());
  for (auto m = static_cast<std::size_t>(mine); m < wanted.size();
       m += static_cast<std::size_t>(groups)) {
    const auto start = std::chrono::steady_clock::now();
    const Model model = train_one(plan, plan.models[wanted[m]], data, group, threads);
    seconds[m] = seconds_since(start);
    bytes[m] = model_to_bytes(model);
  }
  for (std::size_t m = 0; m < wanted.size(); ++m) {
    // Rank m mod G of the world is the first of group m mod G.
    world.broadcast(bytes[m], static_cast<int>(m) % groups);
    trained[wanted[m]] = {std::make_shared<const Model>(model_from_bytes(bytes[m])),
                          world.max(seconds[m])};
  }
  return trained;
}

}  // namespace htdm
