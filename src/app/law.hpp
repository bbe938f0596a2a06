/// The law of an entry of a study without Monte Carlo, with bounds on its errors.
#pragma once

#include "app/law_levels.hpp"
#include "app/plan.hpp"
#include "diffusion/normalization.hpp"
#include "io/results.hpp"
#include "parallel/communicator.hpp"
#include "samplers/sampler_law.hpp"

#include <memory>

namespace htdm {

/// Panels shared out among the ranks of `world` and the threads of each.
ForEachPanel panel_loop(const Communicator& world, int threads);

/// Smallest probability that a law resolves: panels with less mass than 1e-26 are dropped.
inline constexpr double resolved_probability = 1e-20;

/// The law of the output of one entry on one grid, z-space. Collective; the same bits for any ranks
/// and threads. Throws NumericalError where mass is lost.
LineLaw output_law(const EntryPlan& entry, const std::shared_ptr<const Denoiser>& denoiser,
                   double tolerance, const ForEachPanel& each);

/// Everything that is asked of the law of one entry. Two grids are compared; while a level above
/// resolved_probability differs by more than the accuracy that is wanted (1e-4 of it), finer ones
/// are taken, up to a tolerance of 1e-9.
///
/// Their difference bounds errors (law_error_bound), with what lies within 2e-9 of a threshold: a
/// denoiser that saturates puts an atom there. What bounds do not hold: the rounding of a sampler
/// that works in single precision, and a table's error. Where true marginals are known the
/// states at all levels are compared with them; `densities` asks for the densities of the states.
/// Collective; the same bits for any ranks and threads. Throws NumericalError where mass is lost.
LawResult law_result(const Plan& plan, const EntryPlan& entry,
                     const std::shared_ptr<const Denoiser>& denoiser, const Normalization& scale,
                     MarginalShelf& shelf, bool densities);

}  // namespace htdm
