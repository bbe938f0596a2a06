#include "denoiser/flat_network.hpp"

#include "core/error.hpp"
#include "denoiser/matrix_kernels.hpp"
#include "denoiser/vector_kernels.hpp"

#include <algorithm>

namespace htdm {
namespace {

/// Paths that go forward and backward together; what they need fits the second-level cache.
constexpr std::size_t chunk = 128;

/// Rows of a chunk are an odd number of cache lines apart, or they would share a few cache sets.
constexpr std::size_t row_stride = chunk + lane_multiple;

/// How far apart the rows of the transposed activations are; there is one per path.
std::size_t transposed_stride(std::size_t width) {
  return padded(width) + lane_multiple;
}

}  // namespace

/// Scratch of one chunk. Hidden layer l has its values at values[l] and its SiLU slopes at
/// slopes[l]; the last layer has values only.
struct FlatNetwork::Workspace {
  float* values;
  float* slopes;
  float* delta;
  float* next_delta;
  float* transposed;
  float* padded_weights;
  std::size_t layer_size;

  float* layer_values(std::size_t l) const { return values + l * layer_size; }
  float* layer_slopes(std::size_t l) const { return slopes + l * layer_size; }
};

OutputLoss squared_error(Tile<const float> target, std::size_t rows, double scale) {
  return [=](std::size_t first, Tile<const float> output, Tile<float> slope) {
    double sum = 0;
    for (std::size_t j = 0; j < rows; ++j) {
      const float* const wanted = target.row(j) + first;
      for (std::size_t i = 0; i < output.paths; ++i) {
        const double error = static_cast<double>(output.row(j)[i]) - wanted[i];
        slope.row(j)[i] = static_cast<float>(2 * scale * error);
        sum += error * error;
      }
    }
    return sum;
  };
}

AlignedVector<float> flat_parameters(const std::vector<DenseLayer>& layers) {
  AlignedVector<float> parameters;
  for (const DenseLayer& layer : layers) {
    parameters.insert(parameters.end(), layer.weight.begin(), layer.weight.end());
    parameters.insert(parameters.end(), layer.bias.begin(), layer.bias.end());
  }
  return parameters;
}

std::vector<int> widths_of(const std::vector<DenseLayer>& layers) {
  std::vector<int> widths{layers.front().columns};
  for (const DenseLayer& layer : layers) widths.push_back(layer.rows);
  return widths;
}

FlatNetwork::FlatNetwork(const std::vector<int>& widths) {
  HTDM_EXPECTS(widths.size() >= 2);
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const auto columns = static_cast<std::size_t>(widths[l]);
    const auto rows = static_cast<std::size_t>(widths[l + 1]);
    layers_.push_back({rows, columns, parameters_, parameters_ + rows * columns});
    parameters_ += rows * (columns + 1);
    widest_ = std::max({widest_, columns, rows});
  }
}

FlatNetwork::Workspace FlatNetwork::workspace(Scratch& scratch) const {
  const std::size_t layer_size = widest_ * row_stride;
  float* values = scratch.floats(1, 2 * layers_.size() * layer_size);
  float* delta = scratch.floats(2, 2 * layer_size + chunk * transposed_stride(widest_));
  return {.values = values,
          .slopes = values + layers_.size() * layer_size,
          .delta = delta,
          .next_delta = delta + layer_size,
          .transposed = delta + 2 * layer_size,
          .padded_weights = scratch.floats(3, widest_ * padded(widest_)),
          .layer_size = layer_size};
}

double FlatNetwork::gradient(const float* parameters, Tile<const float> input,
                             const OutputLoss& loss, float* gradient, Scratch& scratch) const {
  Workspace work = workspace(scratch);
  const std::size_t last = layers_.size() - 1;
  double sum = 0;
  std::fill(gradient, gradient + parameters_, 0.0F);
  for (std::size_t i = 0; i < input.paths; i += chunk) {
    const std::size_t n = std::min(chunk, input.paths - i);
    const Tile<const float> x{input.data + i, n, input.stride};
    forward(parameters, x, work);
    const Tile<float> slope{work.delta, n, row_stride};
    sum += loss(i, {work.layer_values(last), n, row_stride}, slope);
    for (std::size_t j = 0; j < layers_[last].rows; ++j) {
      std::fill(slope.row(j) + n, slope.row(j) + padded(n), 0.0F);
    }
    backward(parameters, x, gradient, work);
  }
  return sum;
}

void FlatNetwork::outputs(const float* parameters, Tile<const float> input, Tile<float> output,
                          Scratch& scratch) const {
  Workspace work = workspace(scratch);
  const std::size_t last = layers_.size() - 1;
  for (std::size_t i = 0; i < input.paths; i += chunk) {
    const std::size_t n = std::min(chunk, input.paths - i);
    forward(parameters, {input.data + i, n, input.stride}, work);
    for (std::size_t j = 0; j < layers_[last].rows; ++j) {
      std::copy_n(work.layer_values(last) + j * row_stride, n, output.row(j) + i);
    }
  }
}

void FlatNetwork::forward(const float* parameters, Tile<const float> input, Workspace& work) const {
  const float* b = input.data;
  std::size_t stride = input.stride;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const Product product{.rows = layer.rows,
                          .columns = padded(input.paths),
                          .depth = layer.columns,
                          .a = parameters + layer.weight,
                          .a_row = layer.columns,
                          .a_column = 1,
                          .b = b,
                          .b_stride = stride,
                          .c = work.layer_values(l),
                          .c_stride = row_stride};
    if (l + 1 == layers_.size()) {
      multiply_add(product, parameters + layer.bias);
    } else {
      multiply_silu_slope(product, parameters + layer.bias, work.layer_slopes(l));
    }
    b = product.c;
    stride = row_stride;
  }
}

void FlatNetwork::backward(const float* parameters, Tile<const float> input, float* gradient,
                           Workspace& work) const {
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    const Tile<const float> below =
        l == 0 ? input : Tile<const float>{work.layer_values(l - 1), input.paths, row_stride};
    add_weight_gradient(layer, below, work.delta, gradient, work);
    add_row_sums(work.delta, row_stride, layer.rows, padded(input.paths), gradient + layer.bias);
    if (l == 0) break;
    multiply_scaled({.rows = layer.columns,
                     .columns = padded(input.paths),
                     .depth = layer.rows,
                     .a = parameters + layer.weight,
                     .a_row = 1,
                     .a_column = layer.columns,
                     .b = work.delta,
                     .b_stride = row_stride,
                     .c = work.next_delta,
                     .c_stride = row_stride},
                    work.layer_slopes(l - 1));
    std::swap(work.delta, work.next_delta);
  }
}

/// dL/dW += delta input^T. Rows that are no whole number of vectors take a way round by padded
/// ones.
void FlatNetwork::add_weight_gradient(const Layer& layer, Tile<const float> input,
                                      const float* delta, float* gradient, Workspace& work) const {
  const std::size_t width = padded(layer.columns);
  transpose(input.data, input.stride, layer.columns, input.paths, work.transposed,
            transposed_stride(widest_));
  Product product{.rows = layer.rows,
                  .columns = width,
                  .depth = input.paths,
                  .a = delta,
                  .a_row = row_stride,
                  .a_column = 1,
                  .b = work.transposed,
                  .b_stride = transposed_stride(widest_),
                  .c = gradient + layer.weight,
                  .c_stride = width};
  if (width == layer.columns) {
    multiply_accumulate(product);
    return;
  }
  product.c = work.padded_weights;
  std::fill(product.c, product.c + layer.rows * width, 0.0F);
  multiply_accumulate(product);
  for (std::size_t row = 0; row < layer.rows; ++row) {
    add_to(gradient + layer.weight + row * layer.columns, product.c + row * width, layer.columns);
  }
}

}  // namespace htdm
