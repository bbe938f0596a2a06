#include "app/summary.hpp"

#include "parallel/block_loop.hpp"
#include "stats/batch_moments.hpp"
#include "stats/sorting.hpp"
#include "stats/wasserstein.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace htdm {
namespace {

/// Which moments the target has: the k-th exists when nu > k. Not known (0) for data.
double tail_index(const Target& target) {
  if (!has_law(target)) return 0;
  const auto* student = std::get_if<StudentTTarget>(&target);
  return student != nullptr ? student->nu : INFINITY;
}

UnivariateLaw coordinate_law(const Target& target, int j) {
  return {[&target, j](double x) { return coordinate_cdf(target, x, j); },
          [&target, j](double p) { return coordinate_quantile(target, p, j); },
          [&target, j](double x) { return coordinate_partial_expectation(target, x, j); },
          coordinate_mean(target, j)};
}

/// The target's quantile of the first component; NaN for data.
double law_quantile(const Target& target, double p) {
  return has_law(target) ? coordinate_quantile(target, p)
                         : std::numeric_limits<double>::quiet_NaN();
}

/// Why not to build on the moment of this order, of data whose law has `index` (tail_index), over
/// `batches` that are not empty.
std::string moment_doubt(int order, double index, std::ptrdiff_t batches) {
  if (index > 0 && index <= order) return "the true law has no such moment";
  if (batches < 2) return "one batch only";
  if (index == 0) return "it is not known whether the true law has such a moment";
  return index > 2 * order ? ""
                           : "the true law has no moment of twice its order: the sampling error "
                             "has no finite variance";
}

/// Finite numbers of a row, sorted.
std::vector<double> sorted_finite(std::vector<float>&& row) {
  std::erase_if(row, [](float x) { return !std::isfinite(x); });
  sort_ascending(std::span(row));
  return {row.begin(), row.end()};
}

/// Threshold `t` of the event counted in `batches`.
ExceedanceResult one_threshold(const ThresholdPlan& plan,
                               const std::vector<ExceedanceCounts>& batches, std::size_t t) {
  ExceedanceResult r;
  r.level = plan.level;
  r.threshold = plan.threshold;
  r.event = event_name(plan.event);
  std::vector<double> rates;
  std::uint64_t paths = 0;
  for (const ExceedanceCounts& batch : batches) {
    if (batch.paths == 0) continue;  // of another part
    r.batch_counts.push_back(batch.count[t]);
    r.count += batch.count[t];
    paths += batch.paths;
    rates.push_back(static_cast<double>(batch.count[t]) / static_cast<double>(batch.paths));
  }
  r.probability = static_cast<double>(r.count) / static_cast<double>(paths);
  r.interval = clopper_pearson(r.count, paths);
  const BatchStatistics over = over_batches(rates);
  r.batch_mean = over.mean;
  r.batch_std = over.deviation;
  r.batch_interval = over.interval;
  return r;
}

}  // namespace

std::span<const double> quantile_levels() {
  static constexpr std::array levels{
      1e-6, 1e-5, 1e-4, 1e-3, 5e-3, 0.01,  0.025, 0.05,  0.1,   0.2,      0.3,      0.4,     0.5,
      0.6,  0.7,  0.8,  0.9,  0.95, 0.975, 0.99,  0.995, 0.999, 1 - 1e-4, 1 - 1e-5, 1 - 1e-6};
  return levels;
}

SamplerResult unsampled(const EntryPlan& entry) {
  SamplerResult result;
  result.name = entry.section.name;
  result.kind = entry.section.kind;
  result.model = entry.section.model;
  result.nu = entry.nu;
  result.levels = static_cast<int>(entry.levels.size());
  return result;
}

Summariser::Summariser(const Plan& plan, TestData test, int threads, std::size_t grid)
    : plan_(plan),
      test_(std::move(test)),
      grid_(uniform_levels(grid, 1e-4, 1 - 1e-4)),
      grid_test_(grid_.size()),
      grid_law_(grid_.size()),
      grid_ranks_(grid_.size()) {
  // Shared by threads: ranks of one half, which are those of the other counted from the largest,
  // and quantiles of the law, of which one half mirrors the other where the law is symmetric.
  constexpr std::size_t stretch = 256;
  const std::size_t half = (grid_.size() + 1) / 2;
  const std::uint64_t n = kept_paths(plan_);
  const bool mirrors = is_symmetric(plan_.target);
  for_each_block(threads, {0, (grid_.size() + stretch - 1) / stretch}, [&](std::uint64_t s, int) {
    for (std::size_t k = s * stretch; k < std::min(grid_.size(), (s + 1) * stretch); ++k) {
      if (k < half) grid_ranks_[k] = quantile_ranks(n, grid_[k]);
      if (k < half || !mirrors) grid_law_[k] = law_quantile(plan_.target, grid_[k]);
      grid_test_[k] = sample_quantile(test_.sorted[0], grid_[k]);
    }
  });
  for (std::size_t k = half; k < grid_.size(); ++k) {
    const std::size_t mirrored = grid_.size() - 1 - k;
    grid_ranks_[k] = {n + 1 - grid_ranks_[mirrored].high, n + 1 - grid_ranks_[mirrored].low};
    if (mirrors) grid_law_[k] = 2 * location(plan_.target) - grid_law_[mirrored];
  }
}

SamplerResult Summariser::summarise(const EntryPlan& entry, EntrySample&& sample,
                                    const Normalization& normalization, int network_calls,
                                    int threads) const {
  SamplerResult result = unsampled(entry);
  result.paths = sample.tally.paths();
  result.network_calls_per_path = network_calls;
  result.seconds = sample.seconds;
  result.nonfinite = sample.tally.nonfinite();
  result.exceedance = exceedance(sample.tally);
  result.quantiles = quantiles(sample.tally, normalization);
  result.survival = survival(sample.tally);
  result.moments = moments(sample);
  // The first few of the paths that W1 is asked for would not be the distance that is asked for.
  if (sample.kept[0].size() != kept_paths(plan_)) return result;
  std::vector<std::vector<double>> sorted(sample.kept.size());
  for_each_block(threads, {0, sorted.size()}, [&](std::uint64_t j, int) {
    sorted[j] = sorted_finite(std::move(sample.kept[j]));
  });
  if (!sorted[0].empty()) {
    w1(result, sorted, normalization, threads);
    qq(result, sorted[0], normalization);
  }
  return result;
}

std::vector<ExceedanceResult> Summariser::exceedance(const Tally& tally) const {
  std::vector<ExceedanceResult> results;
  std::size_t k = 0;  // of the plan's thresholds, which follow the order of the events
  for (const std::vector<ExceedanceCounts>& batches : tally.counts) {
    for (std::size_t t = 0; t < batches[0].count.size(); ++t) {
      results.push_back(one_threshold(plan_.thresholds[k++], batches, t));
    }
  }
  return results;
}

std::vector<QuantileResult> Summariser::quantiles(const Tally& tally,
                                                  const Normalization& scale) const {
  std::vector<QuantileResult> results;
  for (double level : quantile_levels()) {
    const QuantileEstimate generated = tally.first_component.quantile(level);
    results.push_back({level, generated.value, generated.interval,
                       scale.to_z(sample_quantile(test_.sorted[0], level), 0),
                       scale.to_z(law_quantile(plan_.target, level), 0)});
  }
  return results;
}

SurvivalCurve Summariser::survival(const Tally& tally) const {
  // Eight thresholds per octave between the first edge that some paths do not pass and the last
  // that any passes: every one an edge of the histogram, so the counts are exact.
  constexpr std::size_t step = 16;
  std::vector<std::uint64_t> above = tally.event.magnitude_survival();
  if (plan_.event == Event::linear) {  // values have a sign
    for (std::size_t k = 0; k < above.size(); k += step) above[k] = tally.event.count_above(k);
  }
  const std::uint64_t total = tally.event.total();
  SurvivalCurve curve;
  for (std::size_t k = 0; k < above.size(); k += step) {
    if (static_cast<double>(above[k]) > 0.99 * static_cast<double>(total)) continue;
    const double x = MagnitudeHistogram::edge(k);
    curve.threshold.push_back(x);
    curve.count.push_back(above[k]);
    curve.interval.push_back(clopper_pearson(above[k], total));
    curve.test.push_back(static_cast<std::uint64_t>(
        test_.event_values.end() - std::ranges::upper_bound(test_.event_values, x)));
    if (has_law(plan_.target)) {
      curve.law.push_back(
          htdm::exceedance(plan_.target, plan_.event, x, plan_.study.statistics.weights));
    }
    if (above[k] == 0) break;
  }
  return curve;
}

std::vector<MomentResult> Summariser::moments(const EntrySample& sample) const {
  const Moments all = pooled_moments(sample);
  const double index = tail_index(plan_.target);
  const auto batches =
      std::ranges::count_if(sample.moments, [](const Moments& batch) { return batch.count() > 0; });
  std::vector<MomentResult> results{{"mean", all.mean(), index > 1},
                                    {"variance", all.variance(), index > 2},
                                    {"skewness", all.skewness(), index > 3},
                                    {"kurtosis", all.kurtosis(), index > 4}};
  const std::array<Interval, 4> intervals = moment_intervals(sample.moments);
  for (std::size_t i = 0; i < results.size(); ++i) {
    // Of data without a known law the moment may exist, and its doubt says so.
    if (results[i].exists || index == 0) results[i].interval = intervals[i];
    results[i].doubt = moment_doubt(static_cast<int>(i) + 1, index, batches);
  }
  return results;
}

void Summariser::w1(SamplerResult& result, const std::vector<std::vector<double>>& sorted,
                    const Normalization& scale, int threads) const {
  const std::size_t d = sorted.size();
  std::vector<W1Estimate> test(d), law(d);
  // The integrals of the law are closed in the data's own scale only.
  const bool has_law_distance = tail_index(plan_.target) > 1 && scale.transforms.empty();
  for_each_block(threads, {0, 2 * d}, [&](std::uint64_t task, int) {
    const std::size_t j = task / 2;
    const int component = static_cast<int>(j);
    if (task % 2 == 0) {
      std::vector<double> z(test_.sorted[j]);
      for (double& x : z) x = scale.to_z(x, component);
      test[j] = w1_two_samples(sorted[j], z);
    } else if (has_law_distance) {
      law[j] = w1_to_law(sorted[j], standardised(coordinate_law(plan_.target, component),
                                                 scale.mean[j], scale.deviation[j]));
    }
  });
  const auto collect = [](const std::vector<W1Estimate>& estimates) {
    W1Result w1;
    for (const W1Estimate& e : estimates) {
      w1.value.push_back(e.value);
      w1.interval.push_back(e.interval);
    }
    return w1;
  };
  result.w1_test = collect(test);
  if (has_law_distance) result.w1_law = collect(law);
}

void Summariser::qq(SamplerResult& result, const std::vector<double>& sorted,
                    const Normalization& scale) const {
  result.qq_level = grid_;
  result.qq_paths = sorted.size();
  for (auto* column :
       {&result.qq_generated, &result.qq_low, &result.qq_high, &result.qq_test, &result.qq_law}) {
    column->resize(grid_.size());
  }
  for (std::size_t k = 0; k < grid_.size(); ++k) {
    RankInterval ranks = grid_ranks_[k];
    if (sorted.size() != kept_paths(plan_)) ranks = quantile_ranks(sorted.size(), grid_[k]);
    const Interval band = order_statistics(sorted, ranks);
    result.qq_generated[k] = sample_quantile(sorted, grid_[k]);
    result.qq_low[k] = band.low;
    result.qq_high[k] = band.high;
    result.qq_test[k] = scale.to_z(grid_test_[k], 0);
    result.qq_law[k] = scale.to_z(grid_law_[k], 0);
  }
}

}  // namespace htdm
