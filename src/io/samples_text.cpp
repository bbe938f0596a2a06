#include "io/estimate_text.hpp"
#include "io/file_header.hpp"
#include "io/json_parts.hpp"
#include "io/samples_file.hpp"
#include "io/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace htdm {
namespace {

Json basins_json(const BasinResult& b) {
  Json statistics = Json::object();
  for (const BasinStatistic& s : b.statistics) {
    statistics[s.name] = {
        {"count", s.count},
        {"value", number(s.value)},
        {"interval", Json::array({number(s.interval.low), number(s.interval.high)})},
        {"batch_counts", s.batch_counts}};
  }
  const Interval& median = b.median_last_interval;
  return {{"radius", b.radius},
          {"critical_sigma", b.critical_sigma},
          {"paths", b.paths},
          {"nonfinite", b.nonfinite},
          {"statistics", std::move(statistics)},
          {"median_last", b.median_last},
          {"median_last_interval", Json::array({median.low, median.high})},
          {"sigma", b.sigma},
          {"first_crossing", b.first_crossing},
          {"last_crossing", b.last_crossing},
          {"crossings", b.crossings}};
}

Json entry_json(const StoredSummary& s) {
  Json json = {{"name", s.entry.name},
               {"kind", s.entry.kind},
               {"model", s.entry.model},
               {"nu", s.entry.nu ? nu_json(*s.entry.nu) : Json()},
               {"dimension", s.entry.normalization.dimension()},
               {"samples", s.samples},
               {"paths", s.paths},
               {"levels", s.entry.levels.size()},
               {"bytes", s.bytes},
               {"lowest", number(s.lowest)},
               {"highest", number(s.highest)},
               {"nonfinite", s.nonfinite}};
  if (s.entry.basins) json["basins"] = basins_json(*s.entry.basins);
  return json;
}

/// Shares and crossings with their intervals, one line an entry.
std::string basins_text(const SamplesSummary& summary) {
  std::vector<Column> columns{{"sampler", "", {}, true}, {"nu", "", {}}, {"paths", "", {}}};
  for (const auto& [title, subtitle] :
       {std::pair("upper point", "share"), std::pair("undecided", "share"),
        std::pair("flipped", "share"), std::pair("cross late", "share"),
        std::pair("crossings", "mean"), std::pair("last crossing", "median sigma")}) {
    columns.push_back({title, subtitle, {}});
  }
  bool any = false;
  for (const StoredSummary& stored : summary.entries) {
    if (!stored.entry.basins) continue;
    any = true;
    const StoredEntry& entry = stored.entry;
    const BasinResult& b = *entry.basins;
    const Interval& median = b.median_last_interval;
    std::vector<std::string> cells{entry.name, entry.nu ? fmt::format("{}", *entry.nu) : "-",
                                   fmt::format("{}", b.paths)};
    for (const char* name : {"upper", "undecided", "flipped", "late", "crossings"}) {
      const auto s = std::ranges::find(b.statistics, name, &BasinStatistic::name);
      cells.push_back(s == b.statistics.end() ? "-"
                                              : estimate_text(s->count, s->value, s->interval));
    }
    cells.push_back(fmt::format("{:.3g} [{:.3g}, {:.3g}]", b.median_last, median.low, median.high));
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i].cells.push_back(cells[i]);
  }
  if (!any) return "";
  std::string out = "\n";
  print_table(out, columns, 2);
  return out +
         "95 % intervals. flipped: ends on the other side than it started; cross late: crosses "
         "the plane between\nthe points in a step from the critical level or below; last crossing: "
         "sigma_max where there is none.\n";
}

}  // namespace

std::string samples_text(const SamplesSummary& summary) {
  const Provenance& p = summary.provenance;
  std::string out = fmt::format("htdm {} ({}), {}, seed {}, {} rank(s) x {} thread(s)\n\n",
                                p.version, p.git_hash, p.created, p.seed, p.ranks, p.threads);
  const bool samples = summary.kind == "samples";
  out += fmt::format("{:<13} {:<20} {:>6} {:>3} {:>16} {:>10}", "group", "sampler", "nu", "d",
                     "paths x levels", "MB");
  if (samples) out += fmt::format(" {:>12} {:>11} {:>11}", "samples", "lowest", "highest");
  out += "\n";
  for (std::size_t i = 0; i < summary.entries.size(); ++i) {
    const StoredSummary& s = summary.entries[i];
    out += fmt::format(
        "{:<13} {:<20} {:>6} {:>3} {:>16} {:>10.1f}", fmt::format("/samplers/{:03}", i),
        s.entry.name, s.entry.nu ? fmt::format("{}", *s.entry.nu) : "-",
        s.entry.normalization.dimension(), fmt::format("{} x {}", s.paths, s.entry.levels.size()),
        static_cast<double>(s.bytes) / 1e6);
    if (samples) out += fmt::format(" {:>12} {:>11.5g} {:>11.5g}", s.samples, s.lowest, s.highest);
    out += "\n";
    if (s.nonfinite > 0) out += fmt::format("  {} numbers are NaN or infinite\n", s.nonfinite);
  }
  if (!samples) return out + basins_text(summary);
  return out + "\nlowest, highest: of the samples, all components, raw space.\n";
}

std::string samples_json(const SamplesSummary& summary) {
  Json entries = Json::array();
  for (const StoredSummary& s : summary.entries) entries.push_back(entry_json(s));
  return json_text({{"kind", summary.kind},
                    {"schema", Json::array({schema_major, schema_minor})},
                    {"study", study_json(summary.study)},
                    {"study_toml", summary.study},
                    {"provenance", provenance_json(summary.provenance)},
                    {"samplers", std::move(entries)}});
}

}  // namespace htdm
