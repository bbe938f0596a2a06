/// A denoiser as a table: one lookup in place of a network call or of a quadrature. Of a
/// one-dimensional one, or of the profile of a radial one (Ray).
///
/// At a fixed noise level the standardised gap delta(x) = (x - D(x, sigma))/sigma is a function of
/// one number. A LevelTable holds it as piecewise cubics,
///   delta(x) = c0 + t (c1 + t (c2 + t c3)),   t = |x| - x_cell,
/// for either sign of x, on cells that follow the leading bits of y = |x| + shift: all of one width
/// up to |x| = shift, and 2^bits an octave beyond. No logarithm is taken. The start x_cell of a
/// cell is y with its trailing bits cleared, less shift; t is exact in single precision.
/// The last cell of either sign is affine and has no end. Its line goes through the denoiser at
/// its start and very far out: a SiLU network is asymptotically affine, and so are most posterior
/// means. What is not by 2^40, such as the powers of |x| between Student-t laws of different nu,
/// has cells up to 2^40 and no stated error beyond.
///
/// With delta = gap_x x - gap_f F (diffusion/preconditioning.hpp) a cubic of delta is a cubic of
/// the network's output F, since cubics hold gap_x x exactly; delta itself is stored because its
/// rounding then is relative to delta, also where gap_x x and gap_f F nearly cancel.
///
/// Error measure: |table - denoiser|/max(1, |delta|), the table in the single precision of
/// sampling, the denoiser in double precision at the same x. Cells are cubics through the four
/// Chebyshev points, made so narrow that the fifth and sixth Chebyshev coefficients are below a
/// quarter of the bound; the error is then measured at the start of every cell and at the three
/// points inside where such a cubic is worst, and in the affine cells out to 2^100. A table
/// is accepted when the largest of these is at most 0.8 times the bound. What is left for rounding
/// between the points is 0.2 times the bound and more; a lookup rounds by 1.2e-7 at most.
///
/// The square E[|eps|^2 | x] of a denoiser that knows it has a table of its own, which holds
/// sqrt(1 + square): like the gap, that becomes affine far out, and it is smooth over sigma where
/// the square falls to 0. Its error measure is the same, so 1 + square has relative errors of twice
/// it.
///
/// Memory: 16 bytes a cell, 1 to 15 kB a level for the paper's networks at 1e-6, up to 200 kB where
/// a Gaussian law meets a Student-t law, at most 1 MB. Making one calls the denoiser 2,000 to 8,000
/// times, and up to 100,000 times at 200 kB; a lookup takes about a nanosecond.
/// Source: interpolation at Chebyshev points, e.g. Trefethen, "Approximation theory and
/// approximation practice", SIAM 2013.
#pragma once

#include "denoiser/denoiser.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace htdm {

/// What a table has besides its numbers.
struct TableGrid {
  double sigma = 0;
  double error = 0;         ///< the largest measured
  float shift = 1;          ///< a power of two
  int dropped_bits = 0;     ///< of y: its trailing ones
  std::uint32_t first = 0;  ///< leading bits of shift: those of the first cell
  std::uint32_t last = 0;   ///< leading bits of the affine cell

  std::uint32_t cells_per_sign() const { return last - first + 1; }
};

/// The table of one noise level; make_level_table() makes a valid one.
struct LevelTable : TableGrid {
  AlignedVector<float> cells;  ///< c0 ... c3 of the cells of x >= 0, then of those of x < 0
};

/// How often the denoiser is called for a table at 1e-6, roughly; for predictions. Posteriors in
/// which a Gaussian law gives way to a Student-t law turn more sharply than networks.
inline constexpr int table_calls_per_level = 4000, sharp_table_calls_per_level = 60'000;

/// The tables of one level; `square` may be null.
struct LevelTables {
  const LevelTable* gap;
  const LevelTable* square;
};

/// What tables hold of `denoiser`: itself in one dimension, else the profile of its ray().
std::shared_ptr<const Denoiser> tabulated_part(std::shared_ptr<const Denoiser> denoiser);

/// The table of `denoiser` (one-dimensional) at `sigma` with errors below `bound`. A pure function
/// of its arguments: levels can be made on any thread or rank.
/// Throws InputError when 1 MB is not enough.
LevelTable make_level_table(const Denoiser& denoiser, double sigma, double bound);

/// The same of sqrt(1 + square); the denoiser knows_square().
LevelTable make_square_table(const Denoiser& denoiser, double sigma, double bound);

/// The plain reference of a lookup: delta at x. NaN for NaN and infinite x.
float lookup(const LevelTable& table, float x);

/// square[i], i < padded(n), at x[i] from a table of sqrt(1 + square), which may not be null.
void lookup_square(const LevelTable* table, const float* x, std::size_t n, float* square);

/// A denoiser that looks its gaps up at the levels of its tables, and its squares where it has
/// tables of these. The reference in double precision is the denoiser behind it.
class TableDenoiser : public Denoiser {
 public:
  /// Tables are those of tabulated_part(denoiser).
  TableDenoiser(std::shared_ptr<const Denoiser> denoiser, std::vector<LevelTable> gaps,
                std::vector<LevelTable> squares = {})
      : denoiser_(std::move(denoiser)), gaps_(std::move(gaps)), squares_(std::move(squares)) {}

  int dimension() const override { return denoiser_->dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    denoiser_->gap(sigma, x, gap);
  }
  bool knows_square() const override { return !squares_.empty(); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    denoiser_->posterior(sigma, x, out);
  }
  /// Every level needs tables of exactly that sigma.
  std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const override;

  /// The largest error measured when the tables were made.
  double error() const;

 private:
  std::shared_ptr<const Denoiser> denoiser_;
  std::vector<LevelTable> gaps_, squares_;
};

}  // namespace htdm
