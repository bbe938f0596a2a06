/// Confidence intervals for probabilities, batch means and quantiles.
#pragma once

#include <cstdint>
#include <span>

namespace htdm {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Clopper-Pearson interval for `count` successes in `n` trials: equal tails, coverage at least
/// `confidence` for every probability. With alpha = 1 - confidence, low and high solve
/// P(X >= count | low) = alpha/2 and P(X <= count | high) = alpha/2; at count = 0 this is
/// [0, 1 - (alpha/2)^{1/n}] (3.69/n at 95 %), at count = n its mirror; [0, 1] for n = 0.
/// Throws InputError unless count <= n and 0 < confidence < 1.
/// Source: Clopper & Pearson, Biometrika 26 (1934).
Interval clopper_pearson(std::uint64_t count, std::uint64_t n, double confidence = 0.95);

struct BatchStatistics {
  double mean = 0;
  double deviation = 0;  ///< population convention, 1/n
  Interval interval;     ///< mean +- t_{n-1} s/sqrt(n), s with 1/(n-1); [-inf, inf] for one batch
};
/// Throws InputError for no batch at all.
BatchStatistics over_batches(std::span<const double> values, double confidence = 0.95);

/// Ranks (1-based; 0 means -inf, n + 1 means +inf) of the order statistics that bracket the
/// p-quantile with at least `confidence`: X_(low) <= q_p <= X_(high). With B ~ Binomial(n, p), low
/// is the largest rank with P(B < low) <= (1 - confidence)/2 and high the smallest with
/// P(B >= high) <= (1 - confidence)/2. Holds for every law, with atoms or without.
struct RankInterval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
RankInterval quantile_ranks(std::uint64_t n, double p, double confidence = 0.95);

}  // namespace htdm
