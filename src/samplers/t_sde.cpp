/// t_sde: the reverse SDE with self-regulating noise, from t_d(0, sigma_max^2 I, nu), by
/// Euler-Maruyama (Ito):
///   x <- x + 2 (s - sigma) u + sqrt(sigma^2 - s^2) c z,   c^2 = (nu + |u|^2)/(nu + d - 2)
/// for the variance-exploding process, or by another scheme of samplers/reverse_sde.hpp.
/// t_sde_ablated: the same start, but c = 1: the step at nu = inf.
/// Source: Wakatsuki and Shimazaki, arXiv:2606.01645.
/// t_sde_exact: the same with the coefficient that has exactly the marginals of the forward
/// process,
///   c^2 = (nu + E[q | x])/(nu + d - 2),   q = |x - x0|^2/sigma^2,
/// nu that of the noise the denoiser was made for; c = 1 for Gaussian noise. t_sde leaves the
/// posterior variance of x0 out. For data of any law p0 and the marginal p of x = x0 + sigma eps:
///   The density of x given x0 is k = C sigma^-d (nu + q)^-(nu + d)/2, so (nu + q) k is
///   C sigma^-d (nu + q)^-(nu + d - 2)/2, and with grad q = 2 (x - x0)/sigma^2
///     grad[(nu + q) k] = -(nu + d - 2) k (x - x0)/sigma^2.
///   Averaged over p0, k gives p, x0 k gives D p and q k gives E[q | x] p:
///     sigma^2 grad(c^2 p) = -(x - D) p.                                                        (1)
///   By tau = -sigma the step above is that of dx = -2 (x - D)/sigma dtau + sqrt(2 sigma) c dw,
///   whose Fokker-Planck equation (Ito) is, by (1),
///     dp/dtau = div[2 (x - D)/sigma p + sigma grad(c^2 p)] = div[(x - D)/sigma p],
///   that of the t-ODE dx/dsigma = (x - D)/sigma, which has the marginals p since its velocity is
///   E[eps | x].
/// In the state x/mu and its noise level the variance-preserving process has the same p, c and
/// flow. Source: derived here.
/// With options.of_ode: the coefficient of ode_law.hpp.
#include "core/error.hpp"
#include "core/infinity.hpp"
#include "samplers/kinds.hpp"
#include "samplers/reverse_sde.hpp"
#include "samplers/time_loop.hpp"

#include <string>
#include <utility>

namespace htdm {
namespace {

void check_nu(double nu, int d) {
  check_input(nu > 0 && nu + d > 2,
              "the sampler's nu is " + std::to_string(nu) + " in dimension " + std::to_string(d),
              "The noise coefficient (nu + |u|^2)/(nu + d - 2) needs nu > 0 and nu + d > 2",
              "Use a larger nu, or inf");
}

StepLaw step_law(std::string_view kind, const SamplerOptions& options, Coefficient coefficient,
                 double step_nu, int dimension) {
  check_nu(options.nu, dimension);
  const SamplerKind& row = *find_sampler_kind(kind);
  return reverse_sde_step(scheme_of(row, options), options, coefficient, step_nu, dimension);
}

}  // namespace

StepLaw t_sde_step(const SamplerOptions& options, int dimension) {
  return step_law("t_sde", options, Coefficient::gap, options.nu, dimension);
}

StepLaw t_sde_ablated_step(const SamplerOptions& options, int dimension) {
  return step_law("t_sde_ablated", options, Coefficient::gap, inf, dimension);
}

StepLaw t_sde_exact_step(const SamplerOptions& options, int dimension) {
  const Coefficient coefficient = options.of_ode ? Coefficient::given : Coefficient::posterior;
  return step_law("t_sde_exact", options, coefficient, options.nu, dimension);
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

std::unique_ptr<Sampler> make_t_sde_exact(std::shared_ptr<const Denoiser> denoiser,
                                          const SamplerOptions& options) {
  const StepLaw step = t_sde_exact_step(options, denoiser->dimension());
  return make_stochastic_sampler(std::move(denoiser), options, step);
}

}  // namespace htdm
