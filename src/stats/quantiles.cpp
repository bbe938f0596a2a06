#include "stats/quantiles.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace htdm {

double sample_quantile(std::span<const double> sorted, double p) {
  check_input(p >= 0 && p <= 1, "level " + std::to_string(p) + " is not between 0 and 1",
              "A quantile's level is a probability", "Use levels in [0, 1]");
  HTDM_EXPECTS(!sorted.empty());
  const double position = static_cast<double>(sorted.size() - 1) * p;
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, sorted.size() - 1);
  const double fraction = position - static_cast<double>(below);
  if (fraction == 0) return sorted[below];
  return sorted[below] + fraction * (sorted[above] - sorted[below]);
}

Interval order_statistics(std::span<const double> sorted, RankInterval ranks) {
  const auto at = [&](std::uint64_t rank) {
    if (rank == 0) return -inf;
    return rank > sorted.size() ? inf : sorted[rank - 1];
  };
  return {at(ranks.low), at(ranks.high)};
}

QuantileEstimate estimate_quantile(std::span<const double> sorted, double p, double confidence) {
  return {sample_quantile(sorted, p),
          order_statistics(sorted, quantile_ranks(sorted.size(), p, confidence))};
}

std::vector<double> uniform_levels(std::size_t n, double low, double high) {
  std::vector<double> levels(n, low);
  for (std::size_t i = 1; i < n; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(n - 1);
    levels[i] = i + 1 == n ? high : low + share * (high - low);
  }
  return levels;
}

}  // namespace htdm
