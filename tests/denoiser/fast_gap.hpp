/// The fast path on a tile, and its error, for tests.
#pragma once

#include "denoiser/denoiser.hpp"

#include <algorithm>
#include <cmath>

namespace htdm::test {

inline AlignedVector<float> fast_gap(const LevelDenoiser& levels, std::size_t level, int dimension,
                                     const AlignedVector<float>& x, std::size_t paths,
                                     std::size_t stride) {
  Scratch scratch;
  AlignedVector<float> gap(static_cast<std::size_t>(dimension) * stride);
  levels.gap(level, Tile<const float>{x.data(), paths, stride},
             Tile<float>{gap.data(), paths, stride}, scratch);
  return gap;
}

/// |error of D| after taking off the two roundings that a gap in single precision cannot avoid:
/// where |x| is far above |D| they are all that is seen.
inline double error_of_d(double sigma, double gap, double reference) {
  const double error = sigma * (std::abs(gap - reference) - 0x1p-23 * std::abs(reference));
  return std::isnan(error) ? error : std::max(error, 0.0);
}

}  // namespace htdm::test
