/// The Denoiser seam: D(x, sigma), an estimate of E[x0 | x0 + sigma eps = x], in z-space.
#pragma once

#include "core/tile.hpp"

#include <memory>
#include <span>

namespace htdm {

/// A denoiser bound to a list of noise levels: the fast path. Thread-safe.
class LevelDenoiser {
 public:
  virtual ~LevelDenoiser() = default;

  /// gap = (x - D(x, sigma_level))/sigma_level for every path of the tile, in single precision.
  /// Both tiles have d rows; they may not overlap. A path's result depends on nothing but that
  /// path, so tiles of any size give equal bits.
  virtual void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
                   Scratch& scratch) const = 0;
};

/// Every denoiser answers with the standardised gap delta = (x - D)/sigma, which the samplers need
/// and which (x - D) in floating point would lose at small sigma: D = x - sigma gap.
class Denoiser {
 public:
  virtual ~Denoiser() = default;

  virtual int dimension() const = 0;

  /// The plain reference in double precision: gap = (x - D(x, sigma))/sigma, sigma > 0, d rows.
  virtual void gap(double sigma, Tile<const double> x, Tile<double> gap) const = 0;

  /// The fast path for the given levels (copied). The default converts to double and calls gap().
  /// The result refers to *this, which must outlive it.
  virtual std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const;
};

}  // namespace htdm
