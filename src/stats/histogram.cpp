#include "stats/histogram.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

constexpr int mantissa_bits = 7;  // 128 bins an octave
constexpr int lowest_octave = -24;
constexpr std::size_t centre = MagnitudeHistogram::edges;  // index of the central bin

/// Number of edges below |x| = index of the smallest edge >= |x|, for a number whose bits without
/// the sign are `magnitude`. Bits of positive numbers are ordered as the numbers are, so the bin is
/// the leading bits; minus one, because a bin owns its upper edge.
template <class Int, int Fraction>
Int edges_below(Int magnitude) {
  constexpr int shift = Fraction - mantissa_bits;
  constexpr Int bias = (Int{1} << (sizeof(Int) * 8 - 2 - Fraction)) - 1;
  constexpr Int first = ((bias + lowest_octave) << mantissa_bits) - 1;
  const Int above = ((magnitude - 1) >> shift) - first;
  return std::clamp(above, Int{0}, static_cast<Int>(MagnitudeHistogram::edges));
}

template <class Int, int Fraction, class Float>
void count_values(std::span<const Float> values, std::uint64_t* counts) {
  constexpr Int magnitude_mask = std::numeric_limits<Int>::max();
  for (const Float value : values) {
    const Int bits = std::bit_cast<Int>(value);
    const Int bin = edges_below<Int, Fraction>(bits & magnitude_mask);
    const Int sign = bits >> (sizeof(Int) * 8 - 1);  // 0 or -1
    ++counts[static_cast<std::ptrdiff_t>(centre) + ((bin ^ sign) - sign)];
  }
}

/// Ends of bin `index`, from -inf to +inf.
Interval bin_ends(std::size_t index) {
  const auto upper = [](std::size_t k) {
    return k < MagnitudeHistogram::edges ? MagnitudeHistogram::edge(k) : inf;
  };
  if (index == centre) return {-upper(0), upper(0)};
  if (index > centre) return {upper(index - centre - 1), upper(index - centre)};
  return {-upper(centre - index), -upper(centre - index - 1)};
}

std::uint64_t sum(std::span<const std::uint64_t> counts) {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) total += count;
  return total;
}

/// Bin that holds the order statistic of 1-based `rank` <= total, and the count before that bin.
struct Position {
  std::size_t bin;
  std::uint64_t before;
};
Position locate(std::span<const std::uint64_t> counts, std::uint64_t rank) {
  std::uint64_t before = 0;
  std::size_t bin = 0;
  while (before + counts[bin] < rank) before += counts[bin++];
  return {bin, before};
}

}  // namespace

double MagnitudeHistogram::edge(std::size_t k) {
  HTDM_EXPECTS(k < edges);
  constexpr std::size_t bins = std::size_t{1} << mantissa_bits;
  const double mantissa = 1 + static_cast<double>(k % bins) / bins;
  return std::ldexp(mantissa, lowest_octave + static_cast<int>(k / bins));
}

std::size_t MagnitudeHistogram::edge_at_or_above(double x) {
  const auto magnitude = std::bit_cast<std::int64_t>(std::fabs(x));
  return static_cast<std::size_t>(edges_below<std::int64_t, 52>(magnitude));
}

void MagnitudeHistogram::add(std::span<const float> values) {
  count_values<std::int32_t, 23>(values, counts_.data());
}

void MagnitudeHistogram::add(std::span<const double> values) {
  count_values<std::int64_t, 52>(values, counts_.data());
}

void MagnitudeHistogram::merge(const MagnitudeHistogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::uint64_t MagnitudeHistogram::total() const {
  return sum(counts_);
}

std::uint64_t MagnitudeHistogram::count_above(std::size_t k) const {
  HTDM_EXPECTS(k < edges);
  return sum(counts().subspan(centre + k + 1));
}

std::uint64_t MagnitudeHistogram::count_below_minus(std::size_t k) const {
  HTDM_EXPECTS(k < edges);
  return sum(counts().first(centre - k));
}

std::uint64_t MagnitudeHistogram::count_magnitude_above(std::size_t k) const {
  return count_above(k) + count_below_minus(k);
}

std::vector<std::uint64_t> MagnitudeHistogram::magnitude_survival() const {
  std::vector<std::uint64_t> survival(edges);
  std::uint64_t above = 0;
  for (std::size_t k = edges; k-- > 0;) {
    above += counts_[centre + k + 1] + counts_[centre - k - 1];
    survival[k] = above;
  }
  return survival;
}

Interval MagnitudeHistogram::bracket(std::uint64_t rank) const {
  if (rank == 0) return {-inf, -inf};
  if (rank > total()) return {inf, inf};
  return bin_ends(locate(counts_, rank).bin);
}

QuantileEstimate MagnitudeHistogram::quantile(double p, double confidence) const {
  const std::uint64_t n = total();
  if (n == 0) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, {nan, nan}};
  }
  const RankInterval ranks = quantile_ranks(n, p, confidence);
  const double rank = static_cast<double>(n - 1) * p + 1;
  const Position at = locate(counts_, static_cast<std::uint64_t>(rank));
  const Interval ends = bin_ends(at.bin);
  const double share =
      (rank - static_cast<double>(at.before) - 0.5) / static_cast<double>(counts_[at.bin]);
  double value = ends.low + std::min(share, 1.0) * (ends.high - ends.low);
  if (std::isinf(ends.low)) value = ends.high;
  if (std::isinf(ends.high)) value = ends.low;
  return {value, {bracket(ranks.low).low, bracket(ranks.high).high}};
}

}  // namespace htdm
