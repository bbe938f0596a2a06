#include "samplers/time_loop.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace htdm {
namespace {

std::vector<double> checked_levels(std::vector<double> levels) {
  check_input(levels.size() >= 2,
              "a sampler got " + std::to_string(levels.size()) + " noise levels",
              "It steps from level to level and needs at least two", "Ask for two levels or more");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool decreasing = i == 0 || levels[i] < levels[i - 1];
    check_input(std::isfinite(levels[i]) && levels[i] > 0 && decreasing,
                "noise level " + std::to_string(i) + " is " + std::to_string(levels[i]),
                "Levels run from sigma_max down to sigma_min > 0",
                "Give finite, positive, strictly decreasing levels");
  }
  return levels;
}

double checked_nu(double nu) {
  check_input(nu > 0, "the sampler's nu is " + std::to_string(nu),
              "It is the degrees of freedom of the law that paths start from",
              "Use a positive number or inf");
  return nu;
}

}  // namespace

std::vector<double> asked_levels(std::span<const double> levels, bool second_points) {
  std::vector<double> result(levels.begin(), levels.end());
  for (std::size_t i = 0; second_points && i + 1 < levels.size(); ++i) {
    result.push_back(halfway(levels[i], levels[i + 1]));
  }
  return result;
}

LevelSampler::LevelSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options,
                           double prior_nu, bool second_points)
    : denoiser_(std::move(denoiser)),
      levels_(checked_levels(options.levels)),
      asked_(asked_levels(levels_, second_points)),
      process_(options.process),
      prior_{options.seed, levels_.front(), checked_nu(prior_nu)},
      at_levels_(denoiser_->at_levels(asked_)) {}

void LevelSampler::sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) const {
  const Tile<float> x = state(out.paths, x_slot, scratch);
  start_tile(first_path, x);
  sample_from(first_path, x, out, scratch);
}

void LevelSampler::start_tile(std::uint64_t first_path, Tile<float> x) const {
  prior_.draw(first_path, dimension(), x);
}

void LevelSampler::start_path(std::uint64_t path, std::span<double> x) const {
  prior_.draw(path, x);
}

Tile<float> LevelSampler::state(std::size_t paths, std::size_t slot, Scratch& scratch) const {
  const std::size_t columns = padded(paths);
  return {scratch.floats(slot, static_cast<std::size_t>(dimension()) * columns), paths, columns};
}

double LevelSampler::ask(std::size_t i, std::span<const double> x, std::span<double> u,
                         bool square) const {
  AlignedVector<double> x_tile(x.size() * lane_multiple), u_tile(x.size() * lane_multiple);
  for (std::size_t j = 0; j < x.size(); ++j) x_tile[j * lane_multiple] = x[j];
  const Tile<const double> from{x_tile.data(), 1, lane_multiple};
  const Tile<double> to{u_tile.data(), 1, lane_multiple};
  double result = 0;
  if (square) {
    denoiser_->posterior(asked_[i], from, {.gap = to, .square = &result});
  } else {
    denoiser_->gap(asked_[i], from, to);
  }
  for (std::size_t j = 0; j < u.size(); ++j) u[j] = u_tile[j * lane_multiple];
  return result;
}

void LevelSampler::denoise(Tile<float> x, Tile<float> u, Tile<float> out, Scratch& scratch) const {
  ask(steps(), x, u, nullptr, scratch);
  add_scaled(dimension(), x, 1, -levels_.back(), u, x);
  for (int j = 0; j < dimension(); ++j) std::copy_n(x.row(j), out.paths, out.row(j));
}

void LevelSampler::denoise(std::span<const double> x, std::span<double> u,
                           std::span<double> out) const {
  ask(steps(), x, u);
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = x[j] - levels_.back() * u[j];
}

}  // namespace htdm
