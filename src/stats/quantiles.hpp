/// Quantiles of sorted samples with distribution-free intervals.
#pragma once

#include "stats/intervals.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace htdm {

struct QuantileEstimate {
  double value = 0;
  Interval interval;
};

/// Quantile at level p of a sorted, non-empty sample: linear interpolation of order statistics at
/// the 0-based position (n - 1) p (type 7 of Hyndman and Fan 1996, NumPy's default).
/// Throws InputError unless 0 <= p <= 1.
double sample_quantile(std::span<const double> sorted, double p);

/// [X_(low), X_(high)] for 1-based ranks; rank 0 is -inf and rank n + 1 is +inf.
Interval order_statistics(std::span<const double> sorted, RankInterval ranks);

/// sample_quantile with the order statistics of quantile_ranks around it.
QuantileEstimate estimate_quantile(std::span<const double> sorted, double p,
                                   double confidence = 0.95);

/// n levels from low to high in equal steps, ends exact: the grid of a Q-Q plot. The intervals of a
/// grid depend on sample size and level only, so quantile_ranks can be shared between samples.
std::vector<double> uniform_levels(std::size_t n, double low, double high);

}  // namespace htdm
