#include "stats/tail_report.hpp"

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "stats/sorting.hpp"

#include <boost/math/distributions/poisson.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace htdm {
namespace {

constexpr std::size_t few = 30;
const std::string together = "large values come together";

std::string text(const char* format, auto... values) {
  char buffer[200];
  std::snprintf(buffer, sizeof buffer, format, values...);
  return buffer;
}

/// Sentences, one after the other.
void add(std::string& doubt, const std::string& sentence) {
  if (!sentence.empty()) doubt += (doubt.empty() ? "" : "; ") + sentence;
}

std::string clustering_doubt(std::span<const double> in_order, double threshold) {
  const Clustering found = clustering(in_order, threshold);
  if (found.p_value > 1e-3) return "";
  return together + text(
                        " (%zu neighbours, %.2g expected of independent rows): intervals are too "
                        "narrow",
                        found.pairs, found.expected);
}

/// What the upper quarter of the exceedances says against the shape.
std::string stability_doubt(std::span<const double> sorted, std::size_t k, double shape) {
  if (k / 4 < few) return "";
  if (sorted[sorted.size() - k / 4 - 1] == sorted.back()) {
    return text("the %zu largest draws are equal", k / 4 + 1);
  }
  const ParetoTail upper(sorted, k / 4);
  const Interval interval = upper.shape_interval();
  if (interval.low <= shape && shape <= interval.high) return "";
  return text("not stable: the upper %zu exceedances give %.3g [%.3g, %.3g]", k / 4,
              upper.law().shape, interval.low, interval.high);
}

/// Where neither Hill's index nor the shape of a fit is in the other's interval, and where the
/// upper quarter of the exceedances has another index.
std::string bias_doubt(std::span<const double> sorted, const TailIndex& index, double shape,
                       const Interval& around) {
  std::string doubt;
  if (std::isinf(index.alpha)) return doubt;
  if (upper_quarter_p_value(sorted, index.k) < 0.01) {
    const std::vector<std::size_t> quarter{index.k / 4};
    add(doubt, text("not stable: the index of the upper %zu exceedances is %.3g", index.k / 4,
                    hill_plot(sorted, quarter).at(0).alpha));
  }
  const auto inside = [](double x, double low, double high) { return low <= x && x <= high; };
  if (!inside(1 / index.alpha, around.low, around.high) &&
      !inside(shape, 1 / index.interval.high, 1 / index.interval.low)) {
    add(doubt, text("biased: the Pareto fit has shape %.3g [%.3g, %.3g], not 1/index = %.3g", shape,
                    around.low, around.high, 1 / index.alpha));
  }
  return doubt;
}

/// By order statistics; where less than one draw is expected beyond, a bound.
TailNumber counted_level(std::span<const double> sorted, double p, const std::string& clusters) {
  const QuantileEstimate found = estimate_quantile(sorted, 1 - p);
  TailNumber level{found.value, found.interval, "order statistics", clusters};
  const double expected = p * static_cast<double>(sorted.size());
  if (expected < 1) {
    level.value = std::numeric_limits<double>::quiet_NaN();
    add(level.doubt, text("not resolved: %.2g draws expected beyond it", expected));
  } else if (std::isinf(found.interval.high)) {
    add(level.doubt, "no upper end from so few draws");
  }
  return level;
}

/// Probabilities are those of the whole sample.
ReturnLevel level_at(std::span<const double> sorted, const ParetoTail& tail, double p,
                     const std::string& doubt, const std::string& clusters) {
  ReturnLevel level{p, {}, counted_level(sorted, p, clusters), {}};
  if (p >= tail.rate()) return level;
  const QuantileEstimate fit = tail.return_level(p);
  level.fitted = {fit.value, fit.interval, "generalised Pareto, profile likelihood", doubt};
  const double expected = p * static_cast<double>(sorted.size());
  if (expected < 1) {
    add(level.fitted->doubt,
        text("%.2g draws expected beyond it: rests on the fitted law alone", expected));
  }
  const Interval& counted = level.counted->interval;
  if (fit.interval.high < counted.low || fit.interval.low > counted.high) {
    add(level.fitted->doubt, "order statistics contradict it");
  }
  return level;
}

/// Shares of the sample above its (k + 1)-th largest numbers, the very largest among them.
std::vector<SurvivalPoint> counted_survival(std::span<const double> sorted,
                                            std::span<const std::size_t> exceedances) {
  std::vector<std::size_t> all{1, 2, 3, 5, 7};
  std::erase_if(all, [&](std::size_t k) { return k >= exceedances.front(); });
  all.insert(all.end(), exceedances.begin(), exceedances.end());
  std::vector<SurvivalPoint> points;
  for (const std::size_t k : all) {
    SurvivalPoint point;
    point.threshold = sorted[sorted.size() - k - 1];
    const auto above = sorted.end() - std::ranges::upper_bound(sorted, point.threshold);
    point.probability = static_cast<double>(above) / static_cast<double>(sorted.size());
    point.interval = clopper_pearson(static_cast<std::uint64_t>(above), sorted.size());
    points.push_back(point);
  }
  return points;
}

}  // namespace

Clustering clustering(std::span<const double> in_order, double threshold) {
  std::size_t above = 0, pairs = 0;
  bool last = false;
  for (const double x : in_order) {
    const bool now = x > threshold;
    above += now ? 1 : 0;
    pairs += now && last ? 1 : 0;
    last = now;
  }
  const double n = static_cast<double>(in_order.size());
  const double k = static_cast<double>(above);
  Clustering found{pairs, k * (k - 1) / std::max(1.0, n), 1};  // (n - 1) k/n (k - 1)/(n - 1)
  if (pairs == 0 || found.expected <= 0) return found;
  const boost::math::poisson law(found.expected);
  found.p_value = cdf(complement(law, static_cast<double>(pairs) - 1));
  return found;
}

bool come_together(const TailReport& report) {
  return report.shape.doubt.find(together) != std::string::npos;
}

std::size_t pareto_size(std::size_t n) {
  return std::min(std::clamp<std::size_t>(n / 20, few, 5000), n / 2);
}

std::string hill_doubt(std::span<const double> in_order, const TailIndex& index) {
  std::string doubt = few_exceedances(index.k);
  const std::size_t n = in_order.size(), k = pareto_size(n);
  if (index.k == 0 || index.k >= n) return doubt;
  std::vector<double> sorted(in_order.begin(), in_order.end());
  sort_ascending(std::span(sorted));
  add(doubt, clustering_doubt(in_order, sorted[n - index.k - 1]));
  if (k < 2 || sorted[n - k - 1] == sorted.back()) return doubt;
  const ParetoTail tail(sorted, k);
  add(doubt, bias_doubt(sorted, index, tail.law().shape, tail.shape_interval()));
  return doubt;
}

TailReport tail_report(std::string name, std::span<const double> in_order,
                       const TailSettings& settings) {
  const Stopwatch watch;
  constexpr std::size_t least = 20;
  check_input(in_order.size() >= least,
              name + ": " + std::to_string(in_order.size()) + " numbers are too few for a tail",
              "Its estimates rest on the largest of them", "Give at least 20");
  check_input(std::ranges::all_of(in_order, [](double x) { return std::isfinite(x); }),
              name + ": some numbers are NaN or infinite", "They have no place in a tail",
              "Look at the paths that ended there (htdm show)");
  std::vector<double> sorted(in_order.begin(), in_order.end());
  sort_ascending(std::span(sorted));

  TailReport report;
  report.name = std::move(name);
  report.size = sorted.size();
  report.largest = sorted.back();
  const std::size_t wanted = settings.exceedances;
  const std::size_t k =
      wanted > 0 ? std::min(wanted, sorted.size() / 2) : pareto_size(sorted.size());
  const ParetoTail tail(sorted, k);
  report.threshold = tail.threshold();
  report.exceedances = k;
  report.scale = tail.law().scale;
  const std::string clusters = clustering_doubt(in_order, tail.threshold());

  report.shape = {tail.law().shape, tail.shape_interval(), "generalised Pareto, profile likelihood",
                  few_exceedances(k)};
  add(report.shape.doubt, clusters);
  add(report.shape.doubt, stability_doubt(sorted, k, tail.law().shape));

  const TailIndex hill = hill_index(sorted);
  report.hill_exceedances = hill.k;
  report.index = {hill.alpha, hill.interval, "Hill", few_exceedances(hill.k)};
  add(report.index.doubt, clusters);
  add(report.index.doubt, bias_doubt(sorted, hill, report.shape.value, report.shape.interval));

  for (const double p : settings.probabilities) {
    report.return_levels.push_back(level_at(sorted, tail, p, report.shape.doubt, clusters));
  }
  const std::vector<std::size_t> sizes = tail_sizes(sorted.size());
  report.hill_plot = hill_plot(sorted, sizes);
  report.mean_excess = mean_excess(sorted, sizes);
  std::vector<std::size_t> fitted_sizes = tail_sizes(sorted.size(), 12);
  std::erase_if(fitted_sizes, [&](std::size_t size) {  // ties at the top have no excesses
    return sorted[sorted.size() - size - 1] == sorted.back();
  });
  report.stability = threshold_fits(sorted, fitted_sizes);
  report.survival = counted_survival(sorted, sizes);
  report.seconds = watch.seconds();
  return report;
}

}  // namespace htdm
