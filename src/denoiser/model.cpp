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

/// Layers that chain from `inputs` to `outputs` numbers; `prefix` names them.
void check_layers(const std::vector<DenseLayer>& layers, int inputs, int outputs,
                  const std::string& source, const std::string& prefix) {
  check_part(!layers.empty(), source, "there are no " + prefix + "layers");
  int columns = inputs;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    check_layer(layers[i], columns, source, prefix + "layer " + std::to_string(i));
    columns = layers[i].rows;
  }
  check_part(columns == outputs, source,
             "the last " + prefix + "layer gives " + std::to_string(columns) +
                 " numbers instead of " + std::to_string(outputs));
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
  const int d = model.dimension();
  check_layers(model.layers, d + 1, d, source, "");
  if (model.spread.empty()) return;
  check_part(std::isfinite(model.nu), source, "a spread network is of no use under Gaussian noise");
  check_layers(model.spread.layers, d + 2, 1, source, "spread ");
}

std::vector<DenseLayer> initial_layers(const std::vector<int>& widths, std::uint64_t seed) {
  HTDM_EXPECTS(std::ranges::all_of(widths, [](int width) { return width >= 1; }));
  std::vector<DenseLayer> layers;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    DenseLayer& layer = layers.emplace_back();
    layer.columns = widths[i];
    layer.rows = widths[i + 1];
    layer.weight.assign(static_cast<std::size_t>(layer.rows) * layer.columns, 0.0F);
    layer.bias.assign(static_cast<std::size_t>(layer.rows), 0.0F);
    if (i + 2 < widths.size()) {
      const double bound = std::sqrt(6.0 / (layer.rows + layer.columns));
      fill_uniform(Stream(seed, Purpose::weight_initialisation, i), bound, layer.weight);
    }
  }
  return layers;
}

std::vector<DenseLayer> initial_layers(int dimension, const std::vector<int>& hidden,
                                       std::uint64_t seed) {
  std::vector<int> widths{dimension + 1};
  widths.insert(widths.end(), hidden.begin(), hidden.end());
  widths.push_back(dimension);
  return initial_layers(widths, seed);
}

}  // namespace htdm
