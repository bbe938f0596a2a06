#include "denoiser/model.hpp"

#include "core/error.hpp"
#include "random/draws.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace htdm {
namespace {

void check_part(bool holds, const std::string& source, const std::string& what) {
  check_input(holds, "model in " + source + ": " + what, "It cannot be evaluated",
              "Write the file again with htdm run or analysis/import_weights.py");
}

template <class T>
bool all_finite(const std::vector<T>& numbers) {
  return std::ranges::all_of(numbers, [](T value) { return std::isfinite(value); });
}

void check_normalization(const Normalization& n, const std::string& source) {
  check_part(n.dimension() >= 1, source, "the dimension is 0");
  check_part(n.deviation.size() == n.mean.size(), source, "mean and deviation differ in length");
  check_part(all_finite(n.mean) && all_finite(n.deviation), source,
             "a mean or deviation is not finite");
  check_part(std::ranges::all_of(n.deviation, [](double s) { return s > 0; }), source,
             "a deviation is not positive");
}

void check_layer(const DenseLayer& layer, int columns, const std::string& source,
                 const std::string& name) {
  check_part(layer.rows >= 1 && layer.columns == columns, source,
             name + " is " + std::to_string(layer.rows) + " x " + std::to_string(layer.columns) +
                 " but should have at least one row and " + std::to_string(columns) + " columns");
  const std::size_t rows = layer.rows;
  check_part(
      layer.weight.size() == rows * static_cast<std::size_t>(columns) && layer.bias.size() == rows,
      source, name + " holds another number of weights or biases than its shape says");
  check_part(all_finite(layer.weight) && all_finite(layer.bias), source,
             name + " holds a number that is not finite");
}

/// U(-bound, bound) in index order: two numbers from the four words of each step.
void fill_uniform(const Stream& stream, double bound, std::span<float> out) {
  for (std::size_t k = 0; k < out.size(); k += 2) {
    const Words w = stream.words(static_cast<std::uint32_t>(k / 2));
    out[k] = static_cast<float>(bound * (2 * open_uniform(w[0], w[1]) - 1));
    if (k + 1 < out.size()) {
      out[k + 1] = static_cast<float>(bound * (2 * open_uniform(w[2], w[3]) - 1));
    }
  }
}

}  // namespace

void check_model(const Model& model, const std::string& source) {
  check_part(model.nu > 2, source,
             "nu = " + std::to_string(model.nu) + " is not above 2 (inf for Gaussian noise)");
  check_normalization(model.normalization, source);
  check_part(!model.layers.empty(), source, "there are no layers");
  int columns = model.dimension() + 1;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    check_layer(model.layers[i], columns, source, "layer " + std::to_string(i));
    columns = model.layers[i].rows;
  }
  check_part(columns == model.dimension(), source,
             "the last layer gives " + std::to_string(columns) + " numbers for data of dimension " +
                 std::to_string(model.dimension()));
}

std::vector<DenseLayer> initial_layers(int dimension, const std::vector<int>& hidden,
                                       std::uint64_t seed) {
  HTDM_EXPECTS(dimension >= 1);
  HTDM_EXPECTS(std::ranges::all_of(hidden, [](int width) { return width >= 1; }));
  std::vector<int> rows = hidden;
  rows.push_back(dimension);
  std::vector<DenseLayer> layers;
  int columns = dimension + 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    DenseLayer& layer = layers.emplace_back();
    layer.rows = rows[i];
    layer.columns = columns;
    layer.weight.assign(static_cast<std::size_t>(rows[i]) * columns, 0.0F);
    layer.bias.assign(rows[i], 0.0F);
    if (i + 1 < rows.size()) {
      const double bound = std::sqrt(6.0 / (rows[i] + columns));
      fill_uniform(Stream(seed, Purpose::weight_initialisation, i), bound, layer.weight);
    }
    columns = rows[i];
  }
  return layers;
}

}  // namespace htdm
