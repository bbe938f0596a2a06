#include "denoiser/spread_lesson.hpp"

#include "core/error.hpp"
#include "denoiser/spread.hpp"
#include "diffusion/preconditioning.hpp"
#include "random/draw_tile.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace htdm {
namespace {

/// Draws of eps are held here: with nu near 2 those of nu - 2 have no bound that floats could hold.
constexpr double largest_factor = 1e15;

constexpr double largest_weight = 100;

constexpr std::size_t memory_slot = 4;

/// ln(1 + e^x).
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

SpreadLesson::SpreadLesson(std::shared_ptr<const Model> denoiser, std::span<const float> samples,
                           std::uint64_t seed)
    : denoiser_(std::move(denoiser)),
      samples_(samples),
      seed_(seed),
      network_(widths_of(denoiser_->layers)),
      parameters_(flat_parameters(denoiser_->layers)) {
  HTDM_EXPECTS(std::isfinite(denoiser_->nu));
}

/// ln sigma is uniform.
double SpreadLesson::level(std::uint64_t position) const {
  const Words words = Stream(seed_, Purpose::training_level, position).words(0);
  const double low = std::log(lowest_sigma), high = std::log(highest_sigma);
  return std::exp(low + (high - low) * open_uniform(words[0], words[1]));
}

std::vector<double> draw_spread_noise(std::uint64_t seed, double nu, int dimension,
                                      std::uint64_t first, Tile<float> eps) {
  const auto d = static_cast<std::size_t>(dimension);
  const std::size_t n = eps.paths;
  for (std::size_t row = 0; row < d; row += 4) {
    normal_tile(seed, Purpose::training_noise, first, static_cast<std::uint32_t>(row / 4), n,
                eps.stride, eps.row(row));
  }
  std::vector<double> squares(n);
  double factor[draws_at_once];
  for (std::size_t i = 0; i < n; ++i) {
    if (i % draws_at_once == 0) {
      student_t_mixing_tile(seed, Purpose::training_mixing, first + i, 0, nu,
                            std::min(draws_at_once, n - i), factor);
    }
    double scale = factor[i % draws_at_once];
    if ((first + i) % 2 == 1) {
      // With kappa ~ chi-square(nu), kappa U^(2/(nu - 2)) is chi-square(nu - 2): and
      // sqrt(a (nu - 2)/that) is sqrt(nu/kappa) U^(-1/(nu - 2)).
      const Words words = Stream(seed, Purpose::training_mixing, first + i).words(1);
      scale *= std::pow(open_uniform(words[0], words[1]), -1 / (nu - 2));
      scale = std::min(scale, largest_factor);
    }
    for (std::size_t j = 0; j < d; ++j) {
      const double component = scale * eps.row(j)[i];
      eps.row(j)[i] = static_cast<float>(component);
      squares[i] += component * component;
    }
  }
  return squares;
}

void SpreadLesson::examples(std::uint64_t first, std::span<const std::uint32_t> order,
                            Tile<float> input, Tile<float> hint, Scratch& scratch) const {
  const std::size_t n = order.size(), stride = padded(n);
  const auto d = static_cast<std::size_t>(denoiser_->dimension());
  const double nu = denoiser_->nu, divisor = (nu + static_cast<double>(d) - 2) * nu / (nu - 2);
  // Normals come in fours; the network of the denoiser sees d + 1 rows and answers with d.
  const std::size_t normals = (d + 3) / 4 * 4;
  float* const memory = scratch.floats(memory_slot, (normals + d + 1 + d) * stride);
  const Tile<float> eps{memory, n, stride};
  const Tile<float> seen{eps.row(normals), n, stride};
  const Tile<float> answer{seen.row(d + 1), n, stride};
  const std::vector<double> squares =
      draw_spread_noise(seed_, nu, denoiser_->dimension(), first, eps);
  std::vector<Preconditioning> scales;
  scales.reserve(n);
  std::vector<double> y(d);
  for (std::size_t i = 0; i < n; ++i) {
    const double sigma = level(first + i);
    const Preconditioning& p = scales.emplace_back(Preconditioning::at(sigma, nu));
    for (std::size_t j = 0; j < d; ++j) {
      y[j] = p.c_in * (samples_[order[i] * d + j] + sigma * eps.row(j)[i]);
      seen.row(j)[i] = static_cast<float>(y[j]);
    }
    input.row(d)[i] = static_cast<float>(spread_features(y));
    for (std::size_t j = 0; j < d; ++j) input.row(j)[i] = static_cast<float>(y[j]);
    seen.row(d)[i] = input.row(d + 1)[i] = static_cast<float>(p.c_noise);
    hint.row(1)[i] = static_cast<float>(std::log((nu + squares[i]) / divisor));
  }
  for (std::size_t j = 0; j <= d; ++j) std::fill(seen.row(j) + n, seen.row(j) + stride, 0.0F);
  for (std::size_t j = 0; j < d + 2; ++j) {
    std::fill(input.row(j) + n, input.row(j) + padded(n), 0.0F);
  }
  network_.outputs(parameters_.data(), seen, answer, scratch);
  for (std::size_t i = 0; i < n; ++i) {
    const Preconditioning& p = scales[i];
    double square = 0;
    for (std::size_t j = 0; j < d; ++j) {
      const double u = p.gap_x / p.c_in * seen.row(j)[i] - p.gap_f * answer.row(j)[i];
      square += u * u;
    }
    hint.row(0)[i] = static_cast<float>(std::log((nu + square) / divisor));
  }
}

OutputLoss SpreadLesson::loss(Tile<const float> hint, double scale) const {
  return [=](std::size_t first, Tile<const float> output, Tile<float> slope) {
    double sum = 0;
    for (std::size_t i = 0; i < output.paths; ++i) {
      const double g = output.row(0)[i], y = sigmoid(hint.row(1)[first + i]);
      const double start = hint.row(0)[first + i], logit = start + softplus(g);
      const double weight = std::min(std::sqrt(1 + std::exp(start)), largest_weight);
      sum += weight * (softplus(logit) - y * logit);
      slope.row(0)[i] = static_cast<float>(scale * weight * (sigmoid(logit) - y) * sigmoid(g));
    }
    return sum;
  };
}

std::uint64_t spread_seed(std::uint64_t seed) {
  const Words salt = Stream(seed, Purpose::spread_salt, 0).words(0);
  return (std::uint64_t{salt[0]} << 32) | salt[1];
}

TrainingOptions spread_options(TrainingOptions denoiser, std::int64_t steps, double learning_rate) {
  denoiser.seed = spread_seed(denoiser.seed);
  denoiser.steps = steps;
  denoiser.learning_rate = learning_rate;
  denoiser.cooling = true;
  return denoiser;
}

}  // namespace htdm
