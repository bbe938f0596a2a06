/// Histogram of fixed memory over all magnitudes: exact tail counts and streaming quantiles.
#pragma once

#include "stats/quantiles.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace htdm {

/// Counts of signed numbers in bins that follow their floating-point bits: every octave from 2^-24
/// to 2^40 is cut into 128 bins of equal width, so a bin is between 0.39 % and 0.79 % wide.
///
/// Positive bins are (lower, upper], negative ones mirror them, |x| <= 2^-24 is one central bin and
/// |x| > 2^40 (infinities and NaN too, by their sign bit) one end bin per side. Counts are
/// integers: merging is addition in any order. 128 KiB, a few ns per value.
class MagnitudeHistogram {
 public:
  /// Number of edges, 2^-24 = edge(0) < ... < edge(edges - 1) = 2^40.
  static constexpr std::size_t edges = 64 * 128 + 1;
  static double edge(std::size_t k);
  /// Index of the smallest edge >= |x|; `edges` when |x| > 2^40.
  static std::size_t edge_at_or_above(double x);

  MagnitudeHistogram() : counts_(2 * edges + 1) {}

  void add(std::span<const float> values);
  void add(std::span<const double> values);
  void merge(const MagnitudeHistogram& other);

  /// How many numbers were added.
  std::uint64_t total() const;
  /// #{x > edge(k)}, #{x < -edge(k)} and #{|x| > edge(k)}: exact.
  std::uint64_t count_above(std::size_t k) const;
  std::uint64_t count_below_minus(std::size_t k) const;
  std::uint64_t count_magnitude_above(std::size_t k) const;
  /// The last of these for every k at once.
  std::vector<std::uint64_t> magnitude_survival() const;

  /// Ends of the bin that holds the order statistic of 1-based `rank`; -inf and +inf for ranks 0
  /// and total() + 1, and as outer ends of the end bins.
  Interval bracket(std::uint64_t rank) const;

  /// Quantile at level p, interpolated inside its bin as if the bin's numbers were spread evenly
  /// (position (n - 1) p + 1, the convention of sample_quantile); the interval is quantile_ranks
  /// widened to bin edges, so its coverage is at least `confidence`. NaN when empty.
  QuantileEstimate quantile(double p, double confidence = 0.95) const;

  /// All counts, from -inf to +inf: what ranks add up.
  std::span<std::uint64_t> counts() { return counts_; }
  std::span<const std::uint64_t> counts() const { return counts_; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& counts_;
  }

  friend bool operator==(const MagnitudeHistogram&, const MagnitudeHistogram&) = default;

 private:
  std::vector<std::uint64_t> counts_;
};

}  // namespace htdm
