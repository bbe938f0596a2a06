/// t_ode: the probability-flow ODE dx/dsigma = u(x, sigma) from t_d(0, sigma_max^2 I, nu), by Heun:
///   y = x + (s - sigma) u(x, sigma),   x <- x + (s - sigma) (u(x, sigma) + u(y, s))/2.
/// or by the Heun step of another process (diffusion/process.hpp), taken in its own time.
/// The scheme "exponential" is in ode_exponential.cpp.
/// Source: Karras et al., NeurIPS 2022, algorithm 1; Pandey et al., ICLR 2025.
#include "samplers/kinds.hpp"
#include "samplers/time_loop.hpp"

#include <utility>
#include <vector>

namespace htdm {
namespace {

constexpr std::size_t y_slot = 6, second_slot = 7;

class HeunSampler : public LevelSampler {
 public:
  HeunSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options)
      : LevelSampler(std::move(denoiser), options, options.nu) {}

  int network_calls_per_path() const override { return 2 * static_cast<int>(steps()) + 1; }

  void sample_from(std::uint64_t /*first_path*/, Tile<float> x, Tile<float> out,
                   Scratch& scratch) const override {
    const Tile<float> u = state(out.paths, u_slot, scratch);
    const Tile<float> y = state(out.paths, y_slot, scratch);
    const Tile<float> v = state(out.paths, second_slot, scratch);

    for (std::size_t i = 0; i < steps(); ++i) {
      const HeunStep h = heun_step(process(), level(i), level(i + 1));
      ask(i, x, u, nullptr, scratch);
      add_scaled(dimension(), x, h.keep_predicted, h.predict, u, y);
      ask(i + 1, y, v, nullptr, scratch);
      add_pair(dimension(), x, h.keep, h.first, u, h.second, v);
    }
    denoise(x, u, out, scratch);
  }

  void sample_path(std::uint64_t path, std::span<double> out) const override {
    const auto d = static_cast<std::size_t>(dimension());
    std::vector<double> x(d), u(d), y(d), v(d);

    start_path(path, x);
    for (std::size_t i = 0; i < steps(); ++i) {
      ask(i, x, u);
      plain_heun_predict(process(), level(i), level(i + 1), x, u, y);
      ask(i + 1, y, v);
      plain_heun_correct(process(), level(i), level(i + 1), y, u, v, x);
    }
    denoise(x, u, out);
  }
};

}  // namespace

std::unique_ptr<Sampler> make_t_ode(std::shared_ptr<const Denoiser> denoiser,
                                    const SamplerOptions& options) {
  if (scheme_of(*find_sampler_kind("t_ode"), options) == Scheme::exponential) {
    return make_ode_exponential(std::move(denoiser), options);
  }
  return std::make_unique<HeunSampler>(std::move(denoiser), options);
}

}  // namespace htdm
