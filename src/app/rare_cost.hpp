/// What the methods of `htdm rare` cost in processor time, foreseen. All constants are fixed, in
/// seconds of one nominal core, so that every layout and every machine takes the same choices.
#pragma once

#include "app/plan.hpp"
#include "app/replicas.hpp"

namespace htdm {

/// Denoiser calls, one a state, of that many paths.
struct RareWorkload {
  double calls = 0, paths = 0;
};

/// One call of the denoiser that entry samples with, with the step that it is made for, s.
double call_seconds(const Plan& plan, const EntryPlan& entry);

/// Replicas of splitting, weighted starts or counting, s:
///   counting         calls c,              c = call_seconds()
///   weighted starts  calls c + paths s,    s the quantile and the direction of a start
///   splitting        calls (1.65 c + o),   o for clones, scores and sorting; tiles of clones that
///                                          start at unlike levels are walked from the first
double sampling_seconds(const Plan& plan, const EntryPlan& entry, RareMethod method,
                        const RareWorkload& work);

/// The law of an entry on both grids with its marginals: proportional to the levels, s.
double law_seconds(const Plan& plan, const EntryPlan& entry);

}  // namespace htdm
