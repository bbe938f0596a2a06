/// What pooling the results of several runs needs: counts, moments and kept samples of batches.
#pragma once

#include "stats/histogram.hpp"
#include "stats/moments.hpp"

#include <cstdint>
#include <vector>

namespace htdm {

/// The I-th of N contiguous parts of a study's (entry, batch) units.
struct Part {
  std::uint64_t index = 0, count = 1;

  friend bool operator==(const Part&, const Part&) = default;
};

/// One batch of one entry.
struct PoolBatch {
  std::uint64_t seed = 0, batch = 0;  ///< which draws it is made of
  std::uint64_t paths = 0, nonfinite = 0;
  std::uint64_t first_nonfinite = 0;  ///< path id; 2^64 - 1 where there is none
  std::uint64_t kept = 0;             ///< how many of its first paths are in PoolData::kept
  std::vector<std::uint64_t> counts;  ///< paths above every threshold
  MomentSums moments;                 ///< first component, raw space
};

/// The batches of one entry that a run has done, in the order of its paths.
struct PoolData {
  std::vector<PoolBatch> batches;
  MagnitudeHistogram first_component, event;  ///< z-space; raw space
  std::vector<std::vector<float>> kept;       ///< z-space, per component, batch after batch
};

}  // namespace htdm
