#include "denoiser/table.hpp"

#include "core/error.hpp"
#include "denoiser/table_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace htdm {
namespace {

class TableLevels : public LevelDenoiser {
 public:
  explicit TableLevels(std::vector<const LevelTable*> tables) : tables_(std::move(tables)) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& /*scratch*/) const override {
    HTDM_EXPECTS(level < tables_.size());
    lookup(*tables_[level], x.data, x.paths, gap.data);
  }

 private:
  std::vector<const LevelTable*> tables_;
};

}  // namespace

float lookup(const LevelTable& table, float x) {
  const float size = std::fabs(x);
  const auto y = std::bit_cast<std::uint32_t>(size + table.shift);
  const std::uint32_t leading = std::min(y >> table.dropped_bits, table.last);
  const float t = size - (std::bit_cast<float>(leading << table.dropped_bits) - table.shift);
  const std::uint32_t side = std::signbit(x) ? table.cells_per_sign() : 0;
  const float* c = table.cells.data() + std::size_t{4} * (leading - table.first + side);
  return std::fma(std::fma(std::fma(c[3], t, c[2]), t, c[1]), t, c[0]);
}

std::unique_ptr<LevelDenoiser> TableDenoiser::at_levels(std::span<const double> sigmas) const {
  std::vector<const LevelTable*> found;
  for (const double sigma : sigmas) {
    const auto table = std::ranges::find(tables_, sigma, &LevelTable::sigma);
    HTDM_EXPECTS(table != tables_.end());
    found.push_back(&*table);
  }
  return std::make_unique<TableLevels>(std::move(found));
}

double TableDenoiser::error() const {
  double worst = 0;
  for (const LevelTable& table : tables_) worst = std::max(worst, table.error);
  return worst;
}

}  // namespace htdm
