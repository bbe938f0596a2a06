/// Vector kernels of the samplers' steps, over tiles of paths in single precision.
///
/// Lanes are paths and every path sees the same operations, so results depend neither on the tile
/// nor on whether AVX2 or AVX-512 runs them. All tiles have d rows and padded columns.
#pragma once

#include "core/tile.hpp"

#include <cstddef>

namespace htdm {

/// The numbers of one stochastic step
///   x <- keep x + drift u + second v
///        + noise sqrt(max(0, constant + quadratic |w|^2 + spread (square - |w|^2))) tau,
/// u = (x - D)/sigma, v the same at a second point where the step has one, w = v there and else u,
/// square = E[|eps|^2 | x] at the point of w. With a reading and a v the root is
/// (1 - reading) sqrt(constant + quadratic |u|^2) + reading sqrt(constant + quadratic |v|^2).
/// The kernel rounds the numbers to single precision.
struct StepCoefficients {
  double drift, noise, constant, quadratic;
  double keep = 1;
  double second = 0;
  double spread = 0;
  double reading = 0;
};

/// d consecutive rows of a ring of rows: row j is row (first + j) % rows of `ring`.
struct RingRows {
  const float* ring;
  std::size_t stride;
  std::size_t rows;   ///< in the ring, at least d
  std::size_t first;  ///< < rows
};

/// What a step reads, and the state it moves.
struct StepTiles {
  Tile<float> x;
  Tile<const float> u;
  Tile<const float> v;  ///< without data where the step has no second point
  const float* square;  ///< padded(paths) numbers, or null: no spread
  RingRows z;           ///< normals
  const float* factor;  ///< tau_j = factor z_j with one factor per path; null: tau = z
};

/// One stochastic step of a tile.
void stochastic_step(const StepCoefficients& step, int dimension, const StepTiles& tiles);

/// out = keep x + h u; `out` may be `x`.
void add_scaled(int dimension, Tile<const float> x, double keep, double h, Tile<const float> u,
                Tile<float> out);

/// x <- keep x + first u + second v, second != 0.
void add_pair(int dimension, Tile<float> x, double keep, double first, Tile<const float> u,
              double second, Tile<const float> v);

}  // namespace htdm
