/// ve_sde: the reverse SDE of Gaussian diffusion from N(0, sigma_max^2 I), by Euler-Maruyama
///   x <- x + 2 (s - sigma) u + sqrt(sigma^2 - s^2) z
/// for the variance-exploding process, or by another scheme of samplers/reverse_sde.hpp with c = 1.
/// Source: Song et al., ICLR 2021, reverse variance-exploding SDE.
#include "samplers/kinds.hpp"
#include "samplers/reverse_sde.hpp"
#include "samplers/time_loop.hpp"

#include <limits>
#include <utility>

namespace htdm {

StepLaw ve_sde_step(const SamplerOptions& options, int dimension) {
  SamplerOptions gaussian = options;
  gaussian.nu = std::numeric_limits<double>::infinity();
  return reverse_sde_step(scheme_of(*find_sampler_kind("ve_sde"), options), gaussian,
                          Coefficient::gap, gaussian.nu, dimension);
}

std::unique_ptr<Sampler> make_ve_sde(std::shared_ptr<const Denoiser> denoiser,
                                     const SamplerOptions& options) {
  const StepLaw step = ve_sde_step(options, denoiser->dimension());
  return make_stochastic_sampler(std::move(denoiser), options, step);
}

}  // namespace htdm
