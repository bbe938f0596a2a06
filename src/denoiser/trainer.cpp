#include "denoiser/trainer.hpp"

#include "core/error.hpp"
#include "denoiser/minibatch.hpp"
#include "denoiser/vector_kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// Parameters whose gradients are added at a time: few enough for the first-level cache.
constexpr std::size_t total_size = 1024;

void check_options(const TrainingOptions& o, std::size_t samples) {
  check_input(o.nu > 2, "training noise has nu = " + std::to_string(o.nu),
              "The preconditioning divides by the variance of the noise, infinite for nu <= 2",
              "Use nu > 2, or inf for Gaussian noise");
  const bool positive = o.steps >= 0 && o.batch >= 1 && o.shards >= 1 &&
                        std::ranges::all_of(o.hidden, [](int width) { return width >= 1; });
  check_input(positive, "a size of the training is zero or negative",
              "Batch, shards and hidden widths count things", "Use sizes of at least 1");
  check_input(samples <= std::numeric_limits<std::uint32_t>::max(),
              "training has " + std::to_string(samples) + " samples",
              "Samples are numbered with 32 bits", "Use fewer than 4294967296 samples");
  check_input(static_cast<std::size_t>(o.batch) <= samples,
              "a minibatch of " + std::to_string(o.batch) + " is larger than the training set of " +
                  std::to_string(samples),
              "A minibatch holds a sample at most once", "Use a smaller batch or more samples");
}

/// Throws before anything is built from sizes that make no sense.
std::vector<int> checked_widths(const TrainingOptions& options, const Lesson& lesson,
                                std::size_t samples) {
  check_options(options, samples);
  std::vector<int> widths{lesson.inputs()};
  widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
  widths.push_back(lesson.outputs());
  return widths;
}

std::size_t sample_count(std::span<const float> samples, int dimension) {
  check_input(dimension >= 1, "training has dimension " + std::to_string(dimension),
              "A sample has a component at least", "Use a dimension of at least 1");
  HTDM_EXPECTS(samples.size() % static_cast<std::size_t>(dimension) == 0);
  return samples.size() / static_cast<std::size_t>(dimension);
}

AdamWStep adamw_step(const TrainingOptions& o, std::int64_t t) {
  const auto power = static_cast<double>(t);
  const double done = static_cast<double>(t - 1) / static_cast<double>(std::max(o.steps, t));
  const double learning_rate = o.learning_rate * (o.cooling ? 1 - done : 1);
  return {.keep = static_cast<float>(1 - learning_rate * o.weight_decay),
          .beta1 = static_cast<float>(o.beta1),
          .beta2 = static_cast<float>(o.beta2),
          .fresh1 = static_cast<float>(1 - o.beta1),
          .fresh2 = static_cast<float>(1 - o.beta2),
          .rate = static_cast<float>(learning_rate / (1 - std::pow(o.beta1, power))),
          .unbias2 = static_cast<float>(1 / std::sqrt(1 - std::pow(o.beta2, power))),
          .epsilon = static_cast<float>(o.epsilon)};
}

}  // namespace

Trainer::Trainer(const TrainingOptions& options, std::span<const float> samples, int dimension)
    : Trainer(options, std::make_shared<DenoiserLesson>(options, samples, dimension),
              sample_count(samples, dimension)) {}

Trainer::Trainer(const TrainingOptions& options, std::shared_ptr<const Lesson> lesson,
                 std::size_t samples)
    : options_(options),
      lesson_(std::move(lesson)),
      samples_(samples),
      network_(checked_widths(options, *lesson_, samples)) {
  parameters_ =
      flat_parameters(initial_layers(checked_widths(options, *lesson_, samples), options.seed));
  first_moment_.assign(parameters_.size(), 0.0F);
  second_moment_.assign(parameters_.size(), 0.0F);
  shuffle_for_step();
}

void Trainer::shard_gradient(int shard, ShardGradients& result, Scratch& scratch) const {
  HTDM_EXPECTS(shard >= 0 && shard < options_.shards);
  const std::int64_t batch = options_.batch;
  const std::int64_t begin = shard * batch / options_.shards;
  const std::int64_t end = (shard + 1) * batch / options_.shards;
  const auto n = static_cast<std::size_t>(end - begin);
  const auto inputs = static_cast<std::size_t>(lesson_->inputs());
  const auto hints = static_cast<std::size_t>(lesson_->hints());
  const std::size_t stride = padded(n);

  float* memory = scratch.floats(0, (inputs + hints) * stride);
  const Tile<float> input{memory, n, stride};
  const Tile<float> hint{input.row(inputs), n, stride};
  const std::int64_t batches = static_cast<std::int64_t>(order_.size()) / batch;
  const auto in_epoch = static_cast<std::size_t>(step_ % batches * batch + begin);
  lesson_->examples(static_cast<std::uint64_t>(step_ * batch + begin),
                    std::span(order_).subspan(in_epoch, n), input, hint, scratch);

  const double scale = 1.0 / static_cast<double>(batch);
  result.loss[static_cast<std::size_t>(shard)] =
      scale * network_.gradient(parameters_.data(), input, lesson_->loss(hint, scale),
                                result.of(shard), scratch);
}

void Trainer::update(const ShardGradients& gradients, std::size_t first, std::size_t last) {
  HTDM_EXPECTS(gradients.shards() == options_.shards && gradients.stride >= parameters_.size());
  HTDM_EXPECTS(last <= parameters_.size());
  const AdamWStep step = adamw_step(options_, step_ + 1);
  std::array<float, total_size> total;
  for (std::size_t i = first; i < last; i += total.size()) {
    const std::size_t n = std::min(total.size(), last - i);
    std::copy_n(gradients.of(0) + i, n, total.data());
    for (int k = 1; k < gradients.shards(); ++k) add_to(total.data(), gradients.of(k) + i, n);
    adamw(step, n, total.data(), &first_moment_[i], &second_moment_[i], &parameters_[i]);
  }
}

double Trainer::advance(std::span<const double> shares) {
  ++step_;
  double loss = 0;
  for (const double share : shares) loss += share;
  shuffle_for_step();
  return loss;
}

double Trainer::apply(const ShardGradients& gradients) {
  update(gradients, 0, parameters_.size());
  return advance(gradients.loss);
}

std::vector<DenseLayer> Trainer::layers() const {
  std::vector<DenseLayer> layers;
  for (const FlatNetwork::Layer& layer : network_.layers()) {
    const float* weight = parameters_.data() + layer.weight;
    const float* bias = parameters_.data() + layer.bias;
    layers.push_back({.rows = static_cast<int>(layer.rows),
                      .columns = static_cast<int>(layer.columns),
                      .weight{weight, weight + layer.rows * layer.columns},
                      .bias{bias, bias + layer.rows}});
  }
  return layers;
}

TrainerState Trainer::state() const {
  return {step_,
          {parameters_.begin(), parameters_.end()},
          {first_moment_.begin(), first_moment_.end()},
          {second_moment_.begin(), second_moment_.end()}};
}

void Trainer::restore(const TrainerState& state) {
  const std::size_t n = parameters_.size();
  check_input(state.step >= 0 && state.parameters.size() == n && state.first_moment.size() == n &&
                  state.second_moment.size() == n,
              "a state of " + std::to_string(state.parameters.size()) +
                  " parameters does not fit a network of " + std::to_string(n),
              "It was taken from another training", "Start the training again");
  step_ = state.step;
  std::ranges::copy(state.parameters, parameters_.begin());
  std::ranges::copy(state.first_moment, first_moment_.begin());
  std::ranges::copy(state.second_moment, second_moment_.begin());
  shuffle_for_step();
}

void Trainer::shuffle_for_step() {
  const auto samples = static_cast<std::int64_t>(samples_);
  const std::int64_t epoch = step_ / (samples / options_.batch);
  if (epoch == epoch_) return;
  order_ = epoch_order(options_.seed, epoch, static_cast<std::uint32_t>(samples));
  epoch_ = epoch;
}

}  // namespace htdm
