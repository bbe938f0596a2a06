#include "io/file_header.hpp"
#include "io/json_parts.hpp"
#include "io/tail.hpp"
#include "stats/tail_trust.hpp"

#include <cmath>

namespace htdm {
namespace {

Json cost_json(const TailReport& report) {
  return {{"draws", report.size > 0 ? Json(report.size) : Json()},
          {"seconds", number(report.seconds)}};
}

Json tail_number_json(const TailNumber& n, const TailReport& report) {
  return {{"value", number(n.value)},
          {"interval", interval_json(n.interval)},
          {"resolved", !std::isnan(n.value)},
          {"method", n.method},
          {"cost", cost_json(report)},
          {"doubtful", !n.doubt.empty()},
          {"doubt", n.doubt}};
}

Json optional_json(const std::optional<TailNumber>& n, const TailReport& report) {
  return n ? tail_number_json(*n, report) : Json();
}

Json hill_json(const TailIndex& t) {
  return {
      {"exceedances", t.k}, {"value", number(t.alpha)}, {"interval", interval_json(t.interval)}};
}

Json excess_json(const MeanExcess& m) {
  return {{"threshold", number(m.threshold)},
          {"exceedances", m.exceedances},
          {"value", number(m.value)},
          {"interval", interval_json(m.interval)}};
}

Json stability_json(const ThresholdFit& f) {
  return {{"threshold", number(f.threshold)}, {"exceedances", f.exceedances},
          {"shape", number(f.law.shape)},     {"interval", interval_json(f.shape_interval)},
          {"scale", number(f.law.scale)},     {"modified_scale", number(f.modified_scale())}};
}

Json survival_json(const SurvivalPoint& p) {
  return {{"threshold", number(p.threshold)},
          {"probability", number(p.probability)},
          {"interval", interval_json(p.interval)},
          {"index", number(p.index)},
          {"index_interval", interval_json(p.index_interval)}};
}

/// convert(row) of every point of a plot, with its method and whether it is doubtful.
template <class Rows, class Convert>
Json plot_json(const Rows& rows, Convert convert, const PlotTrust& trust) {
  Json array = array_of(rows, convert);
  for (std::size_t i = 0; i < array.size(); ++i) {
    array[i]["method"] = trust.method;
    array[i]["doubtful"] = trust.doubtful[i] != 0;
  }
  return array;
}

Json entry_json(const TailResults& results, const TailEntry& entry) {
  const TailReport& r = entry.report;
  return {{"source", results.sources[entry.source].path},
          {"part", entry.part},
          {"label", entry.label()},
          {"sampler", entry.sampler.empty() ? Json() : Json(entry.sampler)},
          {"nu", nu_json(entry.nu)},
          {"event", entry.event},
          {"cost", cost_json(r)},
          {"largest", number(r.largest)},
          {"index", tail_number_json(r.index, r)},
          {"index_exceedances", r.hill_exceedances},
          {"shape", tail_number_json(r.shape, r)},
          {"threshold", number(r.threshold)},
          {"exceedances", r.exceedances},
          {"scale", number(r.scale)},
          {"return_levels", array_of(r.return_levels,
                                     [&](const ReturnLevel& level) {
                                       return Json{{"probability", level.probability},
                                                   {"fitted", optional_json(level.fitted, r)},
                                                   {"counted", optional_json(level.counted, r)},
                                                   {"law", optional_json(level.law, r)}};
                                     })},
          {"survival", plot_json(r.survival, survival_json, survival_trust(r))},
          {"hill_plot", plot_json(r.hill_plot, hill_json, hill_trust(r))},
          {"mean_excess", plot_json(r.mean_excess, excess_json, excess_trust(r))},
          {"stability", plot_json(r.stability, stability_json, stability_trust(r))}};
}

}  // namespace

std::string tail_json(const TailResults& results) {
  return json_text(
      {{"kind", "tail"},
       {"schema", Json::array({schema_major, schema_minor})},
       {"provenance", provenance_json(results.provenance)},
       {"sources",
        array_of(results.sources,
                 [](const TailSource& s) {
                   return Json{{"path", s.path}, {"kind", s.kind}, {"study", study_json(s.study)}};
                 })},
       {"tails", array_of(results.tails,
                          [&](const TailEntry& entry) { return entry_json(results, entry); })}});
}

}  // namespace htdm
