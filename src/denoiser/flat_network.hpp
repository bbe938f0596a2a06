/// The network as one vector of parameters, and the gradient of its squared error.
#pragma once

#include "core/tile.hpp"

#include <cstddef>
#include <vector>

namespace htdm {

/// Layers widths[l] -> widths[l + 1] with SiLU between them; the parameters lie layer by layer,
/// weights row after row, then biases.
class FlatNetwork {
 public:
  struct Layer {
    std::size_t rows, columns;
    std::size_t weight, bias;  ///< where they begin
  };

  /// At least two widths, all positive.
  explicit FlatNetwork(const std::vector<int>& widths);

  std::size_t parameters() const { return parameters_; }
  const std::vector<Layer>& layers() const { return layers_; }

  /// L = sum over paths and components of (F(input) - target)^2. Returns L; writes
  /// gradient = scale dL/dparameters. Rows of input: the first width; of target: the last. Columns
  /// of input up to padded(paths) must hold finite numbers.
  /// Sums run in path order, so the result depends on nothing but the arguments (and is the same
  /// on AVX2 and AVX-512). Scratch: slots 1 to 3.
  double squared_error_gradient(const float* parameters, Tile<const float> input,
                                Tile<const float> target, double scale, float* gradient,
                                Scratch& scratch) const;

 private:
  struct Workspace;

  Workspace workspace(Scratch& scratch) const;
  void forward(const float* parameters, Tile<const float> input, Workspace& work) const;
  void backward(const float* parameters, Tile<const float> input, float* gradient,
                Workspace& work) const;
  void add_weight_gradient(const Layer& layer, Tile<const float> input, const float* delta,
                           float* gradient, Workspace& work) const;

  std::vector<Layer> layers_;
  std::size_t parameters_ = 0;
  std::size_t widest_ = 0;
};

}  // namespace htdm
