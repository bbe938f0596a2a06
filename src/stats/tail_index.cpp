#include "stats/tail_index.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace htdm {

TailIndex hill_index(std::span<const double> magnitudes, std::size_t k) {
  std::vector<double> largest;
  std::ranges::copy_if(magnitudes, std::back_inserter(largest), [](double x) { return x > 0; });
  constexpr double inf = std::numeric_limits<double>::infinity();
  TailIndex index{inf, {0, inf}, 0};
  if (largest.size() < 4) return index;
  if (k == 0) k = std::max<std::size_t>(10, largest.size() / 100);
  k = std::min(k, largest.size() / 2);
  const auto edge = largest.begin() + static_cast<std::ptrdiff_t>(k);
  std::ranges::partial_sort(largest, edge + 1, std::greater<>());
  double sum = 0;
  for (auto x = largest.begin(); x != edge; ++x) sum += std::log(*x / *edge);
  index.k = k;
  if (sum <= 0) return index;
  index.alpha = static_cast<double>(k) / sum;
  const double factor = std::exp(1.959963984540054 / std::sqrt(static_cast<double>(k)));
  index.interval = {index.alpha / factor, index.alpha * factor};
  return index;
}

}  // namespace htdm
