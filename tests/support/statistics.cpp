#include "support/statistics.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace htdm::test {
namespace {

using std::numbers::pi;

/// P(K > lambda) for Kolmogorov's limit law: the alternating series, or its theta-function dual
/// where that one converges faster.
double kolmogorov_survival(double lambda) {
  if (lambda <= 0) return 1;
  double sum = 0;
  if (lambda < 1) {
    for (int k = 1; k <= 7; k += 2) sum += std::exp(-k * k * pi * pi / (8 * lambda * lambda));
    return 1 - std::sqrt(2 * pi) / lambda * sum;
  }
  for (int k = 1; k <= 5; ++k) {
    sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  }
  return sum;
}

}  // namespace

double ks_p_value(std::vector<double> sample, const std::function<double(double)>& cdf) {
  if (sample.empty()) throw std::invalid_argument("ks_p_value: the sample is empty");
  if (std::any_of(sample.begin(), sample.end(), [](double x) { return std::isnan(x); })) return 0;
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = cdf(sample[i]);
    if (std::isnan(f)) return 0;
    const double below = static_cast<double>(i) / n;
    distance = std::max({distance, f - below, below + 1 / n - f});
  }
  const double root = std::sqrt(n);
  const double scaled = root * distance;
  return kolmogorov_survival(scaled + 1 / (6 * root) + (scaled - 1) / (4 * n));
}

double chi_square_p_value(const std::vector<std::uint64_t>& observed,
                          const std::vector<double>& expected, int fitted) {
  const int freedom = static_cast<int>(observed.size()) - 1 - fitted;
  if (observed.size() != expected.size() || freedom < 1) {
    throw std::invalid_argument("chi_square_p_value: sizes do not agree or too few cells");
  }
  double statistic = 0;
  double observed_total = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (!(expected[i] >= 5)) throw std::invalid_argument("chi_square_p_value: expected count < 5");
    const auto count = static_cast<double>(observed[i]);
    statistic += (count - expected[i]) * (count - expected[i]) / expected[i];
    observed_total += count;
  }
  const double expected_total = std::accumulate(expected.begin(), expected.end(), 0.0);
  if (std::abs(observed_total - expected_total) > 1e-6 * expected_total) {
    throw std::invalid_argument("chi_square_p_value: totals do not agree");
  }
  return boost::math::gamma_q(freedom / 2.0, statistic / 2);
}

double normal_two_sided_p(double z) {
  return std::erfc(std::abs(z) / std::numbers::sqrt2);
}

double binomial_two_sided_p(std::uint64_t count, std::uint64_t n, double p) {
  if (count > n || !(p >= 0 && p <= 1)) {
    throw std::invalid_argument("binomial_two_sided_p: needs count <= n and 0 <= p <= 1");
  }
  if (p == 0) return count == 0 ? 1 : 0;
  if (p == 1) return count == n ? 1 : 0;
  const auto k = static_cast<double>(count);
  const auto rest = static_cast<double>(n - count);
  // P(X <= k) = I_{1-p}(n - k, k + 1) and P(X >= k) = I_p(k, n - k + 1).
  const double lower = count == n ? 1 : boost::math::ibetac(k + 1, rest, p);
  const double upper = count == 0 ? 1 : boost::math::ibeta(k, rest + 1, p);
  return std::min(1.0, 2 * std::min(lower, upper));
}

}  // namespace htdm::test
