#include "denoiser/radial_table.hpp"

#include "core/error.hpp"
#include "denoiser/table_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace htdm {
namespace {

constexpr std::size_t radius_slot = 0, ratio_slot = 1;

// Loops run over paths, each of which sees the same operations for any tile and instruction set.
class RadialLevels : public LevelDenoiser {
 public:
  RadialLevels(const std::vector<double>& center, std::vector<LevelTables> tables)
      : center_(center.begin(), center.end()), tables_(std::move(tables)) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    HTDM_EXPECTS(level < tables_.size());
    scale_gap(*tables_[level].gap, x, radii(x, scratch), gap, scratch);
  }

  void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                 Scratch& scratch) const override {
    HTDM_EXPECTS(level < tables_.size());
    const float* const r = radii(x, scratch);
    scale_gap(*tables_[level].gap, x, r, gap, scratch);
    lookup_square(tables_[level].square, r, x.paths, square);
  }

 private:
  const float* radii(Tile<const float> x, Scratch& scratch) const {
    float* const r = scratch.floats(radius_slot, padded(x.paths));
    std::fill_n(r, padded(x.paths), 0.0F);
    for (std::size_t j = 0; j < center_.size(); ++j) {
      const float c = center_[j];
      const float* const x_j = x.row(j);
      for (std::size_t i = 0; i < x.paths; ++i) r[i] += (x_j[i] - c) * (x_j[i] - c);
    }
    for (std::size_t i = 0; i < x.paths; ++i) r[i] = std::sqrt(r[i]);
    return r;
  }

  void scale_gap(const LevelTable& table, Tile<const float> x, const float* r, Tile<float> gap,
                 Scratch& scratch) const {
    float* const ratio = scratch.floats(ratio_slot, padded(x.paths));
    lookup(table, r, x.paths, ratio);
    for (std::size_t i = 0; i < x.paths; ++i) {
      // At the centre itself x - center is 0, and so is the gap.
      ratio[i] /= std::max(r[i], std::numeric_limits<float>::min());
    }
    for (std::size_t j = 0; j < center_.size(); ++j) {
      const float c = center_[j];
      const float* const x_j = x.row(j);
      float* const gap_j = gap.row(j);
      for (std::size_t i = 0; i < x.paths; ++i) gap_j[i] = (x_j[i] - c) * ratio[i];
    }
  }

  std::vector<float> center_;
  std::vector<LevelTables> tables_;
};

}  // namespace

std::unique_ptr<LevelDenoiser> make_radial_levels(const std::vector<double>& center,
                                                  std::vector<LevelTables> tables) {
  return std::make_unique<RadialLevels>(center, std::move(tables));
}

}  // namespace htdm
