/// The law of a one-dimensional sampler without Monte Carlo.
///
/// States are in the coordinates y = x/mu of diffusion/process.hpp, where all processes have the
/// same marginals. A step x -> m(x) + s(x) e of an SDE sampler is a Markov kernel, so the density
/// of the state is carried from level to level by quadrature (law_kernel.hpp) on panels that follow
/// it (law_panels.hpp). An ODE sampler maps its start; its law is that of the start under the map.
/// Either way the law is left as a density over panels and the output as a function on them.
#pragma once

#include "samplers/line_law.hpp"
#include "samplers/sampler.hpp"

#include <functional>
#include <memory>

namespace htdm {

/// How a law is computed.
struct LawRun {
  PanelRules rules;
  ForEachPanel each;  ///< results have the same bits for any
  /// Called, where there is one, with the law of the state x at every level.
  std::function<void(std::size_t level, const LineLaw& state)> observe;
  /// Called, of t_ode, with the panels of the start that have the state at every level as value.
  std::function<void(std::size_t level, const std::vector<LawPanel>& panels)> observe_map{};
};

/// The law of the output D(x, sigma_min) of a sampler kind, z-space, d = 1. The denoiser answers in
/// double precision (of a table: the denoiser behind it), and so do the steps.
/// Throws InputError as the sampler's make() does, and in other dimensions.
LineLaw sampler_law(const SamplerKind& kind, const std::shared_ptr<const Denoiser>& denoiser,
                    const SamplerOptions& options, const LawRun& run);

}  // namespace htdm
