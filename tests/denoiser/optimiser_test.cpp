#include "denoiser/random_numbers.hpp"
#include "denoiser/trainer.hpp"
#include "denoiser/vector_sets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace htdm {
namespace {

/// Loshchilov and Hutter, Algorithm 2 with decay learning_rate * weight_decay, in double precision.
class PlainAdamW {
 public:
  PlainAdamW(TrainingOptions options, std::vector<double> parameters)
      : options_(std::move(options)), p_(std::move(parameters)), m_(p_.size()), v_(p_.size()) {}

  void step(const std::vector<double>& gradient) {
    const auto& o = options_;
    ++t_;
    for (std::size_t i = 0; i < p_.size(); ++i) {
      m_[i] = o.beta1 * m_[i] + (1 - o.beta1) * gradient[i];
      v_[i] = o.beta2 * v_[i] + (1 - o.beta2) * gradient[i] * gradient[i];
      const double m_hat = m_[i] / (1 - std::pow(o.beta1, t_));
      const double v_hat = v_[i] / (1 - std::pow(o.beta2, t_));
      p_[i] -= o.learning_rate * (m_hat / (std::sqrt(v_hat) + o.epsilon) + o.weight_decay * p_[i]);
    }
  }

  const std::vector<double>& parameters() const { return p_; }

 private:
  TrainingOptions options_;
  std::vector<double> p_, m_, v_;
  int t_ = 0;
};

std::vector<double> flatten(const std::vector<DenseLayer>& layers) {
  std::vector<double> flat;
  for (const DenseLayer& layer : layers) {
    flat.insert(flat.end(), layer.weight.begin(), layer.weight.end());
    flat.insert(flat.end(), layer.bias.begin(), layer.bias.end());
  }
  return flat;
}

// Arbitrary gradients, of which some are so small that epsilon matters, in three shards.
TEST(Optimiser, TakesThePublishedStep) {
  for (const double weight_decay : {0.0, 0.1}) {
    for (const Isa isa : test::all_isas()) {
      const test::UseIsa use(isa);
      TrainingOptions options;
      options.hidden = {37, 31};
      options.shards = 3;
      options.batch = 8;
      options.learning_rate = 1e-2;
      options.weight_decay = weight_decay;
      const auto samples = test::normals(100, 1);
      Trainer trainer(options, samples, 1);
      PlainAdamW plain(options, flatten(trainer.layers()));
      for (std::uint64_t step = 0; step < 30; ++step) {
        ShardGradients shards(3, trainer.parameters());
        std::vector<double> total(trainer.parameters());
        for (int s = 0; s < 3; ++s) {
          const auto normals = test::normals(total.size(), 100 + 3 * step + std::uint64_t(s));
          shards.loss[static_cast<std::size_t>(s)] = 0.25;
          for (std::size_t i = 0; i < total.size(); ++i) {
            shards.of(s)[i] = normals[i] * static_cast<float>(i % 5 == 0 ? 1e-8 : 1e-3);
            total[i] += shards.of(s)[i];
          }
        }
        EXPECT_EQ(trainer.apply(shards), 0.75);
        plain.step(total);
      }
      EXPECT_EQ(trainer.step(), 30);
      const auto result = flatten(trainer.layers());
      double worst = 0;
      for (std::size_t i = 0; i < result.size(); ++i) {
        worst = std::max(worst, std::abs(result[i] - plain.parameters()[i]));
      }
      // Parameters have moved by about 0.3; each of 30 steps rounds numbers of order one.
      EXPECT_LE(worst, 2e-6) << name(isa);
    }
  }
}

}  // namespace
}  // namespace htdm
