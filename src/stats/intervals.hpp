/// Confidence intervals for probabilities, batch means and quantiles.
#pragma once

#include <cstdint>
#include <span>

namespace htdm {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Clopper-Pearson interval for `count` successes in `n` trials: two-sided, at least `confidence`.
/// At count = 0 the interval is [0, 1 - (1 - confidence)^{1/n}], the one-sided upper bound; at
/// count = n its mirror. Source: Clopper & Pearson, Biometrika 26 (1934).
Interval clopper_pearson(std::uint64_t count, std::uint64_t n, double confidence = 0.95);

struct BatchStatistics {
  double mean = 0;
  double deviation = 0;  ///< population convention, 1/n
  Interval interval;     ///< mean +- t_{n-1} s/sqrt(n), s with 1/(n-1); [-inf, inf] for one batch
};
BatchStatistics over_batches(std::span<const double> values, double confidence = 0.95);

/// Ranks (1-based; 0 means -inf, n + 1 means +inf) of the order statistics that bracket the
/// p-quantile with at least `confidence`: X_(low) <= q_p <= X_(high).
struct RankInterval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
RankInterval quantile_ranks(std::uint64_t n, double p, double confidence = 0.95);

}  // namespace htdm
