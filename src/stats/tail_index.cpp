#include "stats/tail_index.hpp"

#include "core/infinity.hpp"

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace htdm {
namespace {

/// From the sum of ln(X_(i)/X_(k+1)).
TailIndex index_of(double sum, std::size_t k) {
  TailIndex index{inf, {0, inf}, k};
  if (sum <= 0) return index;
  index.alpha = static_cast<double>(k) / sum;
  const double factor = std::exp(1.959963984540054 / std::sqrt(static_cast<double>(k)));
  index.interval = {index.alpha / factor, index.alpha * factor};
  return index;
}

}  // namespace

std::string few_exceedances(std::size_t exceedances) {
  return exceedances < 30 ? "only " + std::to_string(exceedances) + " exceedances" : "";
}

std::size_t hill_size(std::size_t n) {
  constexpr double most = 5000;
  if (static_cast<double>(n) <= most) return std::max<std::size_t>(10, n / 100);
  return static_cast<std::size_t>(50 * std::pow(static_cast<double>(n) / most, 0.25));
}

double upper_quarter_p_value(std::span<const double> sorted, std::size_t k) {
  const std::array sizes{k / 4, k};
  if (k < 8) return 1;
  const std::vector<TailIndex> found = hill_plot(sorted, sizes);
  if (found.size() < 2 || std::isinf(found[1].alpha)) return 1;
  const auto upper = static_cast<double>(sizes[0]), all = static_cast<double>(k);
  const double share = std::min(1.0, upper / found[0].alpha / (all / found[1].alpha));
  const double below = boost::math::ibeta(upper, all - upper, share);
  return 2 * std::min(below, 1 - below);
}

TailIndex hill_index(std::span<const double> magnitudes, std::size_t k) {
  std::vector<double> largest;
  std::ranges::copy_if(magnitudes, std::back_inserter(largest), [](double x) { return x > 0; });
  if (largest.size() < 4) return {inf, {0, inf}, 0};
  if (k == 0) k = hill_size(largest.size());
  k = std::min(k, largest.size() / 2);
  const auto edge = largest.begin() + static_cast<std::ptrdiff_t>(k);
  std::ranges::partial_sort(largest, edge + 1, std::greater<>());
  double sum = 0;
  for (auto x = largest.begin(); x != edge; ++x) sum += std::log(*x / *edge);
  return index_of(sum, k);
}

std::vector<TailIndex> hill_plot(std::span<const double> sorted,
                                 std::span<const std::size_t> exceedances) {
  std::vector<TailIndex> plot;
  for (const std::size_t k : exceedances) {
    if (k >= sorted.size() || !(sorted[sorted.size() - k - 1] > 0)) continue;
    const double edge = sorted[sorted.size() - k - 1];
    double sum = 0;
    for (const double x : sorted.last(k)) sum += std::log(x / edge);
    plot.push_back(index_of(sum, k));
  }
  return plot;
}

std::vector<std::size_t> tail_sizes(std::size_t n, std::size_t points, double share) {
  const double last = std::max(2.0, std::floor(share * static_cast<double>(n)));
  const double first = std::min(10.0, last);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < points; ++i) {
    const double part = points > 1 ? static_cast<double>(i) / static_cast<double>(points - 1) : 0;
    const auto k = static_cast<std::size_t>(std::llround(first * std::pow(last / first, part)));
    if (k < n && (sizes.empty() || k > sizes.back())) sizes.push_back(k);
  }
  return sizes;
}

}  // namespace htdm
