#include "app/entry_sample.hpp"

#include <algorithm>

namespace htdm {

std::vector<PlannedEvent> planned_events(const Plan& plan) {
  std::vector<PlannedEvent> events;
  const ThresholdPlan* last = nullptr;
  for (const ThresholdPlan& t : plan.thresholds) {
    if (last == nullptr || last->event != t.event) {
      const int components = t.event == Event::norm ? dimension(plan.target) : 1;
      const int side = t.event == Event::upper ? 1 : t.event == Event::lower ? -1 : 0;
      events.push_back({{components, location(plan.target), side, {}}, {}});
      if (t.event == Event::linear) events.back().value.weights = plan.study.statistics.weights;
    }
    events.back().thresholds.push_back(t.threshold);
    last = &t;
  }
  return events;
}

Tally::Tally(const Plan& plan) {
  const auto batches = static_cast<std::size_t>(plan.study.statistics.batches);
  for (const PlannedEvent& planned : planned_events(plan)) {
    counts.emplace_back(batches, ExceedanceCounts(planned.thresholds.size()));
  }
}

std::uint64_t Tally::paths() const {
  std::uint64_t sum = 0;
  for (const ExceedanceCounts& batch : counts[0]) sum += batch.paths;
  return sum;
}

std::uint64_t Tally::nonfinite() const {
  std::uint64_t sum = 0;
  for (const ExceedanceCounts& batch : counts[0]) sum += batch.nonfinite;
  return sum;
}

std::uint64_t Tally::first_nonfinite() const {
  std::uint64_t first = ExceedanceCounts::none;
  for (const ExceedanceCounts& batch : counts[0]) first = std::min(first, batch.first_nonfinite);
  return first;
}

void Tally::merge(const Tally& other) {
  for (std::size_t e = 0; e < counts.size(); ++e) {
    for (std::size_t b = 0; b < counts[e].size(); ++b) counts[e][b].merge(other.counts[e][b]);
  }
  first_component.merge(other.first_component);
  event.merge(other.event);
}

EntrySample empty_sample(const Plan& plan) {
  EntrySample sample;
  sample.tally = Tally(plan);
  sample.moments.resize(static_cast<std::size_t>(plan.study.statistics.batches));
  sample.kept.resize(static_cast<std::size_t>(dimension(plan.target)));
  return sample;
}

Moments pooled_moments(const EntrySample& sample) {
  Moments all;
  for (const Moments& batch : sample.moments) all.merge(batch);
  return all;
}

std::uint64_t kept_paths(const Plan& plan) {
  return static_cast<std::uint64_t>(
      std::min(plan.study.statistics.w1_samples, plan.study.paths_per_sampler()));
}

}  // namespace htdm
