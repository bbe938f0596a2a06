#include "app/rare.hpp"

#include "app/entry_sample.hpp"
#include "app/law.hpp"
#include "app/log.hpp"
#include "app/rare_cost.hpp"
#include "app/replica_estimates.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "denoiser/table.hpp"
#include "io/estimate_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>
#include <span>

namespace htdm {
namespace {

/// Paths of a replica of counting.
constexpr std::size_t counted_paths = 10'000;

/// The thresholds of one event, increasing, with the rows of the plan that they come from.
struct EventWork {
  EventValue value;
  std::vector<std::size_t> rows;
  std::vector<double> thresholds, targets;
};

double target_of(const RareSection& rare, std::size_t row, std::size_t rows) {
  const auto& targets = rare.target_relative_error;
  if (targets.empty()) return RareEstimate::none;
  // Separate tails repeat the levels.
  return targets.size() == 1 ? targets[0] : targets[row % std::min(rows, targets.size())];
}

std::vector<EventWork> events_of(const Plan& plan) {
  std::vector<EventWork> events;
  std::size_t first = 0;
  for (const PlannedEvent& planned : planned_events(plan)) {
    EventWork event{planned.value, std::vector<std::size_t>(planned.thresholds.size()), {}, {}};
    std::iota(event.rows.begin(), event.rows.end(), first);
    first += planned.thresholds.size();
    std::ranges::stable_sort(event.rows, {},
                             [&](std::size_t row) { return plan.thresholds[row].threshold; });
    for (const std::size_t row : event.rows) {
      event.thresholds.push_back(plan.thresholds[row].threshold);
      event.targets.push_back(target_of(plan.study.rare, row, plan.thresholds.size()));
    }
    events.push_back(event);
  }
  return events;
}
/// Everything about one entry and how it is estimated.
class RareEstimator {
 public:
  explicit RareEstimator(const RareWork& work)
      : work_(work), rare_(work.plan.study.rare), entry_(work.plan.entries[work.entry]) {}

  RareEntry run() {
    RareEntry result = description();
    result.estimates.resize(work_.plan.thresholds.size());
    const std::vector<EventWork> events = events_of(work_.plan);
    for (const EventWork& event : events) {
      std::string choice;
      std::vector<RareEstimate> estimates = estimate(event, choice);
      for (std::size_t t = 0; t < estimates.size(); ++t) {
        complete(estimates[t], event, t);
        result.estimates[event.rows[t]] = estimates[t];
      }
      if (choice.empty()) continue;
      result.choice += (result.choice.empty() ? "" : " ") +
                       (events.size() > 1 ? estimates.front().event + ": " : "") + choice;
    }
    return result;
  }

 private:
  bool has_noise() const { return entry_.kind->step_law != nullptr; }

  RareEntry description() const {
    RareEntry result;
    result.name = entry_.section.name;
    result.kind = entry_.section.kind;
    result.model = entry_.section.model;
    result.nu = entry_.nu;
    result.levels = static_cast<int>(entry_.levels.size());
    const auto* table = dynamic_cast<const TableDenoiser*>(work_.used.get());
    result.denoiser = table != nullptr ? "table" : work_.plan.models[entry_.model].section.kind;
    if (table != nullptr) result.table_error = table->error();
    return result;
  }

  void complete(RareEstimate& e, const EventWork& event, std::size_t t) const {
    const ThresholdPlan& planned = work_.plan.thresholds[event.rows[t]];
    e.level = planned.level;
    e.event = event_name(planned.event);
    e.target = event.targets[t];
    e.reached = std::isnan(e.target) || (e.doubt.empty() && e.relative_error() <= e.target);
  }

  std::vector<RareEstimate> estimate(const EventWork& event, std::string& choice) {
    if (rare_.method == "auto") return automatic(event, choice);
    if (rare_.method == "law") return by_law(event);
    const RareMethod method = rare_.method == "splitting"    ? RareMethod::splitting
                              : rare_.method == "importance" ? RareMethod::importance
                                                             : RareMethod::counting;
    check_input(method != RareMethod::splitting || has_noise(),
                "rare.method = \"splitting\" with samplers." + entry_.section.name,
                "Its steps have no noise, so a path that is started again repeats itself",
                "Use \"importance\" or \"auto\"");
    Replicas replicas = replicas_of(method, event);
    return extended(replicas, event);
  }

  Replicas replicas_of(RareMethod method, const EventWork& event) const {
    const std::size_t paths =
        method == RareMethod::counting ? counted_paths : static_cast<std::size_t>(rare_.particles);
    return {work_.plan,  work_.entry,      method, work_.used,  work_.scale,
            event.value, event.thresholds, paths,  work_.world, work_.threads};
  }

  /// Until the targets are reached, or too many paths are.
  std::vector<RareEstimate> extended(Replicas& replicas, const EventWork& event) const {
    const auto least = static_cast<std::uint64_t>(rare_.replicas);
    replicas.extend(std::max<std::uint64_t>(least, replicas.results().size()), work_.dealer);
    for (;;) {
      std::vector<RareEstimate> estimates = replica_estimates(replicas);
      check_nonfinite(estimates.front());
      const std::uint64_t present = replicas.results().size();
      const std::uint64_t wanted = wanted_replicas(present, estimates, event.targets);
      const double paths_of_one =
          static_cast<double>(estimates.front().paths) / static_cast<double>(present);
      const auto most =
          static_cast<std::uint64_t>(static_cast<double>(rare_.most_paths) / paths_of_one);
      const std::uint64_t next = std::min(wanted, most);
      if (next <= present) return estimates;
      log_info(fmt::format("{}: {} of {} replicas by {}", entry_.section.name, present, next,
                           rare_method_name(replicas.method())));
      replicas.extend(next, work_.dealer);
    }
  }

  void check_nonfinite(const RareEstimate& e) const {
    const double rate = static_cast<double>(e.nonfinite) / static_cast<double>(e.paths);
    if (rate <= work_.plan.study.study.allowed_nonfinite_rate) return;
    throw NumericalError(fmt::format(
        "{} of {} paths of samplers.{} are not finite. Their tails would be estimated wrong. Check "
        "the model, or set study.allowed_nonfinite_rate to accept the rate.",
        e.nonfinite, e.paths, entry_.section.name));
  }

  bool has_propagated_law() const { return work_.plan.study.data.dimension == 1; }

  std::vector<RareEstimate> by_law(const EventWork& event) {
    check_input(has_propagated_law(),
                "rare.method = \"law\" with data.dimension = " +
                    std::to_string(work_.plan.study.data.dimension),
                "Laws are propagated on the line", "Use \"auto\" or another method");
    if (!law_) propagate();
    std::vector<RareEstimate> estimates;
    for (const std::size_t row : event.rows) {
      const LawExceedance& found = law_->exceedance[row];
      RareEstimate e;
      e.threshold = found.threshold;
      e.method = "law";
      e.probability = found.probability;
      e.interval = found.interval;
      e.cpu_seconds = law_cpu_seconds_;
      e.doubt = found.doubt();
      if (!e.doubt.empty()) {
        e.probability = 0;
        e.interval.low = 0;
      }
      estimates.push_back(e);
    }
    return estimates;
  }

  void propagate() {
    const double start = process_seconds();
    law_ = law_result(work_.plan, entry_, work_.denoiser, work_.scale, work_.shelf, false);
    const double mine = process_seconds() - start;
    for (const Bytes& of_rank : work_.world.all_gather(std::as_bytes(std::span(&mine, 1)))) {
      double seconds = 0;
      std::memcpy(&seconds, of_rank.data(), sizeof seconds);
      law_cpu_seconds_ += seconds;
    }
  }

  /// By the method that is cheapest by the spread of a first round, which is left out of the
  /// estimate: it is chosen for a small spread. What first rounds cost is part of the cost.
  std::vector<RareEstimate> automatic(const EventWork& event, std::string& choice) {
    std::vector<Replicas> pilots;
    if (has_noise()) pilots.push_back(replicas_of(RareMethod::splitting, event));
    pilots.push_back(replicas_of(RareMethod::importance, event));
    std::map<RareMethod, Foresight> costs;
    RareEstimate spent;
    for (Replicas& pilot : pilots) {
      pilot.extend(first_round(pilot, pilots.front()), work_.dealer);
      const std::vector<RareEstimate> first = replica_estimates(pilot);
      foresee(pilot, first, event.targets, costs);
      add_cost(spent, first.front());
    }
    if (has_propagated_law()) {
      costs[RareMethod::law] = {law_ ? 0 : law_seconds(work_.plan, entry_)};
    }
    const auto best = std::ranges::min_element(
        costs, [](const auto& a, const auto& b) { return a.second < b.second; });
    choice = choice_text(costs, best->first);
    std::vector<RareEstimate> estimates = by_chosen(best->first, pilots, event);
    for (RareEstimate& e : estimates) add_cost(e, spent);
    return estimates;
  }

  std::vector<RareEstimate> by_chosen(RareMethod method, std::vector<Replicas>& pilots,
                                      const EventWork& event) {
    if (method == RareMethod::law) return by_law(event);
    for (Replicas& pilot : pilots) {
      if (pilot.method() != method) continue;
      pilot.leave_out();
      return extended(pilot, event);
    }
    Replicas counting = replicas_of(RareMethod::counting, event);
    return extended(counting, event);
  }

  /// The cost of a method by its first round, and of counting where that tells more of it than
  /// the rounds before.
  void foresee(const Replicas& pilot, const std::vector<RareEstimate>& first,
               const std::vector<double>& targets, std::map<RareMethod, Foresight>& costs) const {
    const RareEstimate& of_all = first.front();
    const double rounds =
        rounds_needed(first, targets, rare_.replicas / static_cast<double>(of_all.replicas));
    const Foresight told = told_by(pilot, first);
    costs[pilot.method()] = costing(
        told, pilot.method(),
        {rounds * static_cast<double>(of_all.calls), rounds * static_cast<double>(of_all.paths)});
    const double paths = std::max(counting_paths(first, targets),
                                  static_cast<double>(rare_.replicas) * counted_paths);
    const Foresight counted =
        costing(told, RareMethod::counting, {paths * pilot.calls_per_path(), paths});
    const auto known = costs.try_emplace(RareMethod::counting, counted).first;
    known->second = std::min(known->second, counted);
  }

  Foresight costing(Foresight told, RareMethod method, const RareWorkload& work) const {
    told.seconds = sampling_seconds(work_.plan, entry_, method, work);
    told.calls = work.calls;
    return told;
  }

  static void add_cost(RareEstimate& e, const RareEstimate& other) {
    e.paths += other.paths;
    e.calls += other.calls;
    e.cpu_seconds += other.cpu_seconds;
  }

  /// Replicas that a pilot starts with: as many as make its calls those of the first one.
  std::uint64_t first_round(const Replicas& pilot, const Replicas& leading) const {
    const auto least = static_cast<std::uint64_t>(rare_.replicas);
    if (leading.results().empty()) return least;
    const std::uint64_t calls = replica_estimates(leading).front().calls;
    const auto of_one = static_cast<std::uint64_t>(pilot.calls_per_path()) * pilot.paths_of_one();
    return std::max(least, calls / of_one);
  }

  static std::string choice_text(const std::map<RareMethod, Foresight>& costs, RareMethod best) {
    std::string text;
    for (const auto& [method, cost] : costs) {
      text += (text.empty() ? "" : ", ") + rare_method_name(method) + " ";
      text += cost.tells() ? brief(cost.seconds, 2) + " s" : "unknown";
      if (cost.tells() && cost.calls > 0) text += " (" + brief(cost.calls, 2) + " calls)";
    }
    return rare_method_name(best) +
           " was chosen by the processor time foreseen, of a nominal core (denoiser calls): " +
           text + ".";
  }

  const RareWork& work_;
  const RareSection& rare_;
  const EntryPlan& entry_;
  std::optional<LawResult> law_;
  double law_cpu_seconds_ = 0;  ///< of all threads of all ranks
};

}  // namespace

RareEntry rare_entry(const RareWork& work) {
  return RareEstimator(work).run();
}

}  // namespace htdm
