#include "app/replica_estimates.hpp"

#include "io/estimate_text.hpp"
#include "samplers/importance.hpp"
#include "stats/intervals.hpp"
#include "stats/replicas.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace htdm {
namespace {

constexpr double normal_95 = 1.959963984540054;

/// The share of an estimate by weighted starts that came from the most common starts that led
/// there, above which others, more common still, may well add to it.
constexpr double doubtful_share = 0.1;

/// From here on a single replica is half of the sum of squared deviations.
constexpr double one_replica = 0.25;

double least_rare_share_of(const Replicas& replicas, std::size_t t) {
  if (!replicas.starts_may_not_decide()) return 0;
  std::array<double, start_decades> sums{};
  for (const ReplicaResult& r : replicas.results()) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += r.at[t].of_decade[k];
  }
  return least_rare_share(sums);
}

/// Whether there is an error bar, and why not to believe it.
std::string doubt_of(const RareEstimate& e, double least_rare) {
  if (!e.resolved()) return "nothing was seen beyond the threshold";
  if (least_rare > doubtful_share) {
    return fmt::format(
        "{} % of it are paths from the most common starts that were seen to lead "
        "there, so that more common ones may add to it",
        brief(100 * least_rare, 2));
  }
  if (!(e.variance_of_variance < doubtful_variance)) {
    return fmt::format("the variance of the variance is {}", brief(e.variance_of_variance, 2));
  }
  if (e.largest_weight > 0.5) {
    return fmt::format("one weight is {} % of all", brief(100 * e.largest_weight, 2));
  }
  return e.nonfinite > 0 ? fmt::format("{} paths are not finite", e.nonfinite) : "";
}

/// Where nothing was seen: what the probability is below, with 97.5 %.
double upper_bound(const Replicas& replicas, std::size_t t) {
  std::vector<double> bounds;
  for (const ReplicaResult& r : replicas.results()) bounds.push_back(r.at[t].bound);
  if (replicas.method() == RareMethod::splitting) {
    const ReplicaMean reached = over_replicas(bounds);
    return reached.mean > 0 ? std::min(1.0, reached.interval.high) : 1;
  }
  // sum of weight_k p_k, each p_k the chance of one path of a replica that none of n hit.
  return std::min(1.0, -std::log(0.025) * bounds[0] / static_cast<double>(bounds.size()));
}

/// Of counts: the interval of Clopper and Pearson, and the variance of the variance of a binomial
/// count, 1/count for small probabilities.
void set_counted(RareEstimate& e, std::uint64_t paths) {
  const auto count =
      static_cast<std::uint64_t>(std::llround(e.probability * static_cast<double>(paths)));
  e.interval = clopper_pearson(count, paths);
  e.standard_error = std::sqrt(e.probability * (1 - e.probability) / static_cast<double>(paths));
  e.variance_of_variance = count > 0 ? 1 / static_cast<double>(count) : RareEstimate::none;
}

RareEstimate estimate_at(const Replicas& replicas, std::size_t t) {
  RareEstimate e;
  std::vector<double> values;
  WeightSums weights;
  for (const ReplicaResult& r : replicas.results()) {
    values.push_back(r.at[t].probability);
    weights.merge(r.at[t].weights);
    e.paths += r.paths;
    e.calls += r.calls;
    e.nonfinite += r.nonfinite;
  }
  const ReplicaMean over = over_replicas(values);
  e.threshold = replicas.thresholds()[t];
  e.method = rare_method_name(replicas.method());
  e.probability = over.mean;
  e.interval = over.interval;
  e.standard_error = over.standard_error;
  e.variance_of_variance = over.variance_of_variance;
  e.effective_size = weights.effective_size();
  e.largest_weight = weights.largest_share();
  e.replicas = values.size();
  e.particles = replicas.paths_of_one();
  e.cpu_seconds = replicas.cpu_seconds();
  if (replicas.method() == RareMethod::counting) set_counted(e, e.paths);
  if (!e.resolved()) {
    e.interval = {0, upper_bound(replicas, t)};
    e.standard_error = RareEstimate::none;
  }
  const double r = e.standard_error / e.probability;
  e.counting_calls = replicas.calls_per_path() * (1 - e.probability) / (e.probability * r * r);
  e.doubt = doubt_of(e, least_rare_share_of(replicas, t));
  return e;
}

/// The work that meets the target over that behind `e`; 0 without a target.
double needed_factor(const RareEstimate& e, double target) {
  if (std::isnan(target)) return 0;
  const double ratio = e.relative_error() / target;
  if (e.doubt.empty()) return ratio * ratio;
  return std::isfinite(ratio) ? std::max(2.0, ratio * ratio) : 4;
}

double largest_factor(const std::vector<RareEstimate>& estimates,
                      const std::vector<double>& targets) {
  double factor = 0;
  for (std::size_t t = 0; t < estimates.size(); ++t) {
    factor = std::max(factor, needed_factor(estimates[t], targets[t]));
  }
  return factor;
}

}  // namespace

std::vector<RareEstimate> replica_estimates(const Replicas& replicas) {
  std::vector<RareEstimate> estimates;
  for (std::size_t t = 0; t < replicas.thresholds().size(); ++t) {
    estimates.push_back(estimate_at(replicas, t));
  }
  return estimates;
}

std::uint64_t wanted_replicas(std::uint64_t present, const std::vector<RareEstimate>& estimates,
                              const std::vector<double>& targets) {
  const double factor = largest_factor(estimates, targets);
  if (factor <= 1) return present;
  // A tenth more than foreseen, so that few rounds are needed.
  const double next = static_cast<double>(present) * std::clamp(1.1 * factor, 1.1, 4.0);
  return std::max(present + 1, static_cast<std::uint64_t>(std::ceil(next)));
}

Foresight told_by(const Replicas& pilot, const std::vector<RareEstimate>& first) {
  Foresight result;
  for (std::size_t t = 0; t < first.size(); ++t) {
    if (!first[t].resolved()) {
      ++result.unseen;
    } else if (least_rare_share_of(pilot, t) > doubtful_share ||
               first[t].variance_of_variance > one_replica) {
      ++result.unsure;
    }
  }
  return result;
}

double rounds_needed(const std::vector<RareEstimate>& first, const std::vector<double>& targets,
                     double least) {
  return std::max(least, largest_factor(first, targets));
}

double counting_paths(const std::vector<RareEstimate>& about, const std::vector<double>& targets) {
  double most = 0;
  for (std::size_t t = 0; t < about.size(); ++t) {
    const double p = about[t].probability;
    const double target = std::isnan(targets[t]) ? 0.1 : targets[t];
    most = std::max(most, p > 0 ? normal_95 * normal_95 * (1 - p) / (p * target * target) : inf);
  }
  return most;
}

}  // namespace htdm
