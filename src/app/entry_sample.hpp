/// What the paths of one entry leave behind: mergeable, storable, the same for every layout.
#pragma once

#include "app/plan.hpp"
#include "stats/exceedance.hpp"
#include "stats/histogram.hpp"
#include "stats/moments.hpp"

#include <cstdint>
#include <vector>

namespace htdm {

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

  Tally() = default;
  explicit Tally(const Plan& plan);
  /// Paths in all batches, and those of them that are not finite.
  std::uint64_t paths() const;
  std::uint64_t nonfinite() const;
  /// The lowest id of these, or ExceedanceCounts::none.
  std::uint64_t first_nonfinite() const;
  /// Add the counts of other paths of the same plan.
  void merge(const Tally& other);

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& counts& first_component& event;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// What the paths of one entry leave behind; its size does not depend on their number.
/// Complete on rank 0 only.
struct EntrySample {
  Tally tally;
  /// Per batch: first component, raw space, finite paths; blocks are folded in block order.
  std::vector<Moments> moments;
  std::vector<std::vector<float>> kept;  ///< z-space, per component: the first w1_samples paths
  double seconds = 0;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& tally& moments& kept& seconds;
  }
};

/// An entry of which no path is sampled yet.
EntrySample empty_sample(const Plan& plan);

/// The moments of all batches, merged in batch order.
Moments pooled_moments(const EntrySample& sample);

/// How many paths an entry keeps for W1 and Q-Q.
std::uint64_t kept_paths(const Plan& plan);

}  // namespace htdm
