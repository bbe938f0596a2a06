/// Sampling one entry of the results over ranks and threads.
#pragma once

#include "app/entry_sample.hpp"
#include "app/plan.hpp"
#include "parallel/communicator.hpp"
#include "samplers/sampler.hpp"

namespace htdm {

class EntryStore;

/// Sample all paths of an entry. Paths are cut into blocks inside batches; blocks are dealt to
/// ranks and threads, their floating sums folded in block order. A `store`, whose sampler is then
/// to be given, is told of every window of blocks. Collective.
EntrySample sample_entry(const Plan& plan, const EntryPlan& entry, const Sampler& sampler,
                         const Normalization& normalization, const Communicator& world, int threads,
                         EntryStore* store = nullptr);

/// The noise level at which path `path` first has a component that is not finite, found by running
/// it again in double precision; 0 when it does not happen there.
double first_nonfinite_level(const Plan& plan, std::size_t entry, const Denoiser& denoiser,
                             std::uint64_t path);

}  // namespace htdm
