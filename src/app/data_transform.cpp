#include "app/data_transform.hpp"

#include "stats/sorting.hpp"
#include "stats/tail_index.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace htdm {
namespace {

/// The tail of data - center on one side, sign = 1 or -1. It starts at the last order statistic
/// that Hill's estimate uses.
PowerTail fit_tail(std::span<const double> sorted, double center, double sign) {
  std::vector<double> distance;
  for (const double x : sorted) {
    if (sign * (x - center) > 0) distance.push_back(sign * (x - center));
  }
  const TailIndex index = hill_index(distance);
  const double beyond = std::max<double>(1, static_cast<double>(index.k));
  return {index.alpha, std::min(0.49, beyond / static_cast<double>(sorted.size()))};
}

}  // namespace

Transform fit_transform(TransformKind kind, std::vector<double> column) {
  if (kind == TransformKind::none) return {};
  sort_ascending(std::span(column));
  const Transform signed_log = fit_signed_log(column);
  if (kind == TransformKind::signed_log) return signed_log;
  return fit_rank(column, fit_tail(column, signed_log.center, -1),
                  fit_tail(column, signed_log.center, 1));
}

}  // namespace htdm
