/// The law of an entry of a study without Monte Carlo, with bounds on its errors.
#pragma once

#include "app/plan.hpp"
#include "diffusion/normalization.hpp"
#include "io/results.hpp"
#include "parallel/communicator.hpp"
#include "samplers/line_law.hpp"

#include <memory>

namespace htdm {

/// Panels shared out among the ranks of `world` and the threads of each.
ForEachPanel panel_loop(const Communicator& world, int threads);

/// Smallest probability that a law resolves: panels with less mass than 1e-26 are dropped.
inline constexpr double resolved_probability = 1e-20;

/// Everything that is asked of the law of one entry. Two grids are compared; while a level above
/// resolved_probability differs by more than the accuracy that is wanted (1e-4 of it), finer ones
/// are taken, up to a tolerance of 1e-9.
///
/// The bound on the error of a probability p is three times the difference of the two grids, 1e-6 p
/// for the smallest scale of a step (law_kernel.hpp), and 1e-23 for the dropped panels. What it
/// does not hold: the rounding of a sampler that works in single precision, and a table's error.
/// Collective; the same bits for any ranks and threads. Throws NumericalError where mass is lost.
LawResult law_result(const Plan& plan, const EntryPlan& entry,
                     const std::shared_ptr<const Denoiser>& denoiser, const Normalization& scale,
                     const ForEachPanel& each);

}  // namespace htdm
