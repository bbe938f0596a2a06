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

/// Network F with inputs (c_in x, c_noise): (d+1) -> hidden ... -> d, SiLU between layers, under
/// the preconditioning of diffusion/preconditioning.hpp (c_noise = ln(sigma)/4).
struct Model {
  std::string name;
  double nu = 0;  ///< degrees of freedom of the training noise; inf is Gaussian
  Normalization normalization;
  std::vector<DenseLayer> layers;
  std::vector<LossRecord> loss;
  std::int64_t steps = 0;  ///< optimiser steps behind the weights

  int dimension() const { return normalization.dimension(); }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& nu& normalization& layers& loss& steps;
  }
  friend bool operator==(const Model&, const Model&) = default;
};

/// Throws InputError (naming `source`) unless layer shapes chain from d + 1 to d, sizes agree,
/// every number is finite, nu > 2 and every deviation is positive.
void check_model(const Model& model, const std::string& source);

/// Shapes (d+1) -> hidden ... -> d: Xavier-uniform weights, zero biases, zero output layer.
std::vector<DenseLayer> initial_layers(int dimension, const std::vector<int>& hidden,
                                       std::uint64_t seed);

}  // namespace htdm
