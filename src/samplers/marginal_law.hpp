/// The true marginals of the forward process on the line, without Monte Carlo.
#pragma once

#include "diffusion/normalization.hpp"
#include "diffusion/target.hpp"
#include "samplers/line_law.hpp"

namespace htdm {

/// The law of x = x0 + sigma e, x0 the target in z-space and e ~ t(nu), N(0, 1) at nu = inf. It is
/// what the state of a perfect sampler has at noise level sigma.
///
/// In closed form for points, and for Normal data under Normal noise; else by quadrature over the
/// narrower of x0 and sigma e, as a step of a chain (law_kernel.hpp) with the wider as its noise.
/// Needs has_law(target), one dimension and a normalisation without transforms.
LineLaw marginal_law(const Target& target, const Normalization& scale, double nu, double sigma,
                     const PanelRules& rules, const ForEachPanel& each);

}  // namespace htdm
