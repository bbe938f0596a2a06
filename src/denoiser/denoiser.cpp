#include "denoiser/denoiser.hpp"

#include <new>
#include <vector>

namespace htdm {
namespace {

/// `n` doubles in the scratch slot: float storage reused, so a call allocates nothing.
double* doubles(Scratch& scratch, std::size_t slot, std::size_t n) {
  return new (scratch.floats(slot, 2 * n)) double[n];
}

/// Runs the reference in double precision on a copy of each tile.
class ConvertingLevels : public LevelDenoiser {
 public:
  ConvertingLevels(const Denoiser& denoiser, std::span<const double> sigmas)
      : denoiser_(denoiser), sigmas_(sigmas.begin(), sigmas.end()) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    const std::size_t rows = denoiser_.dimension();
    const std::size_t stride = padded(x.paths);
    const Tile<double> wide_x{doubles(scratch, 0, rows * stride), x.paths, stride};
    const Tile<double> wide_gap{doubles(scratch, 1, rows * stride), x.paths, stride};
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t i = 0; i < x.paths; ++i) wide_x.row(j)[i] = x.row(j)[i];
    }
    denoiser_.gap(sigmas_[level], wide_x, wide_gap);
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t i = 0; i < x.paths; ++i) {
        gap.row(j)[i] = static_cast<float>(wide_gap.row(j)[i]);
      }
    }
  }

 private:
  const Denoiser& denoiser_;
  std::vector<double> sigmas_;
};

}  // namespace

std::unique_ptr<LevelDenoiser> Denoiser::at_levels(std::span<const double> sigmas) const {
  return std::make_unique<ConvertingLevels>(*this, sigmas);
}

}  // namespace htdm
