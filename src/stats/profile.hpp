/// Maxima of functions of one number, and profile-likelihood intervals around them.
#pragma once

#include "stats/intervals.hpp"

#include <functional>
#include <span>

namespace htdm {

/// Where a function of one number is largest, and how large it is there.
struct Maximum {
  double at = 0;
  double value = 0;
};

/// The largest value over [low, high] of a function with one maximum there, by Brent's method;
/// `at` to about 2^-bits of its size (a maximum is not known better than to half of all bits).
Maximum maximise(const std::function<double(double)>& f, double low, double high, int bits = 26);

/// The same around the best point of an ascending grid: between its neighbours.
Maximum maximise_on(std::span<const double> grid, const std::function<double(double)>& f);

/// All x around `best` with f(x) > f(best) - z^2/2, z the two-sided Normal quantile of
/// `confidence`: the interval of the likelihood ratio, coverage `confidence` in the limit. f must
/// fall on both sides of `best`; the search starts with steps of `step` > 0 and ends at `low` and
/// `high`, which stand in the interval where f has not fallen enough before them.
Interval profile_interval(const std::function<double(double)>& f, const Maximum& best, double step,
                          const Interval& limits, double confidence = 0.95);

}  // namespace htdm
