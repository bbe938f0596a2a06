/// The spread network: what it is taught, how it is evaluated, what it learns.
#include "denoiser/spread.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "denoiser/gap_at.hpp"
#include "denoiser/network.hpp"
#include "denoiser/posterior_at.hpp"
#include "denoiser/random_numbers.hpp"
#include "denoiser/reference_model.hpp"
#include "denoiser/spread_lesson.hpp"
#include "denoiser/train.hpp"
#include "denoiser/vector_sets.hpp"
#include "diffusion/preconditioning.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace htdm {
namespace {

constexpr double alpha = 1e-6;

/// Layers of size 1/sqrt(columns) with biases, as in trained networks.
std::vector<DenseLayer> random_layers(const std::vector<int>& widths, std::uint64_t which) {
  std::vector<DenseLayer> layers = initial_layers(widths, 1);
  for (DenseLayer& layer : layers) {
    const auto weight = test::normals(layer.weight.size(), ++which, 1 / std::sqrt(layer.columns));
    const auto bias = test::normals(layer.bias.size(), ++which, 0.3);
    layer.weight.assign(weight.begin(), weight.end());
    layer.bias.assign(bias.begin(), bias.end());
  }
  return layers;
}

std::shared_ptr<Model> random_model(int dimension, double nu) {
  auto model = std::make_shared<Model>();
  model->name = "random";
  model->nu = nu;
  model->normalization.mean.assign(static_cast<std::size_t>(dimension), 0);
  model->normalization.deviation.assign(static_cast<std::size_t>(dimension), 1);
  model->layers = random_layers({dimension + 1, 33, 20, dimension}, 50);
  model->spread.layers = random_layers({dimension + 2, 24, 9, 1}, 90);
  return model;
}

/// The answer of layers to one input, in double precision, as plainly as can be.
double answer(const std::vector<DenseLayer>& layers, std::vector<double> values) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const DenseLayer& layer = layers[l];
    std::vector<double> next(layer.bias.begin(), layer.bias.end());
    for (std::size_t r = 0; r < next.size(); ++r) {
      for (std::size_t c = 0; c < values.size(); ++c) {
        next[r] += static_cast<double>(layer.weight[r * values.size() + c]) * values[c];
      }
      if (l + 1 < layers.size()) next[r] /= 1 + std::exp(-next[r]);
    }
    values = next;
  }
  return values[0];
}

/// Examples 0 ... n - 1 of the lesson of `model` for samples in order.
struct Examples {
  Examples(const SpreadLesson& lesson, std::size_t n)
      : inputs(static_cast<std::size_t>(lesson.inputs())),
        memory((inputs + 2) * padded(n)),
        input{memory.data(), n, padded(n)},
        hint{input.row(inputs), n, padded(n)} {
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    Scratch scratch;
    lesson.examples(0, order, input, hint, scratch);
  }

  std::vector<double> input_of(std::size_t i) const {
    std::vector<double> values;
    for (std::size_t j = 0; j < inputs; ++j) values.push_back(input.row(j)[i]);
    return values;
  }

  std::size_t inputs;
  AlignedVector<float> memory;
  Tile<float> input, hint;
};

// Of the hints, o(u) is found again from the features, which hold x and sigma. Their rounding is
// what limits the digits: y = r sqrt(1 + |y|^2) where r is near 1 is known to 1e-7 exp(l).
TEST(SpreadLesson, KnowsTheOddsOfTheGapAtItsExamples) {
  for (const int d : {1, 3}) {
    const auto model = random_model(d, 4);
    const auto samples = test::normals(500 * static_cast<std::size_t>(d), 1);
    const Examples examples(SpreadLesson(model, samples, 5), 500);
    const NetworkDenoiser denoiser(model);
    for (std::size_t i = 0; i < 500; ++i) {
      std::vector<double> features = examples.input_of(i);
      const double sigma = std::exp(4 * features.back());
      EXPECT_GE(sigma, 0.99 * SpreadLesson::lowest_sigma);
      EXPECT_LE(sigma, 1.01 * SpreadLesson::highest_sigma);
      const double length = std::exp(features[static_cast<std::size_t>(d)]);
      if (length > 100) continue;
      test::Vector x;
      for (int j = 0; j < d; ++j) {
        x.push_back(features[static_cast<std::size_t>(j)] * length /
                    Preconditioning::at(sigma, 4).c_in);
      }
      const auto gap = test::gap_at(denoiser, sigma, x);
      double square = 0;
      for (const double u : gap) square += u * u;
      EXPECT_NEAR(examples.hint.row(0)[i], std::log((4 + square) / (4 + d - 2.0) / 2), 2e-4);
    }
  }
}

// 20,000 draws of either noise: the wrong nu (3 for 2.5) or scale (3 % off) has a p-value below
// 1e-8; one kappa per component instead of per vector below 1e-20 in the last test.
TEST(SpreadLesson, DrawsBothNoises) {
  constexpr std::size_t n = 40'000;
  constexpr double nu = 4.5, a = nu / (nu - 2);
  for (const int d : {1, 6}) {
    AlignedVector<float> memory(8 * padded(n));
    const Tile<float> eps{memory.data(), n, padded(n)};
    const std::vector<double> squares = draw_spread_noise(7, nu, d, 0, eps);
    for (const std::size_t parity : {0, 1}) {
      const double degrees = parity == 0 ? nu : nu - 2, scale = parity == 0 ? 1 : std::sqrt(a);
      const StudentTLaw law{degrees};
      std::vector<double> values, norms;
      for (std::size_t i = parity; i < n; i += 2) {
        values.push_back(eps.row(static_cast<std::size_t>(d) - 1)[i] / scale);
        norms.push_back(std::sqrt(squares[i]) / scale);
      }
      EXPECT_GT(test::ks_p_value(values, [&](double x) { return law.cdf(x); }), alpha);
      EXPECT_GT(
          test::ks_p_value(norms, [&](double r) { return 1 - norm_survival(d, degrees, 1, r); }),
          alpha);
    }
  }
}

/// The loss as spread_lesson.hpp states it: the mean over the batch.
double plain_loss(const Examples& examples, const std::vector<DenseLayer>& layers) {
  double sum = 0;
  for (std::size_t i = 0; i < examples.input.paths; ++i) {
    const double start = std::exp(static_cast<double>(examples.hint.row(0)[i]));
    const double c2 = start * (1 + std::exp(answer(layers, examples.input_of(i))));
    const double o = std::exp(static_cast<double>(examples.hint.row(1)[i]));
    const double weight = std::min(std::sqrt(1 + start), 100.0);
    sum += weight * (std::log(1 + c2) - o / (1 + o) * std::log(c2));
  }
  return sum / static_cast<double>(examples.input.paths);
}

TEST(SpreadLesson, GradientEqualsFiniteDifferences) {
  for (const int d : {1, 4}) {
    const auto model = random_model(d, 3);
    const std::size_t n = 150;  // more than one chunk
    const auto samples = test::normals(n * static_cast<std::size_t>(d), 2);
    const SpreadLesson lesson(model, samples, 5);
    const Examples examples(lesson, n);
    std::vector<DenseLayer> layers = model->spread.layers;
    const FlatNetwork network(widths_of(layers));
    const AlignedVector<float> parameters = flat_parameters(layers);
    AlignedVector<float> gradient(parameters.size());
    Scratch scratch;
    const double scale = 1.0 / static_cast<double>(n);
    const double loss =
        scale * network.gradient(parameters.data(), examples.input,
                                 lesson.loss(examples.hint, scale), gradient.data(), scratch);
    EXPECT_NEAR(loss, plain_loss(examples, layers), 1e-6 * loss);
    const float* next = gradient.data();
    for (DenseLayer& layer : layers) {
      double worst = 0, largest = 0;
      for (std::vector<float>* part : {&layer.weight, &layer.bias}) {
        for (float& parameter : *part) {
          const float middle = parameter;
          constexpr float h = 0x1p-9F;
          parameter = middle + h;
          const double up = plain_loss(examples, layers), high = parameter;
          parameter = middle - h;
          const double down = plain_loss(examples, layers), low = parameter;
          parameter = middle;
          worst = std::max(worst, std::abs(*next - (up - down) / (high - low)));
          largest = std::max(largest, std::abs(static_cast<double>(*next++)));
        }
      }
      EXPECT_LE(worst, 2e-5 * largest) << "d = " << d;
      EXPECT_GT(largest, 0);
    }
  }
}

/// d rows of heavy-tailed numbers about the size of x0 + sigma eps.
AlignedVector<float> inputs(int dimension, std::size_t stride, double sigma) {
  auto x = test::normals(static_cast<std::size_t>(dimension) * stride, 3);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double tail = i % 17 == 0 ? 1e4 : i % 5 == 0 ? 30 : 1;
    x[i] *= static_cast<float>(tail * std::sqrt(1 + sigma * sigma));
  }
  return x;
}

TEST(SpreadNetwork, FastPathAgreesWithTheReference) {
  constexpr std::size_t paths = 83, stride = padded(paths);
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    for (const int d : {1, 2, 16}) {
      const NetworkDenoiser denoiser(random_model(d, 3));
      ASSERT_TRUE(denoiser.knows_square());
      for (const double sigma : {0.002, 0.7, 80.0}) {
        const auto x = inputs(d, stride, sigma);
        AlignedVector<float> gap(x.size()), only(x.size()), square(stride);
        Scratch scratch;
        const auto levels = denoiser.at_levels(std::vector{1.0, sigma});
        levels->posterior(1, {x.data(), paths, stride}, {gap.data(), paths, stride}, square.data(),
                          scratch);
        levels->gap(1, {x.data(), paths, stride}, {only.data(), paths, stride}, scratch);
        EXPECT_EQ(gap, only);
        for (std::size_t i = 0; i < paths; ++i) {
          test::Vector point;
          for (int j = 0; j < d; ++j) {
            point.push_back(x[static_cast<std::size_t>(j) * stride + i]);
          }
          const auto exact = test::posterior_at(denoiser, sigma, point);
          EXPECT_NEAR(square[i], exact.square, 2e-5 * (3 + exact.square)) << name(isa);
          double u = 0;
          for (const double component : exact.gap) u += component * component;
          EXPECT_GE(exact.square, u);
          EXPECT_NEAR(exact.mean[0], point[0] - sigma * exact.gap[0],
                      1e-12 * std::abs(point[0]) + 1e-12);
        }
      }
    }
  }
}

TEST(SpreadNetwork, BitsDependOnNothingButThePath) {
  constexpr std::size_t paths = 333, stride = padded(paths);
  const NetworkDenoiser denoiser(random_model(3, 3));
  const auto levels = denoiser.at_levels(std::vector{0.5});
  const auto x = inputs(3, stride, 0.5);
  const auto squares = [&](std::size_t tile) {
    std::vector<float> all;
    Scratch scratch;
    for (std::size_t first = 0; first < paths; first += tile) {
      const std::size_t n = std::min(tile, paths - first);
      AlignedVector<float> piece(3 * padded(n), 1e30F), gap(3 * padded(n)), square(padded(n));
      for (std::size_t j = 0; j < 3; ++j) {
        std::copy_n(&x[j * stride + first], n, &piece[j * padded(n)]);
      }
      levels->posterior(0, {piece.data(), n, padded(n)}, {gap.data(), n, padded(n)}, square.data(),
                        scratch);
      all.insert(all.end(), square.begin(), square.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return all;
  };
  std::vector<float> expected;
  for (const Isa isa : test::fused_isas()) {
    const test::UseIsa use(isa);
    if (expected.empty()) expected = squares(paths);
    for (const std::size_t tile : {16, 48, 80, 333}) EXPECT_EQ(squares(tile), expected);
  }
}

TEST(SpreadNetwork, IsNotThereOrOfUseUnderGaussianNoise) {
  auto model = random_model(1, 3);
  model->nu = INFINITY;
  EXPECT_THROW(NetworkDenoiser{model}, InputError);
  model->spread = {};
  const NetworkDenoiser without(model);
  EXPECT_FALSE(without.knows_square());
  EXPECT_THROW(test::posterior_at(without, 1, {0.5}), InputError);
}

/// c*^2 for data s t_3 and noise t_3 (d = 1); derived in closed form, s = 1/1.7258.
double exact_square_coefficient(double x, double sigma) {
  const double data = std::sqrt(3.0) / 1.7258, noise = std::sqrt(3.0) * sigma;
  const double w = data + noise, r = w * w + x * x;
  const double n =
      w * w * (w * w + data * noise) + x * x * (data * data - data * noise + noise * noise);
  return 1.5 * r * (w * w * (w + data) + noise * x * x) / (w * n);
}

// About two seconds. The 30 ratios are within 12 %, the largest of the middle within 8 %. Swapped
// noises would turn c^2/a into a/c^2 (a factor of 100 at sigma = 20, x = 200), and a wrong a = 3
// shifts all by its factor.
TEST(SpreadNetwork, LearnsTheClosedFormOfStudentTData) {
  const auto denoiser = test::reference_model("t_edm_10k");
  constexpr std::size_t count = 200'000;
  std::vector<double> z(1);
  AlignedVector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    student_t(Stream(9, Purpose::train_data, i), Stream(9, Purpose::prior_mixing, i), 0, 3, z);
    samples[i] = static_cast<float>(z[0] / 1.7258);
  }
  TrainingOptions options;
  options.hidden = {64, 64};
  options = spread_options(options, 1500, 4e-3);
  Trainer trainer(options, std::make_shared<SpreadLesson>(denoiser, samples, options.seed), count);
  test::train(trainer, 1500);
  auto both = std::make_shared<Model>(*denoiser);
  both->spread.layers = trainer.layers();
  const NetworkDenoiser trained(both);
  for (const double sigma : {0.002, 0.02, 0.2, 1.0, 5.0, 80.0}) {
    for (const double place : {-3.0, -1.0, 0.0, 1.0, 3.0}) {
      const double x = place * std::hypot(1, sigma);
      const double learned = (3 + test::posterior_at(trained, sigma, {x}).square) / 2;
      EXPECT_NEAR(learned / exact_square_coefficient(x, sigma), 1, 0.12)
          << "sigma = " << sigma << ", x = " << x;
    }
  }
}

}  // namespace
}  // namespace htdm
