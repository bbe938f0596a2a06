/// The coefficient of a reverse SDE that has the marginals of t_ode, in one dimension: no second
/// network, any denoiser.
///
/// With p the law of t_ode at noise level sigma, m = E_p[x - D] and
///   c^2 = 1/(sigma^2 p) integral_x^inf (y - D - m) p dy,
/// the SDE dx = (2 (x - D) - m)/sigma dsigma + sqrt(2 sigma) c dw (sigma falling) shares the
/// Fokker-Planck flow of the ODE dx/dsigma = (x - D)/sigma, whatever D is. m is 0 for the exact D,
/// and c then the coefficient of t_sde_exact. Where c^2 is negative the ODE's drift is taken, and
/// no noise, which keeps p as well.
/// Source: derived here.
#pragma once

#include "samplers/sampler.hpp"
#include "samplers/sampler_law.hpp"

#include <memory>

namespace htdm {

/// A denoiser whose Euler step is the one above at all `options.levels` but the last: its gap is
/// (x - D - m/2)/sigma, or half of (x - D)/sigma where there is no noise, and its square c^2 itself
/// (Coefficient::given). At the last level and any other the gap is that of `denoiser`. Its fast
/// path takes that of `denoiser`, and c^2 in double precision, about a microsecond a call.
///
/// No table holds it: c^2 and with it the gap have corners at the end of what p resolves and where
/// the noise sets in.
/// p is that of t_ode by Heun's method with these options, carried as sampler_law() does; beyond
/// what it resolves c grows like |x|. Throws InputError in several dimensions, NumericalError where
/// a step of the ODE does not keep the order of its states.
std::shared_ptr<const Denoiser> ode_law_denoiser(std::shared_ptr<const Denoiser> denoiser,
                                                 const SamplerOptions& options,
                                                 const ForEachPanel& each);

/// The same with the law of t_ode by another denoiser, `flow`, such as one that makes it quickly
/// where only the cost of a call matters.
std::shared_ptr<const Denoiser> ode_law_denoiser(std::shared_ptr<const Denoiser> denoiser,
                                                 std::shared_ptr<const Denoiser> flow,
                                                 const SamplerOptions& options,
                                                 const ForEachPanel& each);

}  // namespace htdm
