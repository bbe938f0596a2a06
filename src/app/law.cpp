#include "app/law.hpp"

#include "app/summary.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "parallel/block_loop.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

constexpr double wanted_accuracy = 1e-4;
constexpr std::array tolerances{1e-6, 1e-8, 1e-9};
constexpr double w1_scale_error = 1e-6;
constexpr double atom_width = 2e-9;  ///< a value is not known better (line_law.cpp)

/// The law of a sampler on one grid.
struct GridLaw {
  double tolerance;
  LineLaw output;
  std::vector<LineLaw> states;
};

/// Both grids.
struct LawPair {
  const LineLaw &fine, &coarse;
};

/// P(event value > threshold), threshold in raw space; `weight` is that of Event::linear.
double exceedance(const LineLaw& law, const Normalization& scale, double location, Event event,
                  double threshold, double weight) {
  if (event == Event::linear) {
    return exceedance(law, scale, location, weight > 0 ? Event::upper : Event::lower,
                      threshold / std::abs(weight), 1);
  }
  const double upper = scale.to_z(location + threshold, 0);
  const double lower = scale.to_z(location - threshold, 0);
  if (event == Event::upper) return law.above(upper);
  if (event == Event::lower) return law.below(lower);
  return threshold < 0 ? 1 : law.above(upper) + law.below(lower);
}

/// Answers of both grids to one question, with its bound.
class LawReader {
 public:
  LawReader(const Plan& plan, const LawPair& laws, const Normalization& scale)
      : plan_(plan), laws_(laws), scale_(scale), location_(location(plan.target)) {}

  std::vector<LawExceedance> levels() const {
    std::vector<LawExceedance> results;
    for (const ThresholdPlan& t : plan_.thresholds) {
      const auto [fine, error] = exceedance_of(t.event, t.threshold);
      results.push_back({t.level,
                         t.threshold,
                         std::string(event_name(t.event)),
                         fine,
                         {std::max(0.0, fine - error), std::min(1.0, fine + error)}});
    }
    return results;
  }

  /// Thresholds where the main event has probability 1e-1, 10^-1.25, ... 1e-15.
  void survival(LawResult& result) const {
    for (int k = 4; k <= 60; ++k) {
      const double p = std::pow(10, -k / 4.0);
      const double threshold = threshold_of(p);
      const auto [fine, error] = exceedance_of(plan_.event, threshold);
      result.survival_threshold.push_back(threshold);
      result.survival.push_back(fine);
      result.survival_error.push_back(error);
      result.survival_law.push_back(has_law(plan_.target)
                                        ? htdm::exceedance(plan_.target, plan_.event, threshold,
                                                           plan_.study.statistics.weights)
                                        : std::numeric_limits<double>::quiet_NaN());
    }
  }

  void quantiles(LawResult& result) const {
    for (const double level : quantile_levels()) {
      const double fine = laws_.fine.quantile(level), coarse = laws_.coarse.quantile(level);
      result.quantile_level.push_back(level);
      result.quantile.push_back(fine);
      result.quantile_error.push_back(law_error_bound(std::abs(fine), std::abs(coarse)));
    }
  }

  /// integral |F - F_true| dz, over z = sinh(q) by the trapezoidal rule; the error is its
  /// difference to half as many points.
  void w1(LawResult& result) const {
    constexpr int points = 4000;
    constexpr double reach = 24;
    const double step = 2 * reach / points;
    double all = 0, even = 0;
    for (int k = 0; k <= points; ++k) {
      const double q = -reach + k * step;
      const double x = scale_.to_raw(std::sinh(q), 0);
      const double gap =
          q < 0 ? laws_.fine.below(std::sinh(q)) - coordinate_cdf(plan_.target, x)
                : laws_.fine.above(std::sinh(q)) - coordinate_survival(plan_.target, x);
      const double term = std::abs(gap) * std::cosh(q) * step;
      all += term;
      if (k % 2 == 0) even += 2 * term;
    }
    result.w1 = all;
    result.w1_error = std::abs(all - even) + w1_scale_error * all;
  }

 private:
  double beyond(const LineLaw& law, Event event, double threshold) const {
    const auto& weights = plan_.study.statistics.weights;
    return exceedance(law, scale_, location_, event, threshold,
                      weights.empty() ? 1 : weights.front());
  }

  std::pair<double, double> exceedance_of(Event event, double threshold) const {
    const double fine = beyond(laws_.fine, event, threshold);
    const double coarse = beyond(laws_.coarse, event, threshold);
    const double edge = atom_width * std::max(1.0, std::abs(threshold));
    const double near =
        beyond(laws_.fine, event, threshold - edge) - beyond(laws_.fine, event, threshold + edge);
    return {fine, law_error_bound(fine, coarse) + near};
  }

  /// By halving in asinh(threshold).
  double threshold_of(double p) const {
    double low = 0, high = 60;
    for (int k = 0; k < 60; ++k) {
      const double middle = (low + high) / 2;
      const bool below = beyond(laws_.fine, plan_.event, std::sinh(middle)) > p;
      (below ? low : high) = middle;
    }
    return std::sinh((low + high) / 2);
  }

  const Plan& plan_;
  LawPair laws_;
  const Normalization& scale_;
  double location_;
};

/// The largest relative error of the levels that are resolved.
double relative_error(const std::vector<LawExceedance>& levels) {
  double largest = 0;
  for (const LawExceedance& e : levels) {
    if (e.probability < resolved_probability) continue;
    largest = std::max(largest, (e.interval.high - e.interval.low) / 2 / e.probability);
  }
  return largest;
}

GridLaw law_at(const EntryPlan& entry, const std::shared_ptr<const Denoiser>& denoiser,
               double tolerance, const ForEachPanel& each) {
  std::vector<LineLaw> states;
  const LawRun run{.rules = {.tolerance = tolerance},
                   .each = each,
                   .observe = [&](std::size_t, const LineLaw& state) { states.push_back(state); }};
  const LineLaw law = sampler_law(*entry.kind, denoiser, sampler_options(entry), run);
  if (!(std::abs(law.mass() - 1) < wanted_accuracy)) {
    throw NumericalError(fmt::format(
        "The law of samplers.{} has mass {} at tolerance {}: its density was not followed. The "
        "denoiser may have features that no panel resolves. Sample instead.",
        entry.section.name, law.mass(), tolerance));
  }
  return {tolerance, law, std::move(states)};
}

}  // namespace

ForEachPanel panel_loop(const Communicator& world, int threads) {
  return [world, threads](std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
    const auto ranks = static_cast<std::size_t>(world.size());
    const auto me = static_cast<std::size_t>(world.rank());
    std::vector<std::size_t> counts;
    for (std::size_t r = 0; r < ranks; ++r) {
      counts.push_back(panels.size() * (r + 1) / ranks - panels.size() * r / ranks);
    }
    const BlockRange mine{panels.size() * me / ranks, panels.size() * (me + 1) / ranks};
    for_each_block(threads, mine, [&](std::uint64_t k, int) { body(panels[k]); });
    world.all_gather_in_place(panels, counts);
  };
}

LineLaw output_law(const EntryPlan& entry, const std::shared_ptr<const Denoiser>& denoiser,
                   double tolerance, const ForEachPanel& each) {
  return law_at(entry, denoiser, tolerance, each).output;
}

LawResult law_result(const Plan& plan, const EntryPlan& entry,
                     const std::shared_ptr<const Denoiser>& denoiser, const Normalization& scale,
                     MarginalShelf& shelf, bool densities) {
  const Stopwatch watch;
  LawResult result;
  GridLaw coarse = law_at(entry, denoiser, tolerances[0], shelf.each());
  GridLaw fine = law_at(entry, denoiser, tolerances[1], shelf.each());
  result.exceedance = LawReader(plan, {fine.output, coarse.output}, scale).levels();
  if (relative_error(result.exceedance) > wanted_accuracy) {
    coarse = std::move(fine);
    fine = law_at(entry, denoiser, tolerances[2], shelf.each());
    result.exceedance = LawReader(plan, {fine.output, coarse.output}, scale).levels();
  }
  result.tolerance = fine.tolerance;
  result.relative_error = relative_error(result.exceedance);
  result.lost_mass = 1 - fine.output.mass();
  const LawReader reader(plan, {fine.output, coarse.output}, scale);
  reader.survival(result);
  reader.quantiles(result);
  const LevelLaws laws{entry.levels, fine.states, coarse.states, plan.models[entry.model].nu};
  if (shelf.knows(scale)) {
    reader.w1(result);
    result.marginal_depth = marginal_depths();
    result.marginals = law_marginals(laws, scale, shelf);
  }
  if (densities) result.densities = law_densities(laws, scale, shelf);
  result.seconds = watch.seconds();
  return result;
}

}  // namespace htdm
