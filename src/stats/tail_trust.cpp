#include "stats/tail_trust.hpp"

#include <cmath>

namespace htdm {
namespace {

template <class Rows, class Doubtful>
PlotTrust trust(const std::string& method, const Rows& rows, Doubtful doubtful) {
  PlotTrust found{method, {}};
  for (const auto& row : rows) found.doubtful.push_back(doubtful(row) ? 1 : 0);
  return found;
}

bool few_or_clustered(const TailReport& report, std::size_t exceedances) {
  return !few_exceedances(exceedances).empty() || come_together(report);
}

/// Neither number is in the other's interval.
bool contradict(double a, const Interval& around_a, const TailNumber& b) {
  return (a < b.interval.low || a > b.interval.high) &&
         (b.value < around_a.low || b.value > around_a.high);
}

}  // namespace

PlotTrust survival_trust(const TailReport& report) {
  if (report.size == 0) {
    return trust("law", report.survival,
                 [](const SurvivalPoint& p) { return p.interval.low <= 0; });
  }
  return trust("count, Clopper-Pearson", report.survival, [&](const SurvivalPoint& p) {
    const double above = p.probability * static_cast<double>(report.size);
    return few_or_clustered(report, static_cast<std::size_t>(std::llround(above)));
  });
}

PlotTrust hill_trust(const TailReport& report) {
  return trust("Hill", report.hill_plot, [&](const TailIndex& t) {
    return few_or_clustered(report, t.k) ||
           contradict(1 / t.alpha, {1 / t.interval.high, 1 / t.interval.low}, report.shape);
  });
}

PlotTrust excess_trust(const TailReport& report) {
  const bool no_variance = report.index.interval.low <= 2 || report.shape.interval.high >= 0.5;
  return trust("mean, Student-t interval", report.mean_excess, [&](const MeanExcess& m) {
    return no_variance || few_or_clustered(report, m.exceedances);
  });
}

PlotTrust stability_trust(const TailReport& report) {
  return trust("generalised Pareto, profile likelihood", report.stability,
               [&](const ThresholdFit& f) {
                 return few_or_clustered(report, f.exceedances) ||
                        contradict(f.law.shape, f.shape_interval, report.shape);
               });
}

}  // namespace htdm
