/// t_chain: ancestral steps of the Student-t pair law, from t_d(0, sigma_max^2 I, nu):
///   x <- D + (s^2/sigma^2)(x - D) + sqrt((nu + |u|^2)/(nu + d)) s sqrt(1 - s^2/sigma^2) tau,
///   tau ~ t_d(0, I, nu + d), a new kappa each step.
/// With D = x0 this is the law of x_s given (x_sigma, x0), exact for any step size. In terms of u:
///   x <- x - (sigma^2 - s^2)/sigma u + s sqrt(1 - s^2/sigma^2) sqrt((1 + |u|^2/nu)/(1 + d/nu))
///   tau.
/// In y = x/mu this is the conditional law of every process.
/// Source of the conditional law: Ding, Am. Stat. 70 (2016) 293.
#include "samplers/kinds.hpp"
#include "samplers/time_loop.hpp"

#include <cmath>
#include <utility>

namespace htdm {
namespace {

StepCoefficients coefficients(const StepPlace& place) {
  const double sigma = place.sigma, s = place.s, nu = place.nu;
  const double divisor = 1 + place.dimension / nu;
  const double ratio = s / sigma;
  return {.drift = -(sigma * sigma - s * s) / sigma,
          .noise = s * std::sqrt(1 - ratio * ratio),
          .constant = 1 / divisor,
          .quadratic = 1 / nu / divisor};
}

void plain_step(const PlainStep& step, std::span<double> x) {
  const double sigma = step.place.sigma, s = step.place.s;
  const double nu = step.place.nu, d = step.place.dimension;
  const double ratio = s * s / (sigma * sigma);
  const double scale = std::sqrt((1 + squared_norm(step.u) / nu) / (1 + d / nu));
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double denoised = x[j] - sigma * step.u[j];
    x[j] = denoised + ratio * (x[j] - denoised) + scale * s * std::sqrt(1 - ratio) * step.tau[j];
  }
}

}  // namespace

StepLaw t_chain_step(const SamplerOptions& options, int dimension) {
  scheme_of(*find_sampler_kind("t_chain"), options);  // refuses others
  return {.prior_nu = options.nu,
          .step_nu = options.nu,
          .noise_nu = options.nu + dimension,
          .coefficients = coefficients,
          .plain = plain_step};
}

std::unique_ptr<Sampler> make_t_chain(std::shared_ptr<const Denoiser> denoiser,
                                      const SamplerOptions& options) {
  const StepLaw step = t_chain_step(options, denoiser->dimension());
  return make_stochastic_sampler(std::move(denoiser), options, step);
}

}  // namespace htdm
