/// What estimates of rare events share: the event as a function of denoised states, where their
/// draws live, and what a replica leaves behind.
#pragma once

#include "core/tile.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace htdm {

/// The event's number of every path of a tile of denoised states in z-space, NaN for paths that are
/// not finite.
using Score = std::function<void(Tile<const float> denoised, std::span<double> values)>;

/// The seed of draws for rare events, which share none with those of `htdm run` at `seed`.
std::uint64_t rare_seed(std::uint64_t seed);

/// Path k of replica r has the id r 2^40 + k.
inline constexpr int replica_shift = 40;

/// Sums over the weights of what was seen beyond a threshold.
struct WeightSums {
  double sum = 0, squares = 0, largest = 0;

  void add(double weight);
  void merge(const WeightSums& other);
  /// (sum w)^2/sum w^2: as many equal weights would spread as much; 0 for none.
  double effective_size() const { return squares > 0 ? sum * sum / squares : 0; }
  /// The largest over their sum; 0 for none.
  double largest_share() const { return sum > 0 ? largest / sum : 0; }
};

/// Decades of the start's tail that importance sampling visits: S(|start|) from 1 to 1e-20.
inline constexpr int start_decades = 20;

/// What one replica says of one threshold.
struct ThresholdEstimate {
  double probability = 0;  ///< its mean over replicas is P(event > threshold)
  /// For an upper bound where nothing was seen. Of splitting: its mean is the probability that a
  /// score exceeds the threshold at any level. Of others: the largest weight that a path may have.
  double bound = 0;
  WeightSums weights;  ///< of what exceeds it; in splitting, by the first particle it comes from
  /// Of importance sampling: the part of `probability` that started in each decade.
  std::array<double, start_decades> of_decade{};
};

struct ReplicaResult {
  std::vector<ThresholdEstimate> at;  ///< by threshold
  std::uint64_t paths = 0;            ///< started, in whole or in part
  std::uint64_t calls = 0;            ///< of the denoiser, one a state
  std::uint64_t nonfinite = 0;        ///< paths with a number that is not finite
};

}  // namespace htdm
