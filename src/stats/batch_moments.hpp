/// Intervals for the moments of independent batches.
#pragma once

#include "stats/intervals.hpp"
#include "stats/moments.hpp"

#include <array>
#include <span>

namespace htdm {

/// Intervals for mean, variance, skewness and kurtosis (Moments' conventions) of the numbers of all
/// batches together, in this order.
///
/// With m, s, g and k the pooled mean, deviation, skewness and kurtosis and z = (x - m)/s, each of
/// them is, to first order in its error, the mean over all numbers of
///   x,   (x - m)^2,   z^3 - 3 z - 3/2 g (z^2 - 1)   and   z^4 - 4 g z - 2 k (z^2 - 1),
/// which is also exactly the pooled value. The interval is that value +- the half-width of the
/// Student-t interval (over_batches) of the B batch means of this expression: t_{B-1} s_B/sqrt(B).
/// It covers where the moment of twice the order exists. Batches of about equal size; empty ones
/// are left out, and with fewer than two others the intervals are NaN, as they are of constant
/// data for skewness and kurtosis. Depends on the batches' sums and their order only.
/// Source: Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), chapter 6.
std::array<Interval, 4> moment_intervals(std::span<const Moments> batches,
                                         double confidence = 0.95);

}  // namespace htdm
