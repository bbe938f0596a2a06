#include "stats/exceedance.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>

namespace htdm {

void event_values(Tile<const double> x, std::size_t dimension, const EventValue& event,
                  std::span<double> out) {
  HTDM_EXPECTS(out.size() == x.paths);
  HTDM_EXPECTS(event.components >= 1 && static_cast<std::size_t>(event.components) <= dimension);
  std::fill(out.begin(), out.end(), 0.0);
  if (!event.weights.empty()) {
    HTDM_EXPECTS(event.weights.size() == dimension);
    for (std::size_t j = 0; j < dimension; ++j) {
      for (std::size_t i = 0; i < x.paths; ++i) {
        out[i] += event.weights[j] * (x.row(j)[i] - event.location);
      }
    }
  } else if (event.side != 0) {
    for (std::size_t i = 0; i < x.paths; ++i) out[i] = event.side * (x.row(0)[i] - event.location);
  } else {
    for (std::size_t j = 0; j < static_cast<std::size_t>(event.components); ++j) {
      for (std::size_t i = 0; i < x.paths; ++i) {
        const double distance = x.row(j)[i] - event.location;
        out[i] += distance * distance;
      }
    }
    for (double& value : out) value = std::sqrt(value);
  }
  // x - x is 0 for a finite x and NaN otherwise, and NaN stays.
  for (std::size_t j = 0; j < dimension; ++j) {
    for (std::size_t i = 0; i < x.paths; ++i) out[i] += x.row(j)[i] - x.row(j)[i];
  }
}

void ExceedanceCounts::add(std::uint64_t first_path, std::span<const double> values,
                           std::span<const double> thresholds) {
  HTDM_EXPECTS(thresholds.size() == count.size());
  paths += values.size();
  for (std::size_t k = 0; k < thresholds.size(); ++k) {
    const double threshold = thresholds[k];
    std::uint64_t above = 0;
    for (const double value : values) above += value > threshold;
    count[k] += above;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) continue;
    ++nonfinite;
    first_nonfinite = std::min(first_nonfinite, first_path + i);
  }
}

void ExceedanceCounts::merge(const ExceedanceCounts& other) {
  HTDM_EXPECTS(other.count.size() == count.size());
  for (std::size_t k = 0; k < count.size(); ++k) count[k] += other.count[k];
  paths += other.paths;
  nonfinite += other.nonfinite;
  first_nonfinite = std::min(first_nonfinite, other.first_nonfinite);
}

}  // namespace htdm
