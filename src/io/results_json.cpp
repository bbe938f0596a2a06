#include "core/error.hpp"
#include "io/file_header.hpp"
#include "io/results.hpp"
#include "io/study_tree.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace htdm {
namespace {

using Json = nlohmann::ordered_json;

/// JSON knows no infinities and no NaN: they become null, but for nu = inf.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json nu_json(double nu) {
  return std::isinf(nu) ? Json("inf") : number(nu);
}

Json pair(const Interval& interval) {
  return Json::array({number(interval.low), number(interval.high)});
}

template <class Values>
Json list(const Values& values) {
  Json array = Json::array();
  for (double value : values) array.push_back(number(value));
  return array;
}

/// Study values; here only nu can be infinite.
Json study_value(const StudyNode& node) {
  struct Convert {
    Json operator()(std::monostate) const { return {}; }
    Json operator()(bool value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return nu_json(value); }
    Json operator()(const std::string& value) const { return value; }
    Json operator()(const StudyArray& values) const {
      Json array = Json::array();
      for (const StudyNode& value : values) array.push_back(study_value(value));
      return array;
    }
    Json operator()(const StudyTable& table) const {
      Json object = Json::object();
      for (const auto& [key, value] : table) object[key] = study_value(value);
      return object;
    }
  };
  return std::visit(Convert{}, node.value);
}

/// null for a text that this version cannot read; the text itself stands beside it.
Json study_json(const std::string& text) {
  try {
    return study_value({parse_toml(text, "study"), ""});
  } catch (const InputError&) {
    return {};
  }
}

Json provenance_json(const Provenance& p) {
  return {{"version", p.version},
          {"git_hash", p.git_hash},
          {"created", p.created},
          {"host", p.host},
          {"command", p.command},
          {"isa", p.isa},
          {"binding", p.binding},
          {"seed", p.seed},
          {"ranks", p.ranks},
          {"threads", p.threads},
          {"tile", p.tile},
          {"seconds_total", number(p.seconds_total)},
          {"seconds_training", number(p.seconds_training)},
          {"seconds_sampling", number(p.seconds_sampling)},
          {"seconds_statistics", number(p.seconds_statistics)},
          {"peak_memory_bytes", number(p.peak_memory_bytes)}};
}

std::string transform_kind(const Normalization& n) {
  return std::string(name(n.transforms.empty() ? TransformKind::none : n.transforms[0].kind));
}

Json model_json(const ModelResult& m) {
  Json loss = Json::array();
  for (const LossRecord& r : m.loss) {
    loss.push_back({{"first_step", r.first_step}, {"steps", r.steps}, {"loss", number(r.loss)}});
  }
  return {{"name", m.name},
          {"kind", m.kind},
          {"nu", nu_json(m.nu)},
          {"mean", list(m.normalization.mean)},
          {"deviation", list(m.normalization.deviation)},
          {"transform", transform_kind(m.normalization)},
          {"steps", m.steps},
          {"weights_sha256", m.weights_sha256.empty() ? Json() : Json(m.weights_sha256)},
          {"seconds", number(m.seconds)},
          {"loss", std::move(loss)}};
}

/// One number in one dimension, a list in more, null where not computed.
Json w1_value(const std::optional<W1Result>& w1) {
  if (!w1) return {};
  return w1->value.size() == 1 ? number(w1->value.front()) : list(w1->value);
}

Json w1_interval(const std::optional<W1Result>& w1) {
  if (!w1) return {};
  if (w1->interval.size() == 1) return pair(w1->interval.front());
  Json array = Json::array();
  for (const Interval& interval : w1->interval) array.push_back(pair(interval));
  return array;
}

Json exceedance_json(const ExceedanceResult& e) {
  const double half = (e.interval.high - e.interval.low) / 2;
  return {{"level", number(e.level)},
          {"threshold", number(e.threshold)},
          {"event", e.event},
          {"method", e.method},
          {"probability", number(e.probability)},
          {"count", e.count},
          {"batch_mean", number(e.batch_mean)},
          {"batch_std", number(e.batch_std)},
          {"interval", pair(e.interval)},
          {"batch_interval", pair(e.batch_interval)},
          {"batch_counts", e.batch_counts},
          {"relative_error", e.count == 0 ? Json() : number(half / e.probability)},
          {"ratio", number(e.probability / e.level)}};
}

Json quantile_json(const QuantileResult& q) {
  return {{"level", number(q.level)},
          {"generated", number(q.generated)},
          {"interval", pair(q.interval)},
          {"test", number(q.test)},
          {"law", number(q.law)}};
}

Json survival_json(const SurvivalCurve& s) {
  Json low = Json::array(), high = Json::array();
  for (const Interval& interval : s.interval) {
    low.push_back(number(interval.low));
    high.push_back(number(interval.high));
  }
  return {{"threshold", list(s.threshold)},
          {"count", s.count},
          {"low", std::move(low)},
          {"high", std::move(high)},
          {"law", s.law.empty() ? Json() : list(s.law)}};
}

template <class Rows, class Convert>
Json array_of(const Rows& rows, Convert convert) {
  Json array = Json::array();
  for (const auto& row : rows) array.push_back(convert(row));
  return array;
}

Json moment_json(const MomentResult& m) {
  return {{"name", m.name}, {"value", number(m.value)}, {"exists", m.exists}};
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
          {"exceedance", array_of(s.exceedance, exceedance_json)},
          {"quantiles", array_of(s.quantiles, quantile_json)},
          {"survival", survival_json(s.survival)},
          {"moments", array_of(s.moments, moment_json)},
          {"nonfinite", s.nonfinite},
          {"seconds", number(s.seconds)}};
}

}  // namespace

std::string results_json(const Results& results) {
  const Json object{{"kind", "results"},
                    {"schema", Json::array({schema_major, schema_minor})},
                    {"study", study_json(results.study)},
                    {"study_toml", results.study},
                    {"provenance", provenance_json(results.provenance)},
                    {"models", array_of(results.models, model_json)},
                    {"samplers", array_of(results.samplers, sampler_json)}};
  // Host names and command lines may hold any bytes.
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace htdm
