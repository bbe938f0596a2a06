#include "core/error.hpp"
#include "denoiser/gap_at.hpp"
#include "denoiser/minibatch.hpp"
#include "denoiser/network.hpp"
#include "denoiser/random_numbers.hpp"
#include "denoiser/train.hpp"
#include "denoiser/vector_sets.hpp"
#include "diffusion/preconditioning.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

struct Case {
  int dimension;
  double nu;
  std::vector<int> hidden;
  int batch, shards, steps_before;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << "d = " << c.dimension << ", nu = " << c.nu << ", " << c.hidden.size()
             << " hidden layers, batch " << c.batch << " in " << c.shards;
}

/// The loss as the training's documentation states it, from the denoiser's plain reference: mean
/// over samples and components of |D(x0 + sigma eps, sigma) - x0|^2/c_out^2.
class PlainLoss {
 public:
  PlainLoss(const Case& c, const TrainingOptions& options, const AlignedVector<float>& samples,
            std::int64_t step)
      : case_(c) {
    const auto count = static_cast<std::int64_t>(samples.size()) / c.dimension;
    const std::int64_t batches = count / c.batch;
    const auto order = epoch_order(options.seed, step / batches, static_cast<std::uint32_t>(count));
    const auto n = static_cast<std::size_t>(c.batch);
    AlignedVector<float> memory(training_noise_rows(c.dimension) * padded(n));
    const Tile<float> noise{memory.data(), n, padded(n)};
    draw_training_noise(options, c.dimension, static_cast<std::uint64_t>(step * c.batch), noise);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t sample = order[static_cast<std::size_t>(step % batches) * n + i];
      sigma_.push_back(std::exp(noise.row(0)[i]));
      x0_.emplace_back();
      x_.emplace_back();
      for (std::size_t j = 0; j < static_cast<std::size_t>(c.dimension); ++j) {
        x0_[i].push_back(samples[sample * static_cast<std::size_t>(c.dimension) + j]);
        x_[i].push_back(x0_[i][j] + sigma_[i] * noise.row(4 + j)[i]);
      }
    }
  }

  double operator()(const Model& model) const {
    const NetworkDenoiser denoiser(std::make_shared<Model>(model));
    double sum = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const auto gap = test::gap_at(denoiser, sigma_[i], x_[i]);
      const double c_out = Preconditioning::at(sigma_[i], case_.nu).c_out;
      for (std::size_t j = 0; j < gap.size(); ++j) {
        sum += std::pow((x_[i][j] - sigma_[i] * gap[j] - x0_[i][j]) / c_out, 2);
      }
    }
    return sum / (static_cast<double>(case_.batch) * case_.dimension);
  }

 private:
  Case case_;
  std::vector<double> sigma_;
  std::vector<test::Vector> x0_, x_;
};

/// dL/dp by a central difference; the step is what single precision makes of h.
double difference(const PlainLoss& loss, Model& model, float& parameter, float h) {
  const float middle = parameter;
  const float up = middle + h;
  const float down = middle - h;
  parameter = up;
  const double above = loss(model);
  parameter = down;
  const double below = loss(model);
  parameter = middle;
  return (above - below) / (static_cast<double>(up) - down);
}

/// Two of them, so that the error of order h^2 cancels.
double derivative(const PlainLoss& loss, Model& model, float& parameter) {
  constexpr float h = 0x1p-9F;
  return (4 * difference(loss, model, parameter, h / 2) - difference(loss, model, parameter, h)) /
         3;
}

/// The parameters of a layer against their gradients.
struct Comparison {
  double worst = 0;    ///< |gradient - derivative|
  double largest = 0;  ///< |gradient|

  void add(const PlainLoss& loss, Model& model, std::vector<float>& parameters,
           const float* gradient) {
    // A subset of the many: any defect hits whole rows, columns or layers.
    const std::size_t stride = parameters.size() > 60 ? 7 : 1;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      largest = std::max(largest, std::abs(static_cast<double>(gradient[k])));
      if (k % stride != 0) continue;
      const double expected = derivative(loss, model, parameters[k]);
      worst = std::max(worst, std::abs(gradient[k] - expected));
    }
  }
};

class Gradient : public testing::TestWithParam<Case> {};

// Largest error over largest gradient of a layer as measured: 5e-7, which is single precision.
TEST_P(Gradient, EqualsFiniteDifferencesOfThePlainLoss) {
  const Case& c = GetParam();
  TrainingOptions options;
  options.nu = c.nu;
  options.batch = c.batch;
  options.shards = c.shards;
  options.hidden = c.hidden;
  options.learning_rate = 0.02;
  const std::size_t count = 3 * static_cast<std::size_t>(c.batch) + 5;
  const auto samples = test::normals(count * static_cast<std::size_t>(c.dimension), 1);
  // AVX2 and AVX-512 give equal bits, which another test shows.
  for (const Isa isa : {Isa::baseline, detected_isa()}) {
    const test::UseIsa use(isa);
    Trainer trainer(options, samples, c.dimension);
    test::train(trainer, c.steps_before);
    const PlainLoss plain_loss(c, options, samples, trainer.step());
    auto shards = test::gradients(trainer);
    double loss = 0;
    AlignedVector<float> total(trainer.parameters());
    for (int shard = 0; shard < shards.shards(); ++shard) {
      loss += shards.loss[static_cast<std::size_t>(shard)];
      for (std::size_t k = 0; k < total.size(); ++k) total[k] += shards.of(shard)[k];
    }
    Model model = test::model_of(trainer, c.dimension, c.nu);
    EXPECT_NEAR(loss, plain_loss(model), 1e-5 * loss);
    const float* gradient = total.data();
    for (DenseLayer& layer : model.layers) {
      Comparison comparison;
      for (std::vector<float>* parameters : {&layer.weight, &layer.bias}) {
        comparison.add(plain_loss, model, *parameters, gradient);
        gradient += parameters->size();
      }
      EXPECT_GT(comparison.largest, 0);
      EXPECT_LE(comparison.worst, 2e-6 * comparison.largest) << name(isa);
    }
    EXPECT_EQ(gradient, total.data() + total.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Gradient,
                         testing::Values(Case{1, 3, {8, 5}, 132, 1, 7},
                                         Case{1, inf, {17, 16}, 50, 3, 5},
                                         Case{3, 4, {6}, 40, 4, 6}, Case{2, inf, {}, 33, 2, 4},
                                         Case{1, 3, {4, 4, 4}, 10, 16, 9}));

}  // namespace
}  // namespace htdm
