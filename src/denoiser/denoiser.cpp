#include "denoiser/denoiser.hpp"

#include "core/error.hpp"

#include <new>
#include <vector>

namespace htdm {
namespace {

/// `n` doubles in the scratch slot: float storage reused, so a call allocates nothing.
double* doubles(Scratch& scratch, std::size_t slot, std::size_t n) {
  return new (scratch.floats(slot, 2 * n)) double[n];
}

[[noreturn]] void refuse_square() {
  fail_input(
      "the denoiser knows the posterior mean only",
      "The posterior mean of |x - x0|^2/sigma^2 was asked for",
      "Use a model of kind \"exact\" or \"empirical\", a network with a spread network beside it, "
      "or another sampler");
}

/// Runs the reference in double precision on a copy of each tile.
class ConvertingLevels : public LevelDenoiser {
 public:
  ConvertingLevels(const Denoiser& denoiser, std::span<const double> sigmas)
      : denoiser_(denoiser), sigmas_(sigmas.begin(), sigmas.end()) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    const Tile<double> wide_gap = tile(x.paths, 1, scratch);
    denoiser_.gap(sigmas_[level], widened(x, scratch), wide_gap);
    narrow(wide_gap, gap);
  }

  void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                 Scratch& scratch) const override {
    const Tile<double> wide_gap = tile(x.paths, 1, scratch);
    double* const wide_square = doubles(scratch, 2, x.paths);
    denoiser_.posterior(sigmas_[level], widened(x, scratch),
                        {.gap = wide_gap, .square = wide_square});
    narrow(wide_gap, gap);
    for (std::size_t i = 0; i < x.paths; ++i) square[i] = static_cast<float>(wide_square[i]);
  }

 private:
  std::size_t rows() const { return static_cast<std::size_t>(denoiser_.dimension()); }

  Tile<double> tile(std::size_t paths, std::size_t slot, Scratch& scratch) const {
    return {doubles(scratch, slot, rows() * padded(paths)), paths, padded(paths)};
  }

  Tile<double> widened(Tile<const float> x, Scratch& scratch) const {
    const Tile<double> wide = tile(x.paths, 0, scratch);
    for (std::size_t j = 0; j < rows(); ++j) {
      for (std::size_t i = 0; i < x.paths; ++i) wide.row(j)[i] = x.row(j)[i];
    }
    return wide;
  }

  void narrow(Tile<const double> wide, Tile<float> result) const {
    for (std::size_t j = 0; j < rows(); ++j) {
      for (std::size_t i = 0; i < wide.paths; ++i) {
        result.row(j)[i] = static_cast<float>(wide.row(j)[i]);
      }
    }
  }

  const Denoiser& denoiser_;
  std::vector<double> sigmas_;
};

}  // namespace

void LevelDenoiser::posterior(std::size_t /*level*/, Tile<const float> /*x*/, Tile<float> /*gap*/,
                              float* /*square*/, Scratch& /*scratch*/) const {
  refuse_square();
}

void Denoiser::posterior(double /*sigma*/, Tile<const double> /*x*/,
                         const PosteriorTiles& /*out*/) const {
  refuse_square();
}

std::unique_ptr<LevelDenoiser> Denoiser::at_levels(std::span<const double> sigmas) const {
  return std::make_unique<ConvertingLevels>(*this, sigmas);
}

}  // namespace htdm
