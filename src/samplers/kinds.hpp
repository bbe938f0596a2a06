/// The samplers: how each is made. registry.cpp lists them.
///
/// Symbols: sigma a level, s < sigma the next, u = (x - D(x, sigma))/sigma, z ~ N(0, I). All throw
/// InputError for a scheme that is not the kind's, and unless the levels are at least two,
/// decreasing, positive and finite.
#pragma once

#include "samplers/sampler.hpp"

#include <memory>

namespace htdm {

std::unique_ptr<Sampler> make_ve_sde(std::shared_ptr<const Denoiser> denoiser,
                                     const SamplerOptions& options);

/// Throws InputError unless nu > 0.
std::unique_ptr<Sampler> make_t_ode(std::shared_ptr<const Denoiser> denoiser,
                                    const SamplerOptions& options);

/// The scheme "exponential" of t_ode.
std::unique_ptr<Sampler> make_ode_exponential(std::shared_ptr<const Denoiser> denoiser,
                                              const SamplerOptions& options);

/// Throws InputError unless nu > 0 and nu + d > 2.
std::unique_ptr<Sampler> make_t_sde(std::shared_ptr<const Denoiser> denoiser,
                                    const SamplerOptions& options);

/// Throws InputError as make_t_sde, so that every ablated run has its partner.
std::unique_ptr<Sampler> make_t_sde_ablated(std::shared_ptr<const Denoiser> denoiser,
                                            const SamplerOptions& options);

/// Throws InputError as make_t_sde, and unless the denoiser knows_square().
std::unique_ptr<Sampler> make_t_sde_exact(std::shared_ptr<const Denoiser> denoiser,
                                          const SamplerOptions& options);

/// Throws InputError unless nu > 0.
std::unique_ptr<Sampler> make_t_chain(std::shared_ptr<const Denoiser> denoiser,
                                      const SamplerOptions& options);

// The steps behind the stochastic ones, with the same refusals.
StepLaw ve_sde_step(const SamplerOptions& options, int dimension);
StepLaw t_sde_step(const SamplerOptions& options, int dimension);
StepLaw t_sde_ablated_step(const SamplerOptions& options, int dimension);
StepLaw t_sde_exact_step(const SamplerOptions& options, int dimension);
StepLaw t_chain_step(const SamplerOptions& options, int dimension);

}  // namespace htdm
