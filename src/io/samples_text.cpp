#include "io/file_header.hpp"
#include "io/json_parts.hpp"
#include "io/samples_file.hpp"

#include <fmt/format.h>

namespace htdm {
namespace {

Json entry_json(const StoredSummary& s) {
  return {{"name", s.entry.name},
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
}

}  // namespace

std::string samples_text(const SamplesSummary& summary) {
  const Provenance& p = summary.provenance;
  std::string out = fmt::format("htdm {} ({}), {}, seed {}, {} rank(s) x {} thread(s)\n\n",
                                p.version, p.git_hash, p.created, p.seed, p.ranks, p.threads);
  out += fmt::format("{:<13} {:<20} {:>6} {:>3} {:>12} {:>16} {:>10} {:>11} {:>11}\n", "group",
                     "sampler", "nu", "d", "samples", "paths x levels", "MB", "lowest", "highest");
  for (std::size_t i = 0; i < summary.entries.size(); ++i) {
    const StoredSummary& s = summary.entries[i];
    out += fmt::format("{:<13} {:<20} {:>6} {:>3} {:>12} {:>16} {:>10.1f} {:>11.5g} {:>11.5g}\n",
                       fmt::format("/samplers/{:03}", i), s.entry.name,
                       s.entry.nu ? fmt::format("{}", *s.entry.nu) : "-",
                       s.entry.normalization.dimension(), s.samples,
                       fmt::format("{} x {}", s.paths, s.entry.levels.size()),
                       static_cast<double>(s.bytes) / 1e6, s.lowest, s.highest);
    if (s.nonfinite > 0) out += fmt::format("  {} numbers are NaN or infinite\n", s.nonfinite);
  }
  return out + "\nlowest, highest: of the samples, all components, raw space.\n";
}

std::string samples_json(const SamplesSummary& summary) {
  Json entries = Json::array();
  for (const StoredSummary& s : summary.entries) entries.push_back(entry_json(s));
  return json_text({{"kind", "samples"},
                    {"schema", Json::array({schema_major, schema_minor})},
                    {"study", study_json(summary.study)},
                    {"study_toml", summary.study},
                    {"provenance", provenance_json(summary.provenance)},
                    {"samplers", std::move(entries)}});
}

}  // namespace htdm
