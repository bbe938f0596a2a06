#include "denoiser/model.hpp"

#include "core/error.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Model valid_model(int dimension = 2) {
  Model model;
  model.name = "edm";
  model.nu = inf;
  model.normalization.mean.assign(dimension, 0.5);
  model.normalization.deviation.assign(dimension, 2);
  model.layers = initial_layers(dimension, {8, 4}, 1);
  return model;
}

TEST(CheckModel, AcceptsEveryShapeThatChains) {
  EXPECT_NO_THROW(check_model(valid_model(), "m.h5"));
  Model shallow = valid_model(3);
  shallow.nu = 2.1;
  shallow.layers = initial_layers(3, {}, 1);
  EXPECT_NO_THROW(check_model(shallow, "m.h5"));
}

TEST(CheckModel, RefusesWhatCannotBeEvaluatedAndNamesTheSource) {
  using Damage = std::function<void(Model&)>;
  const std::pair<const char*, Damage> damages[] = {
      {"nu", [](Model& m) { m.nu = 2; }},
      {"nu", [](Model& m) { m.nu = std::nan(""); }},
      {"dimension is 0", [](Model& m) { m.normalization = {}; }},
      {"length", [](Model& m) { m.normalization.deviation.pop_back(); }},
      {"deviation", [](Model& m) { m.normalization.deviation[1] = 0; }},
      {"not finite", [](Model& m) { m.normalization.mean[0] = std::nan(""); }},
      {"not finite", [](Model& m) { m.normalization.deviation[0] = inf; }},
      {"no layers", [](Model& m) { m.layers.clear(); }},
      {"layer 0", [](Model& m) { m.layers.erase(m.layers.begin()); }},
      {"layer 1", [](Model& m) { m.layers.erase(m.layers.begin() + 1); }},
      {"last layer", [](Model& m) { m.layers.pop_back(); }},
      {"layer 1", [](Model& m) { m.layers[1].weight.pop_back(); }},
      {"layer 1", [](Model& m) { m.layers[1].bias.push_back(0); }},
      {"layer 0", [](Model& m) { m.layers[0].rows = -8; }},
      {"layer 0", [](Model& m) { m.layers[0].weight[3] = std::nanf(""); }},
      {"layer 2", [](Model& m) { m.layers[2].bias[0] = std::numeric_limits<float>::infinity(); }},
  };
  for (const auto& [part, damage] : damages) {
    Model model = valid_model();
    damage(model);
    try {
      check_model(model, "folder/m.h5");
      FAIL() << "accepted: " << part;
    } catch (const InputError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("folder/m.h5"), std::string::npos) << message;
      EXPECT_NE(message.find(part), std::string::npos) << message;
    }
  }
}

TEST(InitialLayers, HaveTheShapesOfTheNetwork) {
  const std::vector<DenseLayer> layers = initial_layers(3, {128, 64}, 5);
  ASSERT_EQ(layers.size(), 3U);
  const int shapes[3][2] = {{128, 4}, {64, 128}, {3, 64}};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(layers[i].rows, shapes[i][0]);
    EXPECT_EQ(layers[i].columns, shapes[i][1]);
    EXPECT_EQ(layers[i].weight.size(), static_cast<std::size_t>(shapes[i][0] * shapes[i][1]));
    EXPECT_EQ(layers[i].bias, std::vector<float>(shapes[i][0], 0.0F));
  }
  EXPECT_EQ(layers[2].weight, std::vector<float>(3 * 64, 0.0F));
}

TEST(InitialLayers, AreXavierUniform) {
  // Level 1e-6 with 16384 weights: a bound wrong by 4 % is seen; the extremes pin it from above.
  const DenseLayer layer = initial_layers(1, {128, 128}, 5)[1];
  const double bound = std::sqrt(6.0 / 256);
  const auto cdf = [bound](double w) { return (w / bound + 1) / 2; };
  EXPECT_GT(test::ks_p_value({layer.weight.begin(), layer.weight.end()}, cdf), 1e-6);
  for (float w : layer.weight) EXPECT_LE(std::abs(w), bound);
}

TEST(InitialLayers, FirstLayerBoundFollowsItsFans) {
  // 256 x 2: bound sqrt(6/258); among 512 weights the largest lies above 0.95 of it except with
  // probability 0.95^512 = 4e-12.
  const DenseLayer layer = initial_layers(1, {256}, 5)[0];
  float largest = 0;
  for (float w : layer.weight) largest = std::max(largest, std::abs(w));
  EXPECT_LE(largest, std::sqrt(6.0F / 258));
  EXPECT_GT(largest, 0.95F * std::sqrt(6.0F / 258));
}

TEST(InitialLayers, DependOnTheSeedAndTheLayer) {
  const std::vector<DenseLayer> one = initial_layers(7, {8, 8, 8}, 1);
  EXPECT_EQ(one, initial_layers(7, {8, 8, 8}, 1));
  EXPECT_NE(one[0].weight, initial_layers(7, {8, 8, 8}, 2)[0].weight);
  EXPECT_NE(one[0].weight, one[1].weight);  // the same shape, other words
  EXPECT_NE(one[1].weight, one[2].weight);
}

}  // namespace
}  // namespace htdm
