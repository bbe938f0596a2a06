/// t_ode by a second-order exponential multistep scheme: with D extrapolated in ln sigma from the
/// last two levels the rest of dx/dsigma = (x - D)/sigma is linear and solved exactly. One call a
/// step. It is a formula in noise levels, the same for every process.
/// Source: Lu et al., DPM-Solver++ (2M), arXiv:2211.01095.
#include "samplers/ode_exponential.hpp"

#include "samplers/kinds.hpp"
#include "samplers/time_loop.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace htdm {
namespace {

constexpr std::size_t first_slot = 6, second_slot = 7;

class ExponentialSampler : public LevelSampler {
 public:
  ExponentialSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options)
      : LevelSampler(std::move(denoiser), options, options.nu) {
    for (std::size_t i = 0; i < steps(); ++i) {
      bend_.push_back(exponential_bend(options.levels, i));
    }
  }

  int network_calls_per_path() const override { return static_cast<int>(steps()) + 1; }

  void sample_from(std::uint64_t /*first_path*/, Tile<float> x, Tile<float> out,
                   Scratch& scratch) const override {
    const Tile<float> u = state(out.paths, u_slot, scratch);
    Tile<float> now = state(out.paths, first_slot, scratch);  // D
    Tile<float> before = state(out.paths, second_slot, scratch);

    for (std::size_t i = 0; i < steps(); ++i) {
      ask(i, x, u, nullptr, scratch);
      add_scaled(dimension(), x, 1, -level(i), u, now);
      add_scaled(dimension(), x, 1, level(i + 1) - level(i), u, x);
      if (i > 0) add_pair(dimension(), x, 1, bend_[i], now, -bend_[i], before);
      std::swap(now, before);
    }
    denoise(x, u, out, scratch);
  }

  void sample_path(std::uint64_t path, std::span<double> out) const override {
    const auto d = static_cast<std::size_t>(dimension());
    std::vector<double> x(d), u(d), before(d);

    start_path(path, x);
    for (std::size_t i = 0; i < steps(); ++i) {
      ask(i, x, u);
      const double r = level(i + 1) / level(i);
      const double ahead = i == 0 ? 0 : std::log(r) / std::log(level(i) / level(i - 1)) / 2;
      for (std::size_t j = 0; j < d; ++j) {
        const double denoised = x[j] - level(i) * u[j];
        x[j] = r * x[j] + (1 - r) * (denoised + ahead * (denoised - before[j]));
        before[j] = denoised;
      }
    }
    denoise(x, u, out);
  }

 private:
  std::vector<double> bend_;
};

}  // namespace

double exponential_bend(std::span<const double> levels, std::size_t i) {
  if (i == 0) return 0;
  const double r = levels[i + 1] / levels[i];
  return (1 - r) * std::log(r) / std::log(levels[i] / levels[i - 1]) / 2;
}

std::unique_ptr<Sampler> make_ode_exponential(std::shared_ptr<const Denoiser> denoiser,
                                              const SamplerOptions& options) {
  return std::make_unique<ExponentialSampler>(std::move(denoiser), options);
}

}  // namespace htdm
