/// Where the paths of every sampler start.
#pragma once

#include "core/tile.hpp"

#include <cstdint>
#include <span>

namespace htdm {

/// x = sigma_max z sqrt(nu/kappa) ~ t_d(0, sigma_max^2 I, nu), z ~ N(0, I_d), kappa ~
/// chi-square(nu), one kappa per path; N(0, sigma_max^2 I) at nu = inf. The normals z of a path do
/// not depend on nu.
struct Prior {
  std::uint64_t seed;
  double sigma_max;
  double nu;  ///< > 0

  /// The start of one path, d = x.size().
  void draw(std::uint64_t path, std::span<double> x) const;

  /// The starts of consecutive paths rounded to single precision, zeros in the padding.
  void draw(std::uint64_t first_path, int dimension, Tile<float> x) const;
};

}  // namespace htdm
