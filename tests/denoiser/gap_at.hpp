/// A denoiser at one point, for tests.
#pragma once

#include "denoiser/denoiser.hpp"

#include <vector>

namespace htdm::test {

using Vector = std::vector<double>;

/// (x - D)/sigma at one point.
inline Vector gap_at(const Denoiser& denoiser, double sigma, const Vector& x) {
  Vector result(x.size());
  denoiser.gap(sigma, Tile<const double>{x.data(), 1, 1}, Tile<double>{result.data(), 1, 1});
  return result;
}

inline double gap_at(const Denoiser& denoiser, double sigma, double x) {
  return gap_at(denoiser, sigma, Vector{x})[0];
}

}  // namespace htdm::test
