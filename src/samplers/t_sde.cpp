/// t_sde: the reverse SDE with self-regulating noise, from t_d(0, sigma_max^2 I, nu), by
/// Euler-Maruyama (Ito):
///   x <- x + 2 (s - sigma) u + sqrt(sigma^2 - s^2) c z,   c^2 = (nu + |u|^2)/(nu + d - 2),
/// for the variance-exploding process (others: diffusion/process.hpp), with the coefficient
/// written c^2 = (1 + |u|^2/nu)/(1 + (d - 2)/nu) so that c = 1 at nu = inf.
/// t_sde_ablated: the same start, but c = 1: the step at nu = inf.
/// Source: Wakatsuki and Shimazaki, arXiv:2606.01645.
#include "core/error.hpp"
#include "samplers/kinds.hpp"
#include "samplers/time_loop.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

StepCoefficients coefficients(const StepPlace& place) {
  const EulerStep step = euler_step(place.process, place.sigma, place.s);
  const double divisor = 1 + (place.dimension - 2) / place.nu;
  return {.drift = step.drift,
          .noise = step.noise,
          .constant = 1 / divisor,
          .quadratic = 1 / place.nu / divisor,
          .keep = step.keep};
}

void plain_step(const PlainStep& step, std::span<double> x) {
  const double nu = step.place.nu, d = step.place.dimension;
  const double c = std::sqrt((1 + squared_norm(step.u) / nu) / (1 + (d - 2) / nu));
  plain_euler_step(step.place, step.u, step.tau, c, x);
}

void check_nu(double nu, int d) {
  check_input(nu > 0 && nu + d > 2,
              "the sampler's nu is " + std::to_string(nu) + " in dimension " + std::to_string(d),
              "The noise coefficient (nu + |u|^2)/(nu + d - 2) needs nu > 0 and nu + d > 2",
              "Use a larger nu, or inf");
}

StepLaw step_law(double prior_nu, double step_nu, int dimension) {
  check_nu(prior_nu, dimension);
  return {.prior_nu = prior_nu,
          .step_nu = step_nu,
          .noise_nu = inf,
          .coefficients = coefficients,
          .plain = plain_step};
}

}  // namespace

StepLaw t_sde_step(const SamplerOptions& options, int dimension) {
  return step_law(options.nu, options.nu, dimension);
}

StepLaw t_sde_ablated_step(const SamplerOptions& options, int dimension) {
  return step_law(options.nu, inf, dimension);
}

std::unique_ptr<Sampler> make_t_sde(std::shared_ptr<const Denoiser> denoiser,
                                    const SamplerOptions& options) {
  const StepLaw step = t_sde_step(options, denoiser->dimension());
  return make_stochastic_sampler(std::move(denoiser), options, step);
}

std::unique_ptr<Sampler> make_t_sde_ablated(std::shared_ptr<const Denoiser> denoiser,
                                            const SamplerOptions& options) {
  const StepLaw step = t_sde_ablated_step(options, denoiser->dimension());
  return make_stochastic_sampler(std::move(denoiser), options, step);
}

}  // namespace htdm
