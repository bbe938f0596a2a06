/// Exceedance counts: how many paths lie beyond thresholds in raw space.
#pragma once

#include "core/tile.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace htdm {

/// The number of a path that a threshold is compared with, from its components x_j in raw space:
/// side 0: the Euclidean norm of x_j - location over the first `components` components (d looks at
/// the whole vector, 1 at the first coordinate); side +1 or -1: +-(x_1 - location), one tail. With
/// `weights`, one per component: sum_j weight_j (x_j - location).
struct EventValue {
  int components = 1;
  double location = 0;
  int side = 0;
  std::vector<double> weights{};
};

/// Event values of the paths of a tile (d rows, raw space); NaN for a path with any component,
/// looked at or not, that is NaN or infinite. out.size() = x.paths.
void event_values(Tile<const double> x, std::size_t dimension, const EventValue& event,
                  std::span<double> out);

/// Counts of event values above each of a list of thresholds, over some paths.
/// Integers only: merging is addition in any order.
struct ExceedanceCounts {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::vector<std::uint64_t> count;  ///< paths with event value > threshold, per threshold
  std::uint64_t paths = 0;           ///< all paths, finite or not
  std::uint64_t nonfinite = 0;       ///< paths with NaN event value; never counted as exceedance
  std::uint64_t first_nonfinite = none;  ///< lowest id among them

  ExceedanceCounts() = default;
  explicit ExceedanceCounts(std::size_t thresholds) : count(thresholds) {}

  /// Add the event values of paths first_path, first_path + 1, ...; thresholds in any order, as
  /// many as there are counts.
  void add(std::uint64_t first_path, std::span<const double> values,
           std::span<const double> thresholds);

  /// Add the counts of other paths for the same thresholds.
  void merge(const ExceedanceCounts& other);

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& count& paths& nonfinite& first_nonfinite;
  }

  friend bool operator==(const ExceedanceCounts&, const ExceedanceCounts&) = default;
};

}  // namespace htdm
