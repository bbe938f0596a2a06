#include "stats/intervals.hpp"

#include "core/error.hpp"
#include "core/special.hpp"

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace htdm {
namespace {

namespace bm = boost::math;

constexpr bm::policies::policy<bm::policies::promote_double<false>> in_double;

void check_confidence(double confidence) {
  check_input(confidence > 0 && confidence < 1,
              "confidence " + std::to_string(confidence) + " is not between 0 and 1",
              "An interval covers with a probability", "Use 0.95, for example");
}

/// Smallest k in [0, n] where `holds` turns true; it is true at n. Searches outwards from `guess`.
template <class Predicate>
std::uint64_t first_count(std::uint64_t n, double guess, Predicate&& holds) {
  const double inside = std::clamp(std::floor(guess), 0.0, static_cast<double>(n));
  std::uint64_t high = std::min(static_cast<std::uint64_t>(inside), n);
  std::uint64_t low = high;  // everything below `low` is false once the first loop has ended
  for (std::uint64_t step = 1; low > 0 && holds(low - 1); step *= 2) {
    high = low - 1;
    low = high > step ? high - step : 0;
  }
  for (std::uint64_t step = 1; !holds(high); step *= 2) {
    low = high + 1;
    high = std::min(n, high + step);
  }
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace

Interval clopper_pearson(std::uint64_t count, std::uint64_t n, double confidence) {
  check_confidence(confidence);
  check_input(count <= n, "count " + std::to_string(count) + " is above " + std::to_string(n),
              "A count of successes cannot exceed the number of trials", "Check the counts");
  const double half = (1 - confidence) / 2;
  const double k = static_cast<double>(count);
  const double rest = static_cast<double>(n - count);
  Interval interval{0, 1};
  if (count > 0)
    interval.low =
        rest > 0 ? bm::ibeta_inv(k, rest + 1, half, in_double) : std::exp(std::log(half) / k);
  if (count < n)
    interval.high =
        k > 0 ? bm::ibetac_inv(k + 1, rest, half, in_double) : -std::expm1(std::log(half) / rest);
  return interval;
}

BatchStatistics over_batches(std::span<const double> values, double confidence) {
  check_confidence(confidence);
  check_input(!values.empty(), "there is no batch", "A mean over batches needs at least one",
              "Use one batch or more");
  const double n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);

  BatchStatistics result{mean, std::sqrt(squares / n), {}};
  double half_width = std::numeric_limits<double>::infinity();
  if (values.size() > 1) {
    const StudentTLaw law{n - 1};
    half_width = law.upper_quantile((1 - confidence) / 2) * std::sqrt(squares / (n - 1) / n);
  }
  result.interval = {mean - half_width, mean + half_width};
  return result;
}

RankInterval quantile_ranks(std::uint64_t n, double p, double confidence) {
  check_confidence(confidence);
  check_input(p >= 0 && p <= 1, "level " + std::to_string(p) + " is not between 0 and 1",
              "A quantile's level is a probability", "Use levels in [0, 1]");
  const double half = (1 - confidence) / 2;
  const double trials = static_cast<double>(n);
  // P(B <= k) and P(B > k), each where it is small.
  const auto below = [=](std::uint64_t k) {
    if (k >= n) return 1.0;
    const double a = static_cast<double>(k) + 1;
    return bm::ibetac(a, trials - a + 1, p, in_double);
  };
  const auto above = [=](std::uint64_t k) {
    if (k >= n) return 0.0;
    const double a = static_cast<double>(k) + 1;
    return bm::ibeta(a, trials - a + 1, p, in_double);
  };
  const double z = StudentTLaw{std::numeric_limits<double>::infinity()}.upper_quantile(half);
  const double spread = z * std::sqrt(trials * p * (1 - p));
  const double skew = (z * z - 1) * (1 - 2 * p) / 6 - 0.5;  // second Cornish-Fisher term
  RankInterval ranks;
  ranks.low = first_count(n, std::round(trials * p - spread + skew),
                          [&](std::uint64_t k) { return below(k) > half; });
  ranks.high = 1 + first_count(n, std::round(trials * p + spread + skew),
                               [&](std::uint64_t k) { return above(k) <= half; });
  return ranks;
}

}  // namespace htdm
