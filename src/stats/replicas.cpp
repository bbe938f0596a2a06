#include "stats/replicas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {

double ReplicaMean::relative_error() const {
  if (!(mean > 0)) return std::numeric_limits<double>::infinity();
  // The lower end may be cut.
  return (interval.high - mean) / mean;
}

ReplicaMean over_replicas(std::span<const double> values, double confidence) {
  const BatchStatistics batches = over_batches(values, confidence);
  const double n = static_cast<double>(values.size());
  ReplicaMean result;
  result.mean = batches.mean;
  result.standard_error = values.size() > 1 ? batches.deviation / std::sqrt(n - 1)
                                            : std::numeric_limits<double>::infinity();
  result.interval = {std::max(0.0, batches.interval.low), batches.interval.high};
  double squares = 0, fourths = 0;
  for (const double value : values) {
    const double square = (value - batches.mean) * (value - batches.mean);
    squares += square;
    fourths += square * square;
  }
  result.variance_of_variance = squares > 0 ? fourths / (squares * squares) - 1 / n
                                            : std::numeric_limits<double>::quiet_NaN();
  return result;
}

}  // namespace htdm
