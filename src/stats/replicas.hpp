/// A mean over independent replicas of an unbiased estimate, and whether its error bar is to be
/// believed.
#pragma once

#include "stats/intervals.hpp"

#include <span>

namespace htdm {

/// Above it the variance of the variance says that error bars are not known.
inline constexpr double doubtful_variance = 0.1;

struct ReplicaMean {
  double mean = 0;
  double standard_error = 0;  ///< s/sqrt(n), s with 1/(n-1); infinite for one replica
  Interval interval;          ///< Student-t with n - 1 degrees of freedom, cut at 0
  /// sum (x - mean)^4/(sum (x - mean)^2)^2 - 1/n: the relative variance of s^2/n; NaN where all
  /// values are equal. Source: MCNP manual, LA-UR-03-1987, 2.VI.
  double variance_of_variance = 0;

  /// Half the interval over the mean; infinite for a mean of 0.
  double relative_error() const;
  /// Whether the variance of the variance is not below doubtful_variance.
  bool doubtful() const { return !(variance_of_variance < doubtful_variance); }
};

/// Of estimates of something that is not negative. Throws InputError for no value at all.
ReplicaMean over_replicas(std::span<const double> values, double confidence = 0.95);

}  // namespace htdm
