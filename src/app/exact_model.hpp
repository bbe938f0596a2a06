/// Models that are no networks: the exact posterior of the data law, and of the training sample.
#pragma once

#include "denoiser/denoiser.hpp"
#include "diffusion/normalization.hpp"
#include "diffusion/target.hpp"
#include "io/study.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace htdm {

/// Whether `model` takes the training sample itself for the data law: kind = "empirical", or
/// "exact" where no other law is known.
bool is_empirical(const DataSection& data, const ModelSection& model);

/// Whether `denoiser = "auto"` means a table for `model`: of networks in one dimension, and of
/// exact posteriors with a Student-t law in them, where a table can hold them, except two points,
/// which are as cheap themselves.
bool best_tabulated(const DataSection& data, const ModelSection& model);

/// The normalisation of an exact model: that of the training sample, but one deviation for all
/// components, their root mean square, unless the model is_empirical. It keeps isotropic laws so.
Normalization exact_normalization(const DataSection& data, const ModelSection& model,
                                  const Normalization& sample);

/// The points center +- a of two-point data, in z-space.
struct TwoPoints {
  std::vector<double> center, a;

  /// |a|.
  double radius() const;
};
/// None for other data.
std::optional<TwoPoints> two_points(const Target& target, const Normalization& scale);

/// The exact denoiser of `target`, which has a law, z-scored by `scale`; noise t_d(0, I, nu).
std::shared_ptr<const Denoiser> exact_denoiser(const Target& target, const Normalization& scale,
                                               double nu);

}  // namespace htdm
