/// Numbers and estimates as people read them.
#pragma once

#include "stats/intervals.hpp"

#include <cstdint>
#include <string>

namespace htdm {

/// "0.0287", "12.9", "1.15e-3": `digits` significant ones; "-" for NaN.
std::string brief(double value, int digits = 3);

/// An estimate from a count with its interval, "1.15 [1.08, 1.22]e-3". No count is not a
/// probability of zero: "< 3.7e-6 (95 %)".
std::string estimate_text(std::uint64_t count, double value, const Interval& interval);

}  // namespace htdm
