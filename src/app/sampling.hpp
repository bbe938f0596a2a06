/// Sampling one entry of the results over ranks and threads.
#pragma once

#include "app/plan.hpp"
#include "parallel/communicator.hpp"
#include "samplers/sampler.hpp"
#include "stats/exceedance.hpp"
#include "stats/histogram.hpp"
#include "stats/moments.hpp"

#include <memory>
#include <vector>

namespace htdm {

class EntryStore;

/// An event with its thresholds, which stand side by side in the plan; the main event is first.
struct PlannedEvent {
  EventValue value;
  std::vector<double> thresholds;
};
std::vector<PlannedEvent> planned_events(const Plan& plan);

/// Everything about an entry that is counted in integers, so threads and ranks may add in any
/// order.
struct Tally {
  /// counts[e][b]: event e of planned_events() in batch b.
  std::vector<std::vector<ExceedanceCounts>> counts;
  MagnitudeHistogram first_component;  ///< z-space
  MagnitudeHistogram event;            ///< values of the study's main event, raw space

  explicit Tally(const Plan& plan);
  /// Paths that are not finite, in all batches.
  std::uint64_t nonfinite() const;
};

/// What the paths of one entry leave behind; its size does not depend on their number.
/// Complete on rank 0 only.
struct EntrySample {
  Tally tally;
  Moments moments;                       ///< first component, raw space, finite paths
  std::vector<std::vector<float>> kept;  ///< z-space, per component: the first w1_samples paths
  std::uint64_t first_nonfinite = ExceedanceCounts::none;
  double seconds = 0;
};

/// How many paths an entry keeps for W1 and Q-Q.
std::uint64_t kept_paths(const Plan& plan);

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
