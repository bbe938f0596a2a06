/// What the replicas of one method say of the thresholds of one event, and what more they would
/// cost.
#pragma once

#include "app/replicas.hpp"
#include "core/infinity.hpp"
#include "io/rare.hpp"

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

namespace htdm {

/// What is known of the thresholds of one event after some replicas, in their order.
std::vector<RareEstimate> replica_estimates(const Replicas& replicas);

/// How many replicas to go on to: as many as the targets need at the present spread, at most four
/// times those that are there; those that are there where all targets are reached without doubt. An
/// error bar in doubt never ends it. `targets` by threshold, NaN for none.
std::uint64_t wanted_replicas(std::uint64_t present, const std::vector<RareEstimate>& estimates,
                              const std::vector<double>& targets);

/// What a method is foreseen to cost, by a first round.
struct Foresight {
  double seconds = inf;    ///< processor time of a nominal core (rare_cost.hpp)
  std::size_t unseen = 0;  ///< levels beyond which the round saw nothing
  std::size_t unsure = 0;  ///< levels at which starts that it did not see may add to the estimate,
                           ///< or a single replica makes its error bar
  double calls = 0;        ///< of the denoiser; 0 for a law

  bool tells() const { return unseen == 0 && unsure == 0; }
  /// Of two that tell equally much the cheaper.
  bool operator<(const Foresight& other) const {
    return std::tuple(unseen, unsure, seconds) <
           std::tuple(other.unseen, other.unsure, other.seconds);
  }
};

/// What `first`, the estimates of a first round, tells, without costs.
Foresight told_by(const Replicas& pilot, const std::vector<RareEstimate>& first);

/// How many such rounds meet the targets where they are left out of the estimate themselves; at
/// least `least`.
double rounds_needed(const std::vector<RareEstimate>& first, const std::vector<double>& targets,
                     double least);

/// Paths that counting needs for the targets (0.1 for none) where the probabilities are about
/// these; inf where one is 0.
double counting_paths(const std::vector<RareEstimate>& about, const std::vector<double>& targets);

}  // namespace htdm
