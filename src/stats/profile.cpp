#include "stats/profile.hpp"

#include "core/special.hpp"

#include <boost/math/tools/minima.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

/// The end of the interval on the side of `step`.
double profile_end(const std::function<double(double)>& f, double best, double step, double limit,
                   double wanted) {
  const auto beyond = [limit, step](double x) { return step > 0 ? x >= limit : x <= limit; };
  double inside = best, outside = best + step;
  while (true) {
    if (beyond(outside)) {
      if (!std::isfinite(limit) || f(limit) >= wanted) return limit;
      outside = limit;
      break;
    }
    if (f(outside) < wanted) break;
    inside = outside;
    step *= 2;
    outside = best + step;
  }
  for (int k = 0; k < 60 && std::abs(outside - inside) > 1e-6 * std::abs(outside - best); ++k) {
    const double middle = inside + (outside - inside) / 2;
    (f(middle) >= wanted ? inside : outside) = middle;
  }
  return inside + (outside - inside) / 2;
}

}  // namespace

Maximum maximise(const std::function<double(double)>& f, double low, double high, int bits) {
  std::uintmax_t iterations = 200;
  const auto [at, value] = boost::math::tools::brent_find_minima(
      [&f](double x) {
        const double y = -f(x);
        return std::isfinite(y) ? y : std::numeric_limits<double>::max() / 4;
      },
      low, high, bits, iterations);
  return {at, -value};
}

Maximum maximise_on(std::span<const double> grid, const std::function<double(double)>& f) {
  std::size_t best = 0;
  double value = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < grid.size(); ++k) {
    const double y = f(grid[k]);
    if (!(y > value)) continue;
    best = k;
    value = y;
  }
  const Maximum found =
      maximise(f, grid[best > 0 ? best - 1 : 0], grid[std::min(best + 1, grid.size() - 1)]);
  return found.value >= value ? found : Maximum{grid[best], value};
}

Interval profile_interval(const std::function<double(double)>& f, const Maximum& best, double step,
                          const Interval& limits, double confidence) {
  const StudentTLaw normal{std::numeric_limits<double>::infinity()};
  const double z = normal.upper_quantile((1 - confidence) / 2);
  const double wanted = best.value - z * z / 2;
  return {profile_end(f, best.at, -step, limits.low, wanted),
          profile_end(f, best.at, step, limits.high, wanted)};
}

}  // namespace htdm
