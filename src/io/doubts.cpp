#include "io/doubts.hpp"

#include "io/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace htdm {

bool few_beyond(std::uint64_t paths) {
  return paths <= 10;
}

bool no_digit(double value, double bound) {
  return !(bound < 0.25 * std::abs(value));
}

std::vector<std::uint8_t> doubtful_counts(std::span<const std::uint64_t> counts) {
  std::vector<std::uint8_t> doubtful;
  for (const std::uint64_t count : counts) doubtful.push_back(few_beyond(count));
  return doubtful;
}

std::vector<std::uint8_t> doubtful_levels(std::span<const double> levels, std::uint64_t paths) {
  std::vector<std::uint8_t> doubtful;
  for (const double level : levels) {
    const double beyond =
        static_cast<double>(paths) * std::clamp(std::min(level, 1 - level), 0., 1.);
    doubtful.push_back(few_beyond(static_cast<std::uint64_t>(std::llround(beyond))));
  }
  return doubtful;
}

std::vector<std::uint8_t> doubtful_values(std::span<const double> values,
                                          std::span<const double> bounds, double scale) {
  std::vector<std::uint8_t> doubtful;
  for (std::size_t i = 0; i < std::min(values.size(), bounds.size()); ++i) {
    doubtful.push_back(no_digit(std::max(std::abs(values[i]), scale), bounds[i]));
  }
  return doubtful;
}

std::string ExceedanceResult::doubt() const {
  if (count == 0) return "no path was seen beyond the threshold";
  return few_beyond(count) ? fmt::format("only {} paths were seen beyond the threshold", count)
                           : "";
}

std::string LawExceedance::doubt() const {
  return no_digit(probability, (interval.high - interval.low) / 2) ? "its bound leaves no digit"
                                                                   : "";
}

std::vector<std::uint8_t> SurvivalCurve::doubtful() const {
  return doubtful_counts(count);
}

std::vector<std::uint8_t> SamplerResult::quantiles_doubtful() const {
  std::vector<double> of;
  for (const QuantileResult& q : quantiles) of.push_back(q.level);
  return doubtful_levels(of, paths);
}

std::vector<std::uint8_t> SamplerResult::qq_doubtful() const {
  return doubtful_levels(qq_level, qq_paths);
}

std::vector<std::uint8_t> LawResult::survival_doubtful() const {
  return doubtful_values(survival, survival_error);
}

std::vector<std::uint8_t> LawResult::quantiles_doubtful() const {
  return doubtful_values(quantile, quantile_error, 1);
}

}  // namespace htdm
