/// ve_sde: the reverse SDE of Gaussian diffusion from N(0, sigma_max^2 I), by Euler-Maruyama:
///   x <- x + 2 (s - sigma) u + sqrt(sigma^2 - s^2) z
/// for the variance-exploding process; for others as in diffusion/process.hpp.
/// Source: Song et al., ICLR 2021, reverse variance-exploding SDE.
#include "samplers/kinds.hpp"
#include "samplers/time_loop.hpp"

#include <limits>
#include <utility>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

StepCoefficients coefficients(const StepPlace& place) {
  const EulerStep step = euler_step(place.process, place.sigma, place.s);
  return {
      .drift = step.drift, .noise = step.noise, .constant = 1, .quadratic = 0, .keep = step.keep};
}

void plain_step(const PlainStep& step, std::span<double> x) {
  plain_euler_step(step.place, step.u, step.tau, 1, x);
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
