#include "io/estimate_text.hpp"
#include "io/file_header.hpp"
#include "io/json_parts.hpp"
#include "io/rare.hpp"
#include "io/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

/// Estimate and interval; never a bare zero.
std::string probability_text(const RareEstimate& e) {
  if (!e.resolved()) return "not resolved, < " + brief(e.interval.high, 2);
  return estimate_text(1, e.probability, e.interval);
}

std::string share_text(double share) {
  return std::isfinite(share) ? brief(100 * share, 2) + " %" : "-";
}

std::string target_text(const RareEstimate& e) {
  if (std::isnan(e.target)) return "-";
  return share_text(e.target) + (e.reached ? "" : " missed");
}

/// One row per estimate.
std::vector<Column> columns_of(const RareResults& results) {
  Column name{"sampler", "", {}, true}, nu{"nu", "", {}}, event{"event", "", {}, true};
  Column level{"law", "", {}}, method{"method", "", {}, true};
  Column probability{"probability", "95 % interval", {}, true}, error{"error", "relative", {}};
  Column target{"target", "", {}}, ess{"ESS", "", {}}, largest{"largest", "weight", {}};
  Column vov{"VoV", "", {}}, paths{"paths", "", {}}, seconds{"CPU s", "", {}};
  Column merit{"merit", "1/(r² s)", {}}, saving{"counting", "calls over", {}};
  Column doubt{"doubtful", "", {}, true};
  for (const RareEntry& entry : results.entries) {
    for (const RareEstimate& e : entry.estimates) {
      name.cells.push_back(entry.name);
      nu.cells.push_back(nu_text(entry.nu));
      event.cells.push_back(fmt::format("{} > {}", e.event, brief(e.threshold)));
      level.cells.push_back(brief(e.level));
      method.cells.push_back(e.method);
      probability.cells.push_back(probability_text(e));
      error.cells.push_back(share_text(e.relative_error()));
      target.cells.push_back(target_text(e));
      ess.cells.push_back(brief(e.effective_size));
      largest.cells.push_back(share_text(e.largest_weight));
      vov.cells.push_back(brief(e.variance_of_variance, 2));
      paths.cells.push_back(e.paths > 0 ? fmt::format("{}", e.paths) : "-");
      seconds.cells.push_back(brief(e.cpu_seconds));
      merit.cells.push_back(brief(e.figure_of_merit()));
      saving.cells.push_back(brief(e.counting_calls / static_cast<double>(e.calls), 2));
      doubt.cells.push_back(e.doubt.empty() ? "no" : "yes");
    }
  }
  return {name,  nu,  event,   level, method, probability, error, target,
          doubt, ess, largest, vov,   paths,  seconds,     merit, saving};
}

Json estimate_json(const RareEstimate& e) {
  return {{"level", number(e.level)},
          {"threshold", number(e.threshold)},
          {"event", e.event},
          {"method", e.method},
          {"probability", number(e.probability)},
          {"interval", {number(e.interval.low), number(e.interval.high)}},
          {"resolved", e.resolved()},
          {"standard_error", number(e.standard_error)},
          {"relative_error", number(e.relative_error())},
          {"ratio", number(e.probability / e.level)},
          {"target", number(e.target)},
          {"reached", e.reached},
          {"doubtful", !e.doubt.empty()},
          {"doubt", e.doubt},
          {"variance_of_variance", number(e.variance_of_variance)},
          {"effective_size", number(e.effective_size)},
          {"largest_weight", number(e.largest_weight)},
          {"replicas", e.replicas},
          {"particles", e.particles},
          {"paths", e.paths},
          {"calls", e.calls},
          {"nonfinite", e.nonfinite},
          {"counting_calls", number(e.counting_calls)},
          {"cpu_seconds", number(e.cpu_seconds)},
          {"figure_of_merit", number(e.figure_of_merit())}};
}

Json entry_json(const RareEntry& entry) {
  Json estimates = Json::array();
  for (const RareEstimate& e : entry.estimates) estimates.push_back(estimate_json(e));
  return {{"name", entry.name},         {"kind", entry.kind},
          {"model", entry.model},       {"nu", entry.nu ? nu_json(*entry.nu) : Json()},
          {"denoiser", entry.denoiser}, {"table_error", number(entry.table_error)},
          {"levels", entry.levels},     {"choice", entry.choice},
          {"estimates", estimates}};
}

}  // namespace

double RareEstimate::relative_error() const {
  if (!resolved()) return std::numeric_limits<double>::infinity();
  return std::max(interval.high - probability, probability - interval.low) / probability;
}

double RareEstimate::figure_of_merit() const {
  const double r = standard_error / probability;
  return cpu_seconds > 0 && r > 0 ? 1 / (r * r * cpu_seconds) : none;
}

std::string rare_text(const RareResults& results) {
  std::string text;
  print_table(text, columns_of(results), 3);
  for (const RareEntry& entry : results.entries) {
    if (!entry.choice.empty()) {
      text += fmt::format("{} (nu {}): {}\n", entry.name, nu_text(entry.nu), entry.choice);
    }
    for (const RareEstimate& e : entry.estimates) {
      if (e.doubt.empty()) continue;
      text += fmt::format("{} (nu {}), {} > {}: doubtful, {}.\n", entry.name, nu_text(entry.nu),
                          e.event, brief(e.threshold), e.doubt);
    }
  }
  return text;
}

std::string rare_json(const RareResults& results) {
  Json entries = Json::array();
  for (const RareEntry& entry : results.entries) entries.push_back(entry_json(entry));
  return json_text({{"kind", "rare"},
                    {"schema", Json::array({schema_major, schema_minor})},
                    {"study", study_json(results.study)},
                    {"provenance", provenance_json(results.provenance)},
                    {"samplers", entries}});
}

}  // namespace htdm
