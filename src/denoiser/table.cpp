#include "denoiser/table.hpp"

#include "core/error.hpp"
#include "denoiser/radial_table.hpp"
#include "denoiser/table_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

namespace htdm {
namespace {

class TableLevels : public LevelDenoiser {
 public:
  explicit TableLevels(std::vector<LevelTables> tables) : tables_(std::move(tables)) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& /*scratch*/) const override {
    HTDM_EXPECTS(level < tables_.size());
    lookup(*tables_[level].gap, x.data, x.paths, gap.data);
  }

  void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                 Scratch& scratch) const override {
    this->gap(level, x, gap, scratch);
    lookup_square(tables_[level].square, x.data, x.paths, square);
  }

 private:
  std::vector<LevelTables> tables_;
};

/// sqrt(1 + square) in place of the gap.
class RootSquare : public Denoiser {
 public:
  explicit RootSquare(const Denoiser& denoiser) : denoiser_(denoiser) {}
  int dimension() const override { return denoiser_.dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> root) const override {
    denoiser_.posterior(sigma, x, {.square = root.data});
    for (std::size_t i = 0; i < x.paths; ++i) root.data[i] = std::sqrt(1 + root.data[i]);
  }

 private:
  const Denoiser& denoiser_;
};

const LevelTable* find(const std::vector<LevelTable>& tables, double sigma) {
  const auto table = std::ranges::find(tables, sigma, &LevelTable::sigma);
  HTDM_EXPECTS(table != tables.end());
  return &*table;
}

}  // namespace

std::shared_ptr<const Denoiser> tabulated_part(std::shared_ptr<const Denoiser> denoiser) {
  if (denoiser->dimension() == 1) return denoiser;
  std::optional<Ray> ray = denoiser->ray();
  HTDM_EXPECTS(ray.has_value());
  return std::move(ray->profile);
}

float lookup(const LevelTable& table, float x) {
  const float size = std::fabs(x);
  const auto y = std::bit_cast<std::uint32_t>(size + table.shift);
  const std::uint32_t leading = std::min(y >> table.dropped_bits, table.last);
  const float t = size - (std::bit_cast<float>(leading << table.dropped_bits) - table.shift);
  const std::uint32_t side = std::signbit(x) ? table.cells_per_sign() : 0;
  const float* c = table.cells.data() + std::size_t{4} * (leading - table.first + side);
  return std::fma(std::fma(std::fma(c[3], t, c[2]), t, c[1]), t, c[0]);
}

LevelTable make_square_table(const Denoiser& denoiser, double sigma, double bound) {
  return make_level_table(RootSquare(denoiser), sigma, bound);
}

void lookup_square(const LevelTable* table, const float* x, std::size_t n, float* square) {
  check_input(table != nullptr, "a table holds the posterior mean only",
              "The posterior mean of |x - x0|^2/sigma^2 was asked for",
              "Make its table, too, or set denoiser = \"network\" for this sampler");
  lookup(*table, x, n, square);
  for (std::size_t i = 0; i < padded(n); ++i) {
    square[i] = std::max(square[i] * square[i] - 1, 0.0F);  // keeps NaN
  }
}

std::unique_ptr<LevelDenoiser> TableDenoiser::at_levels(std::span<const double> sigmas) const {
  std::vector<LevelTables> found;
  for (const double sigma : sigmas) {
    found.push_back({find(gaps_, sigma), squares_.empty() ? nullptr : find(squares_, sigma)});
  }
  if (dimension() == 1) return std::make_unique<TableLevels>(std::move(found));
  const std::optional<Ray> ray = denoiser_->ray();
  HTDM_EXPECTS(ray.has_value());
  return make_radial_levels(ray->center, std::move(found));
}

double TableDenoiser::error() const {
  double worst = 0;
  for (const std::vector<LevelTable>* tables : {&gaps_, &squares_}) {
    for (const LevelTable& table : *tables) worst = std::max(worst, table.error);
  }
  return worst;
}

}  // namespace htdm
