/// Numbers and estimates as people read them.
#pragma once

#include "stats/intervals.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace htdm {

/// "0.0287", "12.9", "1.15e-3": `digits` significant ones; "-" for NaN.
std::string brief(double value, int digits = 3);

/// "6.72 [5.10, 8.34]". Where the low end shows no digit but zeros it is no bound of anything, and
/// the high end alone is said: "6.72, < 19.5".
std::string interval_text(const std::string& value, const std::string& low,
                          const std::string& high);

/// An estimate from a count with its interval, "1.15 [1.08, 1.22]e-3"; by interval_text()
/// "6.72e-6, < 1.95e-5". No count is not a probability of zero: "< 3.7e-6 (95 %)".
std::string estimate_text(std::uint64_t count, double value, const Interval& interval);

/// "< 3.7e-6"; of what is zero in double precision "< 1.0e-300".
std::string below_text(double bound);

/// A value whose error `bound` bounds: as many significant digits as the bound is below, so that it
/// is at most one unit of the last, and no more than `most`; "0.82 ±0.19" where it leaves none but
/// is below a quarter of the value; else what |value| is below, "< 3.1e-19".
std::string bounded_text(double value, double bound, int most = 6);

/// nu, "-" where it has no meaning.
std::string nu_text(const std::optional<double>& nu);

}  // namespace htdm
