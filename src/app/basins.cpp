#include "app/basins.hpp"

#include "denoiser/two_point_theory.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace htdm {
namespace {

TwoPointTheory theory_of(const TwoPoints& points, double nu) {
  return {points.radius(), nu, static_cast<int>(points.a.size())};
}

/// The fixed points from twice the critical level down to a fiftieth of it, dense around it.
std::vector<FixedPointRow> fixed_point_rows(const TwoPointTheory& theory) {
  std::vector<FixedPointRow> rows;
  for (int k = 100; k >= -99; --k) {
    const double t = k / 100.0;
    const double sigma = theory.critical_sigma() * (1 + t * std::abs(t));
    const double branch = theory.branch(sigma);
    rows.push_back({sigma, branch, theory.slope(0, sigma), theory.slope(branch, sigma)});
  }
  return rows;
}

/// The level that belongs to a rank (from 1) among all paths, in order of rising noise; counts are
/// by level from the highest down.
double level_at(const std::vector<std::uint64_t>& counts, const std::vector<double>& levels,
                std::uint64_t rank) {
  std::uint64_t below = 0;
  for (std::size_t k = counts.size(); k-- > 0;) {
    below += counts[k];
    if (below >= rank) return levels[k];
  }
  return levels.front();
}

}  // namespace

BasinTally::BasinTally(const Plan& plan, const EntryPlan& entry, const TwoPoints& points)
    : points_(points),
      nu_(plan.models[entry.model].nu),
      levels_(entry.levels),
      batches_(static_cast<std::size_t>(plan.study.statistics.batches)) {
  const double critical = theory_of(points_, nu_).critical_sigma();
  const auto at = std::ranges::find_if(levels_, [&](double s) { return s <= critical; });
  first_late_ = static_cast<std::size_t>(at - levels_.begin()) + 1;
  first_at_ = rows * batches_;
  last_at_ = first_at_ + levels_.size();
  number_at_ = last_at_ + levels_.size();
  counts_.resize(number_at_ + levels_.size());
}

bool BasinTally::on_upper_side(const PathRecorder& recorder, std::size_t path,
                               std::size_t level) const {
  double along = 0;
  for (std::size_t j = 0; j < points_.a.size(); ++j) {
    along += points_.a[j] * (recorder.state(path, level, j) - points_.center[j]);
  }
  return along >= 0;
}

void BasinTally::add(std::size_t batch, const PathRecorder& recorder, Tile<const float> out) {
  for (std::size_t i = 0; i < out.paths; ++i) {
    bool is_finite = true;
    for (std::size_t j = 0; j < points_.a.size(); ++j) is_finite &= std::isfinite(out.row(j)[i]);
    if (!is_finite) {
      ++by_batch(nonfinite, batch);
      continue;
    }
    std::size_t first = 0, last = 0, number = 0;
    const bool started_upper = on_upper_side(recorder, i, 0);
    bool upper_side = started_upper;
    for (std::size_t k = 1; k < levels_.size(); ++k) {
      const bool now = on_upper_side(recorder, i, k);
      if (now == upper_side) continue;
      upper_side = now;
      if (number++ == 0) first = k;
      last = k;
    }
    ++by_batch(finite, batch);
    by_batch(crossed, batch) += number > 0 ? 1 : 0;
    by_batch(late, batch) += last >= first_late_ ? 1 : 0;
    by_batch(crossings, batch) += number;
    ++counts_[first_at_ + first];
    ++counts_[last_at_ + last];
    ++counts_[number_at_ + number];
    add_output(batch, i, out, started_upper);
  }
}

void BasinTally::add_output(std::size_t batch, std::size_t path, Tile<const float> out,
                            bool started_upper) {
  const std::size_t d = points_.a.size();
  double along = 0, distance2 = 0;
  for (std::size_t j = 0; j < d; ++j) {
    along += points_.a[j] * (out.row(j)[path] - points_.center[j]);
  }
  for (std::size_t j = 0; j < d; ++j) {
    const double point = points_.center[j] + (along >= 0 ? 1 : -1) * points_.a[j];
    distance2 += (out.row(j)[path] - point) * (out.row(j)[path] - point);
  }
  by_batch(upper, batch) += along >= 0 ? 1 : 0;
  by_batch(flipped, batch) += (along >= 0) != started_upper ? 1 : 0;
  by_batch(undecided, batch) += std::sqrt(distance2) > points_.radius() / 2 ? 1 : 0;
}

void BasinTally::merge(const BasinTally& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

void BasinTally::sum_over_ranks(const Communicator& world) {
  world.sum(std::span(counts_));
}

std::vector<std::uint64_t> BasinTally::batches_of(Row row) const {
  const auto begin = counts_.begin() + static_cast<std::ptrdiff_t>(row * batches_);
  return {begin, begin + static_cast<std::ptrdiff_t>(batches_)};
}

std::uint64_t BasinTally::total(Row row) const {
  const std::vector<std::uint64_t> counts = batches_of(row);
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

BasinStatistic BasinTally::share(const char* name, Row row) const {
  const std::uint64_t count = total(row), paths = total(finite);
  return {name, count, static_cast<double>(count) / static_cast<double>(paths),
          clopper_pearson(count, paths), batches_of(row)};
}

BasinResult BasinTally::result() const {
  const TwoPointTheory theory = theory_of(points_, nu_);
  BasinResult result;
  result.radius = theory.radius();
  result.critical_sigma = theory.critical_sigma();
  result.paths = total(finite);
  result.nonfinite = total(nonfinite);
  result.statistics = {share("upper", upper), share("undecided", undecided),
                       share("crossed", crossed), share("flipped", flipped), share("late", late)};
  BasinStatistic mean{"crossings", total(crossings), 0, {}, batches_of(crossings)};
  const std::vector<std::uint64_t> paths = batches_of(finite);
  std::vector<double> means(batches_);
  for (std::size_t b = 0; b < batches_; ++b) {
    means[b] = static_cast<double>(mean.batch_counts[b]) / static_cast<double>(paths[b]);
  }
  mean.value = static_cast<double>(mean.count) / static_cast<double>(result.paths);
  mean.interval = over_batches(means).interval;
  result.statistics.push_back(mean);
  result.sigma = levels_;
  const auto part = [&](std::size_t at) {
    const auto begin = counts_.begin() + static_cast<std::ptrdiff_t>(at);
    return std::vector(begin, begin + static_cast<std::ptrdiff_t>(levels_.size()));
  };
  result.first_crossing = part(first_at_);
  result.last_crossing = part(last_at_);
  result.crossings = part(number_at_);
  const RankInterval ranks = quantile_ranks(result.paths, 0.5);
  const auto median = (result.paths + 1) / 2;
  result.median_last = level_at(result.last_crossing, levels_, median);
  result.median_last_interval = {level_at(result.last_crossing, levels_, ranks.low),
                                 level_at(result.last_crossing, levels_, ranks.high)};
  result.fixed_points = fixed_point_rows(theory);
  return result;
}

}  // namespace htdm
