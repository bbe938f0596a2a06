#include "io/digest.hpp"
#include "io/results.hpp"
#include "io/study_sweep.hpp"

#include <algorithm>

namespace htdm {
namespace {

void add(Digest& digest, const Interval& interval) {
  digest.number(interval.low).number(interval.high);
}

void add(Digest& digest, const std::optional<W1Result>& w1) {
  digest.integer(w1.has_value());
  if (!w1) return;
  digest.numbers(w1->value);
  for (const Interval& interval : w1->interval) add(digest, interval);
}

void add(Digest& digest, const ExceedanceResult& e) {
  digest.number(e.level).number(e.threshold).text(e.event).text(e.method);
  digest.number(e.probability).integer(e.count).number(e.batch_mean).number(e.batch_std);
  add(digest, e.interval);
  add(digest, e.batch_interval);
  digest.integers(e.batch_counts);
}

void add(Digest& digest, const QuantileResult& q) {
  digest.number(q.level).number(q.generated).number(q.test).number(q.law);
  add(digest, q.interval);
}

void add(Digest& digest, const SurvivalCurve& curve) {
  digest.numbers(curve.threshold).integers(curve.count);
  digest.integers(curve.test).numbers(curve.law);
  for (const Interval& interval : curve.interval) add(digest, interval);
}

void add(Digest& digest, const Transform& t) {
  digest.text(name(t.kind)).number(t.center).number(t.scale);
  digest.number(t.lower_index).number(t.upper_index).numbers(t.value).numbers(t.score);
}

void add(Digest& digest, const ModelResult& m) {
  digest.text(m.name).text(m.kind).number(m.nu);
  digest.numbers(m.normalization.mean).numbers(m.normalization.deviation).text(m.weights_sha256);
  for (const Transform& transform : m.normalization.transforms) add(digest, transform);
  if (!m.spread) return;
  for (const SpreadLimit& l : m.spread->limits) {
    digest.number(l.sigma).number(l.mean).number(l.mean_low).number(l.mean_high);
    digest.number(l.median).number(l.median_low).number(l.median_high);
  }
}

void add(Digest& digest, const LawResult& law) {
  digest.number(law.tolerance).number(law.relative_error).number(law.lost_mass);
  digest.integer(law.w1.has_value()).number(law.w1.value_or(0)).number(law.w1_error);
  digest.integer(law.exceedance.size());
  for (const LawExceedance& e : law.exceedance) {
    digest.number(e.level).number(e.threshold).text(e.event).number(e.probability);
    add(digest, e.interval);
  }
  digest.numbers(law.survival_threshold).numbers(law.survival).numbers(law.survival_error);
  digest.numbers(law.survival_law);
  digest.numbers(law.quantile_level).numbers(law.quantile).numbers(law.quantile_error);
  if (!law.marginals.empty()) digest.numbers(law.marginal_depth);  // since schema 1.4
  for (const LawMarginal& m : law.marginals) {
    digest.number(m.sigma).number(m.scale).number(m.w1).number(m.w1_error);
    digest.numbers(m.threshold).numbers(m.probability).numbers(m.error);
  }
  for (const LawDensity& d : law.densities) {
    digest.number(d.sigma).numbers(d.x).numbers(d.density).numbers(d.error).numbers(d.marginal);
  }
}

void add(Digest& digest, const SamplerResult& s) {
  digest.text(s.name).text(s.kind).text(s.model);
  if (!s.denoiser.empty()) digest.text(s.denoiser).number(s.table_error);  // since schema 1.1
  digest.integer(s.nu.has_value()).number(s.nu.value_or(0));
  digest.integer(static_cast<std::uint64_t>(s.levels)).integer(s.paths).integer(s.nonfinite);
  digest.integer(static_cast<std::uint64_t>(s.network_calls_per_path));
  add(digest, s.w1_test);
  add(digest, s.w1_law);
  digest.integer(s.exceedance.size());
  for (const ExceedanceResult& e : s.exceedance) add(digest, e);
  digest.integer(s.quantiles.size());
  for (const QuantileResult& q : s.quantiles) add(digest, q);
  digest.numbers(s.qq_level).numbers(s.qq_generated).numbers(s.qq_test).numbers(s.qq_law);
  digest.numbers(s.qq_low).numbers(s.qq_high);
  add(digest, s.survival);
  digest.integer(s.moments.size());
  for (const MomentResult& m : s.moments) digest.text(m.name).number(m.value).integer(m.exists);
  if (s.law) add(digest, *s.law);  // since schema 1.3
}

/// Of the points; where a path is swept, of what was found there and not of the path.
std::string sweep_digest(const Results& results) {
  Digest digest;
  digest.text("htdm sweep 1").text(results.sweep.mode).integer(results.sweep.axes.size());
  for (const SweepAxis& axis : results.sweep.axes) {
    digest.text(axis.key).integer(axis.values.size());
    if (is_path_key(axis.key)) continue;
    for (const std::string& value : axis.values) digest.text(value);
  }
  for (const Results& point : results.points) digest.text(results_digest(point));
  return digest.finish_hex();
}

}  // namespace

std::string results_digest(const Results& results) {
  if (!results.sweep.empty()) return sweep_digest(results);
  Digest digest;
  digest.text("htdm results 1").text(results.study_no_paths).integer(results.test_samples);
  if (results.part) digest.integer(results.part->index).integer(results.part->count);
  // A file lists its models by name where it does not know in which order they were written.
  std::vector<const ModelResult*> models;
  for (const ModelResult& model : results.models) models.push_back(&model);
  std::ranges::sort(models, {}, [](const ModelResult* model) { return model->name; });
  digest.integer(models.size());
  for (const ModelResult* model : models) add(digest, *model);
  digest.integer(results.samplers.size());
  for (const SamplerResult& sampler : results.samplers) add(digest, sampler);
  return digest.finish_hex();
}

}  // namespace htdm
