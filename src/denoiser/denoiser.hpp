/// The Denoiser seam: D(x, sigma), an estimate of E[x0 | x0 + sigma eps = x], in z-space.
#pragma once

#include "core/tile.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace htdm {

/// Where moments of the posterior go; what has no data is not wanted.
struct PosteriorTiles {
  Tile<double> gap{};        ///< E[eps | x] = (x - D)/sigma, d rows
  double* square = nullptr;  ///< E[|eps|^2 | x] = |gap|^2 + tr Var(x0 | x)/sigma^2, one a path
  Tile<double> mean{};       ///< D = E[x0 | x], d rows, with the digits that x - sigma gap loses
};

/// A denoiser bound to a list of noise levels: the fast path. Thread-safe.
class LevelDenoiser {
 public:
  virtual ~LevelDenoiser() = default;

  /// gap = (x - D(x, sigma_level))/sigma_level for every path of the tile, in single precision.
  /// Both tiles have d rows; they may not overlap. A path's result depends on nothing but that
  /// path, so tiles of any size give equal bits.
  virtual void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
                   Scratch& scratch) const = 0;

  /// The same gap, and square = E[|eps|^2 | x] of every path (padded(paths) numbers). Only where
  /// the denoiser knows_square(); else throws InputError.
  virtual void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                         Scratch& scratch) const;
};

class Denoiser;

/// A denoiser that is radial about a centre c, D = c + (x - c) g(|x - c|), along one ray.
struct Ray {
  std::vector<double> center;
  /// One-dimensional and odd: its gap at r is the length of the gap at |x - c| = r, and its square
  /// the square there.
  std::unique_ptr<const Denoiser> profile;
};

/// Every denoiser answers with the standardised gap delta = (x - D)/sigma, which the samplers need
/// and which (x - D) in floating point would lose at small sigma: D = x - sigma gap.
class Denoiser {
 public:
  virtual ~Denoiser() = default;

  virtual int dimension() const = 0;

  /// The plain reference in double precision: gap = (x - D(x, sigma))/sigma, sigma > 0, d rows.
  virtual void gap(double sigma, Tile<const double> x, Tile<double> gap) const = 0;

  /// Whether posterior() is there: of exact denoisers, of networks with a spread network.
  virtual bool knows_square() const { return false; }

  /// The plain reference of the moments that `out` asks for, in double precision, sigma > 0.
  /// Throws InputError unless knows_square().
  virtual void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const;

  /// What a table can hold of a denoiser in several dimensions; nothing unless it is radial.
  virtual std::optional<Ray> ray() const { return std::nullopt; }

  /// The fast path for the given levels (copied). The default converts to double and calls gap()
  /// or posterior().
  /// The result refers to *this, which must outlive it.
  virtual std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const;
};

}  // namespace htdm
