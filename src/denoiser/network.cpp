#include "denoiser/network.hpp"

#include "core/error.hpp"
#include "denoiser/matrix_kernels.hpp"
#include "denoiser/spread.hpp"
#include "denoiser/spread_kernels.hpp"
#include "denoiser/vector_kernels.hpp"
#include "diffusion/preconditioning.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <utility>
#include <vector>

namespace htdm {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Paths that go through all layers together. Their activations stay in the first-level cache, and
/// they are a whole number of register blocks on AVX-512 and AVX2.
constexpr std::size_t strip = 48;

/// bias + W input in double precision; one column per path.
Matrix apply_layer(const DenseLayer& layer, const Matrix& input) {
  using Weights = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Weights> weight(layer.weight.data(), layer.rows, layer.columns);
  const Eigen::Map<const Eigen::VectorXf> bias(layer.bias.data(), layer.rows);
  Matrix output = weight.cast<double>() * input;
  output.colwise() += bias.cast<double>();
  return output;
}

/// The answer of layers with SiLU between them; one column per path.
Matrix apply_layers(const std::vector<DenseLayer>& layers, Matrix f) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (l > 0) f = f.array() / (1 + (-f.array()).exp());
    f = apply_layer(layers[l], f);
  }
  return f;
}

/// F of the denoiser at x in double precision.
Matrix network_output(const Model& model, const Preconditioning& p, Tile<const double> x) {
  const auto rows = static_cast<Eigen::Index>(model.dimension());
  const auto paths = static_cast<Eigen::Index>(x.paths);
  const Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> in(
      x.data, rows, paths, Eigen::OuterStride<>(static_cast<Eigen::Index>(x.stride)));
  Matrix inputs(rows + 1, paths);
  inputs.topRows(rows) = p.c_in * in;
  inputs.bottomRows(1).setConstant(p.c_noise);
  return apply_layers(model.layers, std::move(inputs));
}

/// Layers whose last input is c_noise, the same for all paths of a level: it is folded into the
/// first bias.
class LevelLayers {
 public:
  explicit LevelLayers(const std::vector<DenseLayer>& layers) : layers_(layers) {
    for (const DenseLayer& layer : layers_) {
      width_ = std::max(width_, static_cast<std::size_t>(layer.rows));
    }
  }

  void add_level(double c_noise) {
    const DenseLayer& first = layers_.front();
    std::vector<float>& bias = first_bias_.emplace_back();
    for (int row = 0; row < first.rows; ++row) {
      const double weight = first.weight[(row + 1) * first.columns - 1];
      bias.push_back(static_cast<float>(first.bias[row] + weight * c_noise));
    }
  }

  /// The answer for `columns` paths; rows are `strip` apart. Scratch: slots 1 and 2.
  const float* run(std::size_t level, const float* input, std::size_t columns,
                   Scratch& scratch) const {
    const std::size_t last = layers_.size() - 1;
    for (std::size_t l = 0; l <= last; ++l) {
      const DenseLayer& layer = layers_[l];
      const std::size_t depth = l == 0 ? layer.columns - 1 : layer.columns;
      const float* bias = l == 0 ? first_bias_[level].data() : layer.bias.data();
      float* output = scratch.floats(1 + l % 2, width_ * strip);
      const Product product{.rows = static_cast<std::size_t>(layer.rows),
                            .columns = columns,
                            .depth = depth,
                            .a = layer.weight.data(),
                            .a_row = static_cast<std::size_t>(layer.columns),
                            .a_column = 1,
                            .b = input,
                            .b_stride = strip,
                            .c = output,
                            .c_stride = strip};
      if (l == last) {
        multiply_add(product, bias);
      } else {
        multiply_silu(product, bias);
      }
      input = output;
    }
    return input;
  }

 private:
  const std::vector<DenseLayer>& layers_;
  std::size_t width_ = 0;
  std::vector<std::vector<float>> first_bias_;
};

/// The networks with everything that depends on sigma alone computed once per level.
class NetworkLevels : public LevelDenoiser {
 public:
  NetworkLevels(const Model& model, std::span<const double> sigmas)
      : dimension_(static_cast<std::size_t>(model.dimension())),
        nu_(static_cast<float>(model.nu)),
        network_(model.layers),
        spread_(model.spread.layers) {
    for (const double sigma : sigmas) {
      const auto p = Preconditioning::at(sigma, model.nu);
      levels_.push_back(
          {static_cast<float>(p.c_in), static_cast<float>(p.gap_x), static_cast<float>(p.gap_f)});
      network_.add_level(p.c_noise);
      if (!model.spread.empty()) spread_.add_level(p.c_noise);
    }
    knows_square_ = !model.spread.empty();
  }

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    for_strips(x, gap, [&](std::size_t, Tile<const float> some, Tile<float> result) {
      strip_gap(level, some, result, scratch);
    });
  }

  void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                 Scratch& scratch) const override {
    if (!knows_square_) return LevelDenoiser::posterior(level, x, gap, square, scratch);
    for_strips(x, gap, [&](std::size_t first, Tile<const float> some, Tile<float> result) {
      strip_gap(level, some, result, scratch);
      const Tile<float> features{scratch.floats(3, (dimension_ + 1) * strip), some.paths, strip};
      spread_feature_tile(levels_[level].c_in, some, dimension_, features);
      const float* const g = spread_.run(level, features.data, padded(some.paths), scratch);
      spread_square_tile(nu_, result, dimension_, g, square + first);
    });
  }

 private:
  struct Level {
    float c_in, gap_x, gap_f;
  };

  template <class Body>
  void for_strips(Tile<const float> x, Tile<float> gap, const Body& body) const {
    for (std::size_t i = 0; i < x.paths; i += strip) {
      const std::size_t n = std::min(strip, x.paths - i);
      body(i, Tile<const float>{x.data + i, n, x.stride}, Tile<float>{gap.data + i, n, gap.stride});
    }
  }

  void strip_gap(std::size_t level, Tile<const float> x, Tile<float> gap, Scratch& scratch) const {
    HTDM_EXPECTS(level < levels_.size());
    const Level& at = levels_[level];
    float* input = scratch.floats(0, dimension_ * strip);
    for (std::size_t j = 0; j < dimension_; ++j) {
      scale(at.c_in, x.row(j), x.paths, input + j * strip);
    }
    const float* output = network_.run(level, input, padded(x.paths), scratch);
    for (std::size_t j = 0; j < dimension_; ++j) {
      combine_gap(at.gap_x, x.row(j), at.gap_f, output + j * strip, x.paths, gap.row(j));
    }
  }

  std::size_t dimension_;
  float nu_;
  bool knows_square_ = false;
  LevelLayers network_, spread_;
  std::vector<Level> levels_;
};

}  // namespace

NetworkDenoiser::NetworkDenoiser(std::shared_ptr<const Model> model) : model_(std::move(model)) {
  check_model(*model_, "\"" + model_->name + "\"");
}

void NetworkDenoiser::gap(double sigma, Tile<const double> x, Tile<double> gap) const {
  const auto p = Preconditioning::at(sigma, model_->nu);
  const Matrix f = network_output(*model_, p, x);
  for (Eigen::Index j = 0; j < f.rows(); ++j) {
    const auto row = static_cast<std::size_t>(j);
    for (std::size_t i = 0; i < x.paths; ++i) {
      gap.row(row)[i] = p.gap_x * x.row(row)[i] - p.gap_f * f(j, static_cast<Eigen::Index>(i));
    }
  }
}

void NetworkDenoiser::posterior(double sigma, Tile<const double> x,
                                const PosteriorTiles& out) const {
  if (!knows_square()) return Denoiser::posterior(sigma, x, out);
  const auto d = static_cast<Eigen::Index>(dimension());
  const auto paths = static_cast<Eigen::Index>(x.paths);
  const auto p = Preconditioning::at(sigma, model_->nu);
  const Matrix f = network_output(*model_, p, x);
  Matrix features(d + 2, paths);
  std::vector<double> y(static_cast<std::size_t>(d)), gap_square(x.paths);
  for (Eigen::Index i = 0; i < paths; ++i) {
    const auto path = static_cast<std::size_t>(i);
    for (Eigen::Index j = 0; j < d; ++j) {
      const auto row = static_cast<std::size_t>(j);
      const double component = x.row(row)[path], u = p.gap_x * component - p.gap_f * f(j, i);
      if (out.gap.data != nullptr) out.gap.row(row)[path] = u;
      if (out.mean.data != nullptr) {
        out.mean.row(row)[path] = p.c_skip * component + p.c_out * f(j, i);
      }
      gap_square[path] += u * u;
      y[row] = p.c_in * component;
    }
    features(d, i) = spread_features(y);
    for (Eigen::Index j = 0; j < d; ++j) features(j, i) = y[static_cast<std::size_t>(j)];
  }
  if (out.square == nullptr) return;
  features.bottomRows(1).setConstant(p.c_noise);
  const Matrix g = apply_layers(model_->spread.layers, std::move(features));
  for (Eigen::Index i = 0; i < paths; ++i) {
    out.square[i] = spread_square(model_->nu, gap_square[static_cast<std::size_t>(i)], g(0, i));
  }
}

std::unique_ptr<LevelDenoiser> NetworkDenoiser::at_levels(std::span<const double> sigmas) const {
  return std::make_unique<NetworkLevels>(*model_, sigmas);
}

}  // namespace htdm
