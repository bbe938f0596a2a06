#include "samplers/time_loop.hpp"

#include "core/error.hpp"
#include "random/draw_tile.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace htdm {
namespace {

constexpr std::size_t z_slot = 6, factor_slot = 7;

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

/// The Wiener normals of a tile: draw n of every path in row n % rows of a ring. Draws come four
/// at a time; the ring keeps those that the next components and steps still need.
class WienerRows {
 public:
  WienerRows(std::uint64_t seed, std::uint64_t first_path, std::size_t paths, int dimension,
             Scratch& scratch)
      : seed_(seed),
        first_path_(first_path),
        columns_(padded(paths)),
        dimension_(static_cast<std::size_t>(dimension)),
        quads_((dimension_ + 6) / 4),
        ring_(scratch.floats(z_slot, 4 * quads_ * columns_)) {}

  /// The d rows of step i; steps are asked for in order.
  RingRows step(std::size_t i) {
    const std::size_t first = i * dimension_;
    for (; 4 * ready_ < first + dimension_; ++ready_) {
      normal_tile(seed_, Purpose::wiener, first_path_, static_cast<std::uint32_t>(ready_), columns_,
                  columns_, ring_ + 4 * (ready_ % quads_) * columns_);
    }
    return {ring_, columns_, 4 * quads_, first % (4 * quads_)};
  }

 private:
  std::uint64_t seed_, first_path_;
  std::size_t columns_, dimension_, quads_;
  std::size_t ready_ = 0;  ///< quads drawn so far
  float* ring_;
};

/// Draw n of a path's Wiener stream, one at a time.
double wiener_normal(const Stream& stream, std::size_t n) {
  return normal_quad(stream.words(static_cast<std::uint32_t>(n / 4)))[n % 4];
}

class StochasticSampler : public LevelSampler {
 public:
  StochasticSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options,
                    const StepLaw& law)
      : LevelSampler(std::move(denoiser), options, law.prior_nu), law_(law), seed_(options.seed) {
    HTDM_EXPECTS(steps() < (std::uint64_t{1} << 34) / static_cast<std::uint64_t>(dimension()));
    for (std::size_t i = 0; i < steps(); ++i) {
      coefficients_.push_back(law.coefficients(place(i)));
    }
  }

  int network_calls_per_path() const override { return static_cast<int>(steps()) + 1; }

  void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) const override {
    const Tile<float> x = state(out.paths, x_slot, scratch);
    const Tile<float> u = state(out.paths, u_slot, scratch);
    float* const factor = scratch.floats(factor_slot, x.stride);
    WienerRows z(seed_, first_path, out.paths, dimension(), scratch);

    prior().draw(first_path, dimension(), x);
    for (std::size_t i = 0; i < steps(); ++i) {
      gap(i, x, u, scratch);
      const bool mixed = draw_mixing(first_path, i, out.paths, factor);
      stochastic_step(coefficients_[i], dimension(), x, u, z.step(i), mixed ? factor : nullptr);
    }
    denoise(x, u, out, scratch);
  }

  void sample_path(std::uint64_t path, std::span<double> out) const override {
    const auto d = static_cast<std::size_t>(dimension());
    const Stream wiener(seed_, Purpose::wiener, path);
    const Stream mixing(seed_, Purpose::chain_mixing, path);
    std::vector<double> x(d), u(d), tau(d);

    prior().draw(path, x);
    for (std::size_t i = 0; i < steps(); ++i) {
      gap(i, x, u);
      const double factor = student_t_mixing(mixing, static_cast<std::uint32_t>(i), law_.noise_nu);
      for (std::size_t j = 0; j < d; ++j) tau[j] = factor * wiener_normal(wiener, i * d + j);
      law_.plain({place(i), u, tau}, x);
    }
    denoise(x, u, out);
  }

 private:
  StepPlace place(std::size_t i) const {
    return {process(), level(i), level(i + 1), law_.step_nu, dimension()};
  }

  /// The factors sqrt(noise_nu/kappa) of step i, ones in the padding; false when all are 1.
  bool draw_mixing(std::uint64_t first_path, std::size_t i, std::size_t paths,
                   float* factor) const {
    if (std::isinf(law_.noise_nu)) return false;
    constexpr std::size_t chunk = 64;
    double wide[chunk];
    for (std::size_t p = 0; p < paths; p += chunk) {
      const std::size_t n = std::min(chunk, paths - p);
      student_t_mixing_tile(seed_, Purpose::chain_mixing, first_path + p,
                            static_cast<std::uint32_t>(i), law_.noise_nu, n, wide);
      std::copy_n(wide, n, factor + p);
    }
    std::fill(factor + paths, factor + padded(paths), 1.0F);
    return true;
  }

  StepLaw law_;
  std::uint64_t seed_;
  std::vector<StepCoefficients> coefficients_;
};

}  // namespace

LevelSampler::LevelSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options,
                           double prior_nu)
    : denoiser_(std::move(denoiser)),
      levels_(checked_levels(options.levels)),
      process_(options.process),
      prior_{options.seed, levels_.front(), checked_nu(prior_nu)},
      at_levels_(denoiser_->at_levels(levels_)) {}

Tile<float> LevelSampler::state(std::size_t paths, std::size_t slot, Scratch& scratch) const {
  const std::size_t columns = padded(paths);
  return {scratch.floats(slot, static_cast<std::size_t>(dimension()) * columns), paths, columns};
}

void LevelSampler::gap(std::size_t i, std::span<const double> x, std::span<double> u) const {
  AlignedVector<double> x_tile(x.size() * lane_multiple), u_tile(x.size() * lane_multiple);
  for (std::size_t j = 0; j < x.size(); ++j) x_tile[j * lane_multiple] = x[j];
  denoiser_->gap(levels_[i], {x_tile.data(), 1, lane_multiple}, {u_tile.data(), 1, lane_multiple});
  for (std::size_t j = 0; j < u.size(); ++j) u[j] = u_tile[j * lane_multiple];
}

void LevelSampler::denoise(Tile<float> x, Tile<float> u, Tile<float> out, Scratch& scratch) const {
  gap(steps(), x, u, scratch);
  add_scaled(dimension(), x, 1, -levels_.back(), u, x);
  for (int j = 0; j < dimension(); ++j) std::copy_n(x.row(j), out.paths, out.row(j));
}

void LevelSampler::denoise(std::span<const double> x, std::span<double> u,
                           std::span<double> out) const {
  gap(steps(), x, u);
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = x[j] - levels_.back() * u[j];
}

std::unique_ptr<Sampler> make_stochastic_sampler(std::shared_ptr<const Denoiser> denoiser,
                                                 const SamplerOptions& options,
                                                 const StepLaw& law) {
  return std::make_unique<StochasticSampler>(std::move(denoiser), options, law);
}

}  // namespace htdm
