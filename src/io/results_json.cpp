#include "io/file_header.hpp"
#include "io/json_parts.hpp"
#include "io/law_json.hpp"
#include "io/results.hpp"
#include "io/sweep_file.hpp"

#include <cmath>
#include <functional>

namespace htdm {
namespace {

std::string transform_kind(const Normalization& n) {
  return std::string(name(n.transforms.empty() ? TransformKind::none : n.transforms[0].kind));
}

Json loss_json(const std::vector<LossRecord>& records) {
  Json loss = Json::array();
  for (const LossRecord& r : records) {
    loss.push_back({{"first_step", r.first_step}, {"steps", r.steps}, {"loss", number(r.loss)}});
  }
  return loss;
}

Json spread_json(const SpreadNetwork& spread) {
  Json limits = Json::array();
  for (const SpreadLimit& l : spread.limits) {
    limits.push_back({{"sigma", number(l.sigma)},
                      {"mean", number(l.mean)},
                      {"mean_interval", interval_json({l.mean_low, l.mean_high})},
                      {"median", number(l.median)},
                      {"median_interval", interval_json({l.median_low, l.median_high})}});
  }
  return {{"steps", spread.steps}, {"loss", loss_json(spread.loss)}, {"limits", std::move(limits)}};
}

Json model_json(const ModelResult& m) {
  return {{"name", m.name},
          {"kind", m.kind},
          {"nu", nu_json(m.nu)},
          {"mean", numbers_json(m.normalization.mean)},
          {"deviation", numbers_json(m.normalization.deviation)},
          {"transform", transform_kind(m.normalization)},
          {"steps", m.steps},
          {"weights_sha256", m.weights_sha256.empty() ? Json() : Json(m.weights_sha256)},
          {"seconds", number(m.seconds)},
          {"loss", loss_json(m.loss)},
          {"spread", m.spread ? spread_json(*m.spread) : Json()}};
}

/// One number in one dimension, a list in more, null where not computed.
Json w1_value(const std::optional<W1Result>& w1) {
  if (!w1) return {};
  return w1->value.size() == 1 ? number(w1->value.front()) : numbers_json(w1->value);
}

Json w1_interval(const std::optional<W1Result>& w1) {
  if (!w1) return {};
  if (w1->interval.size() == 1) return interval_json(w1->interval.front());
  Json array = Json::array();
  for (const Interval& interval : w1->interval) array.push_back(interval_json(interval));
  return array;
}

Json exceedance_json(const ExceedanceResult& e, const SamplerResult& s) {
  const double half = (e.interval.high - e.interval.low) / 2;
  return {{"level", number(e.level)},
          {"threshold", number(e.threshold)},
          {"event", e.event},
          {"method", e.method},
          {"probability", number(e.probability)},
          {"count", e.count},
          {"batch_mean", number(e.batch_mean)},
          {"batch_std", number(e.batch_std)},
          {"interval", interval_json(e.interval)},
          {"batch_interval", interval_json(e.batch_interval)},
          {"batch_counts", e.batch_counts},
          {"relative_error", e.count == 0 ? Json() : number(half / e.probability)},
          {"ratio", number(e.probability / e.level)},
          {"cost",
           {{"paths", s.paths},
            {"calls", s.paths * static_cast<std::uint64_t>(s.network_calls_per_path)}}},
          {"doubtful", !e.doubt().empty()},
          {"doubt", e.doubt()}};
}

Json quantiles_json(const SamplerResult& s) {
  const std::vector<std::uint8_t> doubtful = s.quantiles_doubtful();
  Json array = Json::array();
  for (const QuantileResult& q : s.quantiles) {
    array.push_back({{"level", number(q.level)},
                     {"generated", number(q.generated)},
                     {"interval", interval_json(q.interval)},
                     {"method", "count"},
                     {"test", number(q.test)},
                     {"law", number(q.law)},
                     {"doubtful", doubtful[array.size()] != 0}});
  }
  return array;
}

Json survival_json(const SurvivalCurve& s) {
  Json low = Json::array(), high = Json::array();
  for (const Interval& interval : s.interval) {
    low.push_back(number(interval.low));
    high.push_back(number(interval.high));
  }
  return {{"threshold", numbers_json(s.threshold)},
          {"method", "count"},
          {"count", s.count},
          {"low", std::move(low)},
          {"high", std::move(high)},
          {"doubtful", flags_json(s.doubtful())},
          {"test", s.test.empty() ? Json() : Json(s.test)},
          {"law", s.law.empty() ? Json() : numbers_json(s.law)}};
}

Json moment_json(const MomentResult& m) {
  return {{"name", m.name},     {"value", number(m.value)}, {"interval", interval_json(m.interval)},
          {"method", "sample"}, {"exists", m.exists},       {"doubtful", !m.doubt.empty()},
          {"doubt", m.doubt}};
}

/// What was counted, then what the law says.
Json all_exceedance_json(const SamplerResult& s) {
  Json array =
      array_of(s.exceedance, [&](const ExceedanceResult& e) { return exceedance_json(e, s); });
  if (!s.law) return array;
  for (const LawExceedance& e : s.law->exceedance) array.push_back(law_exceedance_json(e, *s.law));
  return array;
}

Json sampler_json(const SamplerResult& s) {
  return {{"name", s.name},
          {"kind", s.kind},
          {"model", s.model},
          {"nu", s.nu ? nu_json(*s.nu) : Json()},
          {"denoiser", s.denoiser.empty() ? Json() : Json(s.denoiser)},
          {"table_error", number(s.table_error)},
          {"levels", s.levels},
          {"paths", s.paths},
          {"network_calls_per_path", s.network_calls_per_path},
          {"w1_test", w1_value(s.w1_test)},
          {"w1_test_interval", w1_interval(s.w1_test)},
          {"w1_law", w1_value(s.w1_law)},
          {"w1_law_interval", w1_interval(s.w1_law)},
          {"exceedance", all_exceedance_json(s)},
          {"quantiles", quantiles_json(s)},
          {"survival", survival_json(s.survival)},
          {"moments", array_of(s.moments, moment_json)},
          {"propagated_law", law_json(s.law)},
          {"nonfinite", s.nonfinite},
          {"seconds", number(s.seconds)}};
}

Json part_json(const std::optional<Part>& part) {
  if (!part) return {};
  return {{"index", part->index}, {"count", part->count}};
}

/// Of threads x wall time; numbers, or null where a file does not say.
Json shares_json(const TimeShares& s) {
  return {{"computing", number(s.computing)},
          {"waiting", number(s.waiting)},
          {"io", number(s.io)},
          {"other", number(s.other)}};
}

Json merged_json(const MergedFile& m) {
  return {{"file", m.file},
          {"part", m.part},
          {"seed", m.seed},
          {"created", m.created},
          {"host", m.host},
          {"command", m.command},
          {"seconds", number(m.seconds)},
          {"shares", shares_json(m.shares)}};
}

Json rank_json(const RankReport& r) {
  return {{"host", r.host},
          {"threads", r.threads},
          {"training", number(r.training)},
          {"tables", number(r.tables)},
          {"sampling", number(r.sampling)},
          {"statistics", number(r.statistics)},
          {"training_waiting", number(r.training_waiting)},
          {"sampling_waiting", number(r.sampling_waiting)},
          {"io", number(r.io)},
          {"blocks", r.blocks},
          {"peak_memory_bytes", number(r.peak_memory_bytes)}};
}

Json run_json(const std::optional<RunReport>& run) {
  if (!run) return {};
  return {{"seconds", number(run->seconds)},
          {"shares", shares_json(time_shares(*run))},
          {"imbalance",
           {{"training", number(imbalance(run->ranks, &RankReport::training))},
            {"sampling", number(imbalance(run->ranks, &RankReport::sampling))}}},
          {"checkpoints",
           {{"count", run->checkpoints},
            {"interval", number(run->checkpoint_interval)},
            {"seconds", number(run->checkpoint_seconds)},
            {"overhead", number(run->checkpoint_overhead())}}},
          {"ranks", array_of(run->ranks, rank_json)}};
}

/// The models or samplers of all points, each with what its point is.
template <class Rows, class Convert>
Json array_of_points(const Results& results, Rows rows, Convert convert) {
  if (results.sweep.empty()) return array_of(rows(results), convert);
  Json array = Json::array();
  for (std::size_t p = 0; p < results.points.size(); ++p) {
    for (const auto& row : rows(results.points[p])) {
      Json object = convert(row);
      object["point"] = point_json(results.sweep, p);
      array.push_back(std::move(object));
    }
  }
  return array;
}

}  // namespace

std::string results_json(const Results& results) {
  Json object{
      {"kind", "results"},
      {"schema", Json::array({schema_major, schema_minor})},
      {"study", study_json(results.study)},
      {"study_toml", results.study},
      {"test_samples", results.test_samples},
      {"provenance", provenance_json(results.provenance)},
      {"part", part_json(results.part)},
      {"merged", array_of(results.merged, merged_json)},
      {"run", run_json(results.run)},
      {"models", array_of_points(results, std::mem_fn(&Results::models), model_json)},
      {"samplers", array_of_points(results, std::mem_fn(&Results::samplers), sampler_json)}};
  if (!results.sweep.empty()) object["sweep"] = sweep_json(results.sweep);
  return json_text(object);
}

}  // namespace htdm
