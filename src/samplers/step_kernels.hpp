/// Vector kernels of the samplers' steps, over tiles of paths in single precision.
///
/// Lanes are paths and every path sees the same operations, so results depend neither on the tile
/// nor on whether AVX2 or AVX-512 runs them. All tiles have d rows and padded columns.
#pragma once

#include "core/tile.hpp"

#include <cstddef>

namespace htdm {

/// The numbers of one stochastic step
///   x <- keep x + drift u + noise sqrt(constant + quadratic |u|^2) tau,  u = (x - D)/sigma.
struct StepCoefficients {
  double drift, noise, constant, quadratic;  ///< the kernel rounds them to single precision
  double keep = 1;                           ///< likewise
};

/// d consecutive rows of a ring of rows: row j is row (first + j) % rows of `ring`.
struct RingRows {
  const float* ring;
  std::size_t stride;
  std::size_t rows;   ///< in the ring, at least d
  std::size_t first;  ///< < rows
};

/// One stochastic step of a tile with tau = z, or tau_j = factor z_j with one factor per path
/// (padded(paths) numbers) when `factor` is not null.
void stochastic_step(const StepCoefficients& step, int dimension, Tile<float> x,
                     Tile<const float> u, RingRows z, const float* factor);

/// out = keep x + h u; `out` may be `x`.
void add_scaled(int dimension, Tile<const float> x, double keep, double h, Tile<const float> u,
                Tile<float> out);

/// x <- keep x + first u + second v, second != 0.
void add_pair(int dimension, Tile<float> x, double keep, double first, Tile<const float> u,
              double second, Tile<const float> v);

}  // namespace htdm
