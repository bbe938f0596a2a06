#include "stats/batch_moments.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

/// Means of (x - centre)^k, k = 1, 2, 3, 4, over one batch.
std::array<double, 4> powers_about(const MomentSums& sums, double centre) {
  const double n = static_cast<double>(sums.n);
  const double d = sums.mean - centre;
  const double m2 = sums.m2 / n, m3 = sums.m3 / n, m4 = sums.m4 / n;
  return {d, m2 + d * d, m3 + 3 * d * m2 + d * d * d,
          m4 + 4 * d * m3 + 6 * d * d * m2 + d * d * d * d};
}

}  // namespace

std::array<Interval, 4> moment_intervals(std::span<const Moments> batches, double confidence) {
  Moments all;
  std::vector<MomentSums> filled;
  for (const Moments& batch : batches) {
    if (batch.count() == 0) continue;
    all.merge(batch);
    filled.push_back(batch.sums());
  }
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::array<Interval, 4> intervals;
  intervals.fill({nan, nan});
  if (filled.size() < 2) return intervals;
  const double s = all.standard_deviation(), g = all.skewness(), k = all.kurtosis();
  std::array<std::vector<double>, 4> means;
  for (const MomentSums& sums : filled) {
    const auto [p1, p2, p3, p4] = powers_about(sums, all.mean());
    const double z1 = p1 / s, z2 = p2 / (s * s);
    means[0].push_back(p1);
    means[1].push_back(p2);
    means[2].push_back(p3 / (s * s * s) - 3 * z1 - 1.5 * g * (z2 - 1));
    means[3].push_back(p4 / (s * s * s * s) - 4 * g * z1 - 2 * k * (z2 - 1));
  }
  const std::array<double, 4> values{all.mean(), all.variance(), g, k};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Interval around = over_batches(means[i], confidence).interval;
    const double half = (around.high - around.low) / 2;
    intervals[i] = {values[i] - half, values[i] + half};
  }
  return intervals;
}

}  // namespace htdm
