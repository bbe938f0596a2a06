#include "denoiser/network.hpp"

#include "core/error.hpp"
#include "denoiser/matrix_kernels.hpp"
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

/// The network with everything that depends on sigma alone computed once per level.
class NetworkLevels : public LevelDenoiser {
 public:
  NetworkLevels(const Model& model, std::span<const double> sigmas) : model_(model) {
    for (const DenseLayer& layer : model.layers) {
      width_ = std::max(width_, static_cast<std::size_t>(layer.rows));
    }
    levels_.reserve(sigmas.size());
    for (const double sigma : sigmas) add_level(sigma);
  }

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    HTDM_EXPECTS(level < levels_.size());
    for (std::size_t i = 0; i < x.paths; i += strip) {
      const std::size_t n = std::min(strip, x.paths - i);
      strip_gap(levels_[level], {x.data + i, n, x.stride}, {gap.data + i, n, gap.stride}, scratch);
    }
  }

 private:
  struct Level {
    float c_in, gap_x, gap_f;
    std::vector<float> first_bias;  ///< of the first layer, with the input c_noise folded in
  };

  void add_level(double sigma) {
    const auto p = Preconditioning::at(sigma, model_.nu);
    const DenseLayer& first = model_.layers.front();
    Level& level = levels_.emplace_back();
    level.c_in = static_cast<float>(p.c_in);
    level.gap_x = static_cast<float>(p.gap_x);
    level.gap_f = static_cast<float>(p.gap_f);
    for (int row = 0; row < first.rows; ++row) {
      const double weight = first.weight[(row + 1) * first.columns - 1];
      level.first_bias.push_back(static_cast<float>(first.bias[row] + weight * p.c_noise));
    }
  }

  void strip_gap(const Level& level, Tile<const float> x, Tile<float> gap, Scratch& scratch) const {
    const std::size_t dimension = model_.dimension();
    float* input = scratch.floats(0, dimension * strip);
    for (std::size_t j = 0; j < dimension; ++j) {
      scale(level.c_in, x.row(j), x.paths, input + j * strip);
    }
    const float* output = run_layers(level, input, padded(x.paths), scratch);
    for (std::size_t j = 0; j < dimension; ++j) {
      combine_gap(level.gap_x, x.row(j), level.gap_f, output + j * strip, x.paths, gap.row(j));
    }
  }

  /// F for `columns` paths; rows are `strip` apart.
  const float* run_layers(const Level& level, const float* input, std::size_t columns,
                          Scratch& scratch) const {
    const std::size_t last = model_.layers.size() - 1;
    for (std::size_t l = 0; l <= last; ++l) {
      const DenseLayer& layer = model_.layers[l];
      const std::size_t depth = l == 0 ? layer.columns - 1 : layer.columns;
      const float* bias = l == 0 ? level.first_bias.data() : layer.bias.data();
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

  const Model& model_;
  std::size_t width_ = 0;
  std::vector<Level> levels_;
};

}  // namespace

NetworkDenoiser::NetworkDenoiser(std::shared_ptr<const Model> model) : model_(std::move(model)) {
  check_model(*model_, "\"" + model_->name + "\"");
}

void NetworkDenoiser::gap(double sigma, Tile<const double> x, Tile<double> gap) const {
  using Stride = Eigen::OuterStride<>;
  const auto rows = static_cast<Eigen::Index>(dimension());
  const auto paths = static_cast<Eigen::Index>(x.paths);
  const auto p = Preconditioning::at(sigma, model_->nu);
  const Eigen::Map<const Matrix, 0, Stride> in(x.data, rows, paths,
                                               Stride(static_cast<Eigen::Index>(x.stride)));
  Matrix f(rows + 1, paths);
  f.topRows(rows) = p.c_in * in;
  f.bottomRows(1).setConstant(p.c_noise);
  for (std::size_t l = 0; l < model_->layers.size(); ++l) {
    if (l > 0) f = f.array() / (1 + (-f.array()).exp());
    f = apply_layer(model_->layers[l], f);
  }
  Eigen::Map<Matrix, 0, Stride> out(gap.data, rows, paths,
                                    Stride(static_cast<Eigen::Index>(gap.stride)));
  out = p.gap_x * in - p.gap_f * f;
}

std::unique_ptr<LevelDenoiser> NetworkDenoiser::at_levels(std::span<const double> sigmas) const {
  return std::make_unique<NetworkLevels>(*model_, sigmas);
}

}  // namespace htdm
