#include "denoiser/minibatch.hpp"

#include "core/error.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace htdm {
namespace {

/// The first rows belong to the level, those of eps follow.
constexpr std::size_t eps_row = 4;

/// floor(bound u), u = 0.high low in base 2^32: uniform in [0, bound) but for a bias of bound
/// 2^-64.
std::uint32_t scaled_down(std::uint32_t high, std::uint32_t low, std::uint32_t bound) {
  const std::uint64_t carry = (std::uint64_t{low} * bound) >> 32;
  return static_cast<std::uint32_t>((std::uint64_t{high} * bound + carry) >> 32);
}

}  // namespace

std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::int64_t epoch,
                                       std::uint32_t samples) {
  std::vector<std::uint32_t> order(samples);
  std::iota(order.begin(), order.end(), 0U);
  const Stream stream(seed, Purpose::minibatch_order, static_cast<std::uint64_t>(epoch));
  Words words{};
  for (std::uint32_t i = samples; i-- > 1;) {
    if (i % 2 == 1 || i + 1 == samples) words = stream.words(i / 2);
    const std::size_t pair = i % 2 == 0 ? 0 : 2;
    std::swap(order[i], order[scaled_down(words[pair], words[pair + 1], i + 1)]);
  }
  return order;
}

std::size_t training_noise_rows(int dimension) {
  return eps_row + (static_cast<std::size_t>(dimension) + 3) / 4 * 4;
}

void draw_training_noise(const TrainingOptions& options, int dimension, std::uint64_t first,
                         Tile<float> noise) {
  HTDM_EXPECTS(noise.stride >= padded(noise.paths));
  const std::size_t n = noise.paths;
  const std::size_t rows = training_noise_rows(dimension);
  normal_tile(options.seed, Purpose::training_level, first, 0, n, noise.stride, noise.row(0));
  for (std::size_t row = eps_row; row < rows; row += 4) {
    normal_tile(options.seed, Purpose::training_noise, first,
                static_cast<std::uint32_t>((row - eps_row) / 4), n, noise.stride, noise.row(row));
  }
  for (std::size_t i = 0; i < n; ++i) {
    float& level = noise.row(0)[i];
    level = static_cast<float>(options.level_mean + options.level_deviation * level);
    const Stream mixing(options.seed, Purpose::training_mixing, first + i);
    const auto factor = static_cast<float>(student_t_mixing(mixing, 0, options.nu));
    for (int j = 0; j < dimension; ++j)
      noise.row(eps_row + static_cast<std::size_t>(j))[i] *= factor;
  }
}

void make_examples(double nu, std::span<const float> samples, std::span<const std::uint32_t> order,
                   int dimension, Tile<const float> noise, Tile<float> input, Tile<float> target) {
  HTDM_EXPECTS(order.size() == noise.paths);
  const auto d = static_cast<std::size_t>(dimension);
  const double a = 1 / (1 - 2 / nu);
  const double root = std::sqrt(a);
  for (std::size_t i = 0; i < noise.paths; ++i) {
    const double log_sigma = noise.row(0)[i];
    const double sigma = std::exp(log_sigma);
    const double c_in = 1 / std::sqrt(a * sigma * sigma + 1);
    for (std::size_t j = 0; j < d; ++j) {
      const double x0 = samples[order[i] * d + j];
      const double eps = noise.row(eps_row + j)[i];
      input.row(j)[i] = static_cast<float>(c_in * (x0 + sigma * eps));
      target.row(j)[i] = static_cast<float>(c_in * (root * sigma * x0 - eps / root));
    }
    input.row(d)[i] = static_cast<float>(log_sigma / 4);
  }
  for (std::size_t j = 0; j <= d; ++j) {
    std::fill(input.row(j) + noise.paths, input.row(j) + padded(noise.paths), 0.0F);
  }
}

}  // namespace htdm
