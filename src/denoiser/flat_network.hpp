/// The network as one vector of parameters, and the gradient of a loss of its outputs.
#pragma once

#include "core/tile.hpp"
#include "denoiser/model.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace htdm {

/// The loss of outputs of paths first ... first + output.paths - 1: returns its sum over them and
/// writes its derivative by every output, times a factor that whoever made it knows, to `slope`,
/// laid out as `output`. Called for a hundred paths at a time.
using OutputLoss =
    std::function<double(std::size_t first, Tile<const float> output, Tile<float> slope)>;

/// sum of (output - target)^2 over paths and the `rows` rows, the slope times `scale`.
OutputLoss squared_error(Tile<const float> target, std::size_t rows, double scale);

/// The numbers of layers as FlatNetwork orders them, and their widths, inputs first.
AlignedVector<float> flat_parameters(const std::vector<DenseLayer>& layers);
std::vector<int> widths_of(const std::vector<DenseLayer>& layers);

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

  /// Returns L, the sum over paths of loss(F(input)), and writes gradient = dL/dparameters times
  /// the factor in the slopes of `loss`. Rows of input: the first width. Columns of input up to
  /// padded(paths) must hold finite numbers.
  /// Sums run in path order, so the result depends on nothing but the arguments (and is the same
  /// on AVX2 and AVX-512). Scratch: slots 1 to 3.
  double gradient(const float* parameters, Tile<const float> input, const OutputLoss& loss,
                  float* gradient, Scratch& scratch) const;

  /// F(input) in as many rows as the last width, the same conditions and scratch.
  void outputs(const float* parameters, Tile<const float> input, Tile<float> output,
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
