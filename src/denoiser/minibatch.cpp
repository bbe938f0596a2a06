#include "denoiser/minibatch.hpp"

#include "core/error.hpp"
#include "random/draw_tile.hpp"
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
  double factor[draws_at_once];
  for (std::size_t i = 0; i < n; i += draws_at_once) {
    const std::size_t m = std::min(draws_at_once, n - i);
    student_t_mixing_tile(options.seed, Purpose::training_mixing, first + i, 0, options.nu, m,
                          factor);
    for (std::size_t k = 0; k < m; ++k) {
      float& level = noise.row(0)[i + k];
      level = static_cast<float>(options.level_mean + options.level_deviation * level);
    }
    for (std::size_t j = 0; j < static_cast<std::size_t>(dimension); ++j) {
      float* eps = noise.row(eps_row + j) + i;
      for (std::size_t k = 0; k < m; ++k) eps[k] *= static_cast<float>(factor[k]);
    }
  }
}

void make_examples(double nu, std::span<const float> samples, std::span<const std::uint32_t> order,
                   int dimension, Tile<const float> noise, Tile<float> input, Tile<float> target) {
  HTDM_EXPECTS(order.size() == noise.paths);
  const auto d = static_cast<std::size_t>(dimension);
  const double a = 1 / (1 - 2 / nu);
  const double root = std::sqrt(a);
  double c_in[draws_at_once], c_in_sigma[draws_at_once];
  for (std::size_t first = 0; first < noise.paths; first += draws_at_once) {
    const std::size_t m = std::min(draws_at_once, noise.paths - first);
    const float* log_sigma = noise.row(0) + first;
    for (std::size_t k = 0; k < m; ++k) {
      const double sigma = std::exp(static_cast<double>(log_sigma[k]));
      c_in[k] = 1 / std::sqrt(a * sigma * sigma + 1);
      c_in_sigma[k] = c_in[k] * sigma;
      input.row(d)[first + k] = log_sigma[k] / 4;
    }
    for (std::size_t j = 0; j < d; ++j) {
      const float* eps = noise.row(eps_row + j) + first;
      float* seen = input.row(j) + first;
      float* wanted = target.row(j) + first;
      for (std::size_t k = 0; k < m; ++k) {
        const double x0 = samples[order[first + k] * d + j];
        seen[k] = static_cast<float>(c_in[k] * x0 + c_in_sigma[k] * eps[k]);
        wanted[k] = static_cast<float>(root * c_in_sigma[k] * x0 - c_in[k] / root * eps[k]);
      }
    }
  }
  for (std::size_t j = 0; j <= d; ++j) {
    std::fill(input.row(j) + noise.paths, input.row(j) + padded(noise.paths), 0.0F);
  }
}

void DenoiserLesson::examples(std::uint64_t first, std::span<const std::uint32_t> order,
                              Tile<float> input, Tile<float> hint, Scratch& scratch) const {
  const std::size_t stride = padded(order.size());
  float* const memory = scratch.floats(4, training_noise_rows(dimension_) * stride);
  const Tile<float> noise{memory, order.size(), stride};
  draw_training_noise(options_, dimension_, first, noise);
  make_examples(options_.nu, samples_, order, dimension_, noise, input, hint);
}

OutputLoss DenoiserLesson::loss(Tile<const float> hint, double scale) const {
  const double d = dimension_;
  const OutputLoss sum = squared_error(hint, static_cast<std::size_t>(dimension_), scale / d);
  return [=](std::size_t first, Tile<const float> output, Tile<float> slope) {
    return sum(first, output, slope) / d;
  };
}

}  // namespace htdm
