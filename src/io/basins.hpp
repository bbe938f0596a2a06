/// What paths between two points did: where they ended, when they changed sides, and the fixed
/// points behind it; part of trajectories.h5.
#pragma once

#include "io/hdf5.hpp"
#include "stats/intervals.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// A number of all finite paths. A share is count/paths with its Clopper-Pearson interval; the mean
/// number of crossings has a Student-t interval over batches. 95 % both.
struct BasinStatistic {
  std::string name;
  std::uint64_t count = 0;
  double value = 0;
  Interval interval;
  std::vector<std::uint64_t> batch_counts;
};

/// The fixed points 0 and +-branch of x = D(x, sigma) (denoiser/two_point_theory.hpp).
struct FixedPointRow {
  double sigma = 0;
  double branch = 0;        ///< distance from the middle of the points, z-space
  double slope_origin = 0;  ///< dD/dx along the axis at 0
  double slope_branch = 0;  ///< and at branch
};

/// Measured from the middle of the points, along the line through them; a side is that of the plane
/// half-way. A path crosses in a step after which its state is on the other side; crossings inside
/// a step are not seen.
struct BasinResult {
  double radius = 0;          ///< half the distance of the points, z-space
  double critical_sigma = 0;  ///< where the middle loses its stability
  std::uint64_t paths = 0;    ///< finite ones
  std::uint64_t nonfinite = 0;
  std::vector<BasinStatistic> statistics;
  std::vector<double> sigma;  ///< noise levels
  /// By level k: paths whose first, and last, crossing was in the step that ended there; at level 0
  /// those that never crossed.
  std::vector<std::uint64_t> first_crossing, last_crossing;
  double median_last = 0;         ///< noise level of the last crossing, sigma_max for none: median
  Interval median_last_interval;  ///< of order statistics, 95 %
  std::vector<std::uint64_t> crossings;  ///< paths with 0, 1, ... crossings
  std::vector<FixedPointRow> fixed_points;
};

/// The tables `basins/`, `passages/`, `crossings/` and `fixed_points/` of an entry.
void write_basins(hdf5::Group& entry, const BasinResult& result);
/// None where the entry has no such tables.
std::optional<BasinResult> read_basins(const hdf5::Group& entry);

/// Bytes of the numbers of these tables.
std::uint64_t basins_size(const BasinResult& result);

}  // namespace htdm
