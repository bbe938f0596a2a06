#include "diffusion/normalization.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace htdm {
namespace {

/// Sum of term(0) .. term(n - 1) in that order with Neumaier's compensation: the error does not
/// grow with n. Source: Neumaier, ZAMM 54 (1974) 39.
template <class Term>
double compensated_sum(std::size_t n, Term&& term) {
  double sum = 0;
  double lost = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double value = term(i);
    const double next = sum + value;
    lost += std::abs(sum) >= std::abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  return sum + lost;
}

}  // namespace

Normalization fit_normalization(std::span<const double> samples, int dimension) {
  HTDM_EXPECTS(dimension >= 1 && samples.size() % static_cast<std::size_t>(dimension) == 0);
  check_input(!samples.empty(), "there are no training samples",
              "Mean and standard deviation need them", "Give at least two");
  const std::size_t d = dimension;
  const std::size_t n = samples.size() / d;
  Normalization result;
  for (std::size_t j = 0; j < d; ++j) {
    const auto sample = [&](std::size_t i) { return samples[i * d + j]; };
    const double mean = compensated_sum(n, sample) / static_cast<double>(n);
    const auto squared_deviation = [&](std::size_t i) {
      const double deviation = sample(i) - mean;
      return deviation * deviation;
    };
    const double variance = compensated_sum(n, squared_deviation) / static_cast<double>(n);
    const std::string component = "component " + std::to_string(j) + " of the training data";
    check_input(std::isfinite(variance),
                component + " holds NaN, infinity or numbers too large to square",
                "It has no mean and standard deviation", "Remove or rescale those samples");
    // The mean of equal numbers may be rounded, so the variance alone does not tell.
    bool constant = true;
    for (std::size_t i = 1; i < n && constant; ++i) constant = sample(i) == sample(0);
    check_input(!constant && variance > 0, component + " is constant",
                "It cannot be scaled to unit standard deviation", "Leave that component out");
    result.mean.push_back(mean);
    result.deviation.push_back(std::sqrt(variance));
  }
  return result;
}

}  // namespace htdm
