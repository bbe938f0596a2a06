#include "app/spread_limits.hpp"

#include "core/error.hpp"
#include "core/tile.hpp"
#include "denoiser/network.hpp"
#include "denoiser/spread_lesson.hpp"
#include "stats/intervals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace htdm {
namespace {

constexpr std::array checked_levels{0.002, 0.02, 0.2, 2.0, 20.0, 80.0};
constexpr std::size_t batches = 20, batch_size = 1000;

/// Positions of a training that no training reaches.
constexpr std::uint64_t first_position = std::uint64_t{1} << 62;

/// c^2/a and y at draws of one level; even places are draws of p.
struct LevelDraws {
  std::vector<double> ratio, y;
};

LevelDraws draws_at(std::size_t level, const Model& model, const LevelDenoiser& denoiser,
                    std::span<const float> samples, std::uint64_t seed) {
  const auto d = static_cast<std::size_t>(model.dimension());
  const std::size_t n = batches * batch_size, stride = padded(n), count = samples.size() / d;
  const std::size_t normals = (d + 3) / 4 * 4;
  AlignedVector<float> memory((normals + d + 1) * stride);
  const Tile<float> x{memory.data(), n, stride}, gap{x.row(normals), n, stride};
  float* const square = gap.row(d);
  LevelDraws draws;
  const double nu = model.nu;
  Scratch scratch;
  const std::vector<double> squares =
      draw_spread_noise(seed, nu, model.dimension(), first_position + level * n, x);
  for (std::size_t i = 0; i < n; ++i) {
    // Both noises meet the same samples.
    const std::size_t sample = (level * n + i / 2) % count;
    for (std::size_t j = 0; j < d; ++j) {
      x.row(j)[i] =
          samples[sample * d + j] + static_cast<float>(checked_levels[level]) * x.row(j)[i];
    }
  }
  denoiser.posterior(level, x, gap, square, scratch);
  const double divisor = (nu + static_cast<double>(d) - 2) * nu / (nu - 2);
  for (std::size_t i = 0; i < n; ++i) {
    draws.ratio.push_back((nu + square[i]) / divisor);
    const double odds = (nu + squares[i]) / divisor;
    draws.y.push_back(odds / (1 + odds));
  }
  return draws;
}

SpreadLimit limit_of(double sigma, const LevelDraws& draws) {
  SpreadLimit limit;
  limit.sigma = sigma;
  std::vector<double> means, bulk;
  for (std::size_t b = 0; b < batches; ++b) {
    double learned = 0, exact = 0;
    for (std::size_t i = b * batch_size; i < (b + 1) * batch_size; ++i) {
      const double s = draws.ratio[i] / (1 + draws.ratio[i]), y = draws.y[i];
      learned += s * (1 - y);
      exact += (1 - s) * y;
      if (i % 2 == 0) bulk.push_back(draws.ratio[i]);
    }
    means.push_back(learned / exact);
  }
  const BatchStatistics mean = over_batches(means);
  limit.mean = mean.mean;
  limit.mean_low = mean.interval.low;
  limit.mean_high = mean.interval.high;
  std::ranges::sort(bulk);
  const RankInterval ranks = quantile_ranks(bulk.size(), 0.5);
  limit.median = bulk[bulk.size() / 2];
  limit.median_low = bulk[ranks.low - 1];
  limit.median_high = bulk[ranks.high - 1];
  return limit;
}

}  // namespace

std::vector<SpreadLimit> spread_limits(const Model& model, std::span<const float> samples,
                                       std::uint64_t seed) {
  const NetworkDenoiser denoiser(std::make_shared<const Model>(model));
  const auto at_levels = denoiser.at_levels(checked_levels);
  std::vector<SpreadLimit> limits;
  for (std::size_t level = 0; level < checked_levels.size(); ++level) {
    const LevelDraws draws = draws_at(level, model, *at_levels, samples, spread_seed(seed));
    limits.push_back(limit_of(checked_levels[level], draws));
  }
  return limits;
}

}  // namespace htdm
