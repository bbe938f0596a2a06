/// ve_sde: the reverse SDE of Gaussian diffusion from N(0, sigma_max^2 I), by Euler-Maruyama:
///   x <- x + 2 (s - sigma) u + sqrt(sigma^2 - s^2) z.
/// Source: Song et al., ICLR 2021, reverse variance-exploding SDE.
#include "samplers/kinds.hpp"
#include "samplers/time_loop.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

StepCoefficients coefficients(double sigma, double s, double /*nu*/, int /*dimension*/) {
  return {.drift = 2 * (s - sigma),
          .noise = std::sqrt(sigma * sigma - s * s),
          .constant = 1,
          .quadratic = 0};
}

void plain_step(const PlainStep& step, std::span<double> x) {
  const auto& [sigma, s, nu, u, z] = step;
  for (std::size_t j = 0; j < x.size(); ++j) {
    x[j] += 2 * (s - sigma) * u[j] + std::sqrt(sigma * sigma - s * s) * z[j];
  }
}

}  // namespace

StepLaw ve_sde_step(const SamplerOptions& /*options*/, int /*dimension*/) {
  return {.prior_nu = inf,
          .step_nu = inf,
          .noise_nu = inf,
          .coefficients = coefficients,
          .plain = plain_step};
}

std::unique_ptr<Sampler> make_ve_sde(std::shared_ptr<const Denoiser> denoiser,
                                     const SamplerOptions& options) {
  const StepLaw step = ve_sde_step(options, denoiser->dimension());
  return make_stochastic_sampler(std::move(denoiser), options, step);
}

}  // namespace htdm
