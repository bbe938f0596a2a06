/// A trained denoiser as a value: what a model file holds and ranks send each other.
#pragma once

#include "diffusion/normalization.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace htdm {

/// y = W x + b; W is rows x columns, row after row.
struct DenseLayer {
  int rows = 0;
  int columns = 0;
  std::vector<float> weight;
  std::vector<float> bias;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& rows& columns& weight& bias;
  }
  friend bool operator==(const DenseLayer&, const DenseLayer&) = default;
};

/// Mean training loss over the steps [first_step, first_step + steps).
struct LossRecord {
  std::int64_t first_step = 0;
  std::int64_t steps = 0;
  double loss = 0;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& first_step& steps& loss;
  }
  friend bool operator==(const LossRecord&, const LossRecord&) = default;
};

/// How a learned c^2 meets two limits of the exact one at a noise level; intervals are 95 %.
struct SpreadLimit {
  double sigma = 0;
  /// E_p[w c^2]/E_p[w c*^2], w = 1/(c^2 + a), a = nu/(nu - 2), over the marginal p. 1 when right:
  /// E_p[w c*^2] = a E_p'[w], p' of spread.hpp, whose w = 1 is E_p c*^2 = a.
  double mean = 0, mean_low = 0, mean_high = 0;
  /// Median over p of c^2/a; 1 for small sigma where the data have a smooth density.
  double median = 0, median_low = 0, median_high = 0;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& sigma& mean& mean_low& mean_high& median& median_low& median_high;
  }
  friend bool operator==(const SpreadLimit&, const SpreadLimit&) = default;
};

/// The network of spread.hpp, (d+2) -> hidden ... -> 1, trained beside a denoiser; may be absent.
struct SpreadNetwork {
  std::vector<DenseLayer> layers;
  std::vector<LossRecord> loss;
  std::int64_t steps = 0;
  std::vector<SpreadLimit> limits;

  bool empty() const { return layers.empty(); }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& layers& loss& steps& limits;
  }
  friend bool operator==(const SpreadNetwork&, const SpreadNetwork&) = default;
};

/// Network F with inputs (c_in x, c_noise): (d+1) -> hidden ... -> d, SiLU between layers, under
/// the preconditioning of diffusion/preconditioning.hpp (c_noise = ln(sigma)/4).
struct Model {
  std::string name;
  double nu = 0;  ///< degrees of freedom of the training noise; inf is Gaussian
  Normalization normalization;
  std::vector<DenseLayer> layers;
  std::vector<LossRecord> loss;
  std::int64_t steps = 0;  ///< optimiser steps behind the weights
  SpreadNetwork spread;    ///< for noise with finite nu only

  int dimension() const { return normalization.dimension(); }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& nu& normalization& layers& loss& steps& spread;
  }
  friend bool operator==(const Model&, const Model&) = default;
};

/// Throws InputError (naming `source`) unless layer shapes chain from d + 1 to d (of the spread
/// network from d + 2 to 1), sizes agree, every number is finite, nu > 2 (finite where there is a
/// spread network) and every deviation is positive.
void check_model(const Model& model, const std::string& source);

/// Shapes widths[0] -> widths[1] ...: Xavier-uniform weights, zero biases, zero output layer.
std::vector<DenseLayer> initial_layers(const std::vector<int>& widths, std::uint64_t seed);

/// The same of a denoiser, (d+1) -> hidden ... -> d.
std::vector<DenseLayer> initial_layers(int dimension, const std::vector<int>& hidden,
                                       std::uint64_t seed);

}  // namespace htdm
