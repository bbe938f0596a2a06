/// How the points of a report's plots were made, and which of them not to build on.
#pragma once

#include "stats/tail_report.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace htdm {

/// Of one plot, point by point.
struct PlotTrust {
  std::string method;
  std::vector<std::uint8_t> doubtful;  ///< 1 where not to build on the point
};

/// All points are doubtful where large draws come together, and those of fewer than 30 exceedances.
/// Of the Hill plot and the threshold stability also those that the report's generalised Pareto fit
/// contradicts: neither number is in the other's interval. Of the mean excess all where the tail
/// index may be 2 or less (lower end of Hill's interval, or upper end of the shape's at 1/2): there
/// is no variance then, which its Student-t interval needs. Of a law those whose bound reaches 0.
PlotTrust survival_trust(const TailReport& report);
PlotTrust hill_trust(const TailReport& report);
PlotTrust excess_trust(const TailReport& report);
PlotTrust stability_trust(const TailReport& report);

}  // namespace htdm
