#include "io/estimate_text.hpp"
#include "io/law_text.hpp"
#include "io/results.hpp"
#include "io/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

/// The distance with its interval, in more dimensions than one that of the worst component.
std::string w1_text(const std::optional<W1Result>& w1) {
  if (!w1 || w1->value.empty()) return "-";
  const auto worst =
      static_cast<std::size_t>(std::ranges::max_element(w1->value) - w1->value.begin());
  if (worst >= w1->interval.size()) return fmt::format("{:.4f}", w1->value[worst]);
  const Interval& interval = w1->interval[worst];
  return fmt::format("{:.4f} ±{:.4f}", w1->value[worst], (interval.high - interval.low) / 2);
}

std::string probability_text(const ExceedanceResult& e) {
  return estimate_text(e.count, e.probability, e.interval);
}

std::string ratio_text(const ExceedanceResult& e) {
  if (std::isnan(e.level)) return "-";
  if (e.count == 0) return "< " + brief(e.interval.high / e.level, 2);
  return brief(e.probability / e.level);
}

/// Names, nu and distances of all samplers; the first two columns say which.
std::vector<Column> sampler_columns(const Results& results) {
  Column name{"sampler", "", {}, true}, nu{"nu", "", {}}, calls{"calls", "", {}};
  Column test{"W1 to test", "z-space", {}}, law{"W1 to law", "z-space", {}};
  for (const SamplerResult& s : results.samplers) {
    name.cells.push_back(s.name);
    nu.cells.push_back(nu_text(s.nu));
    calls.cells.push_back(fmt::format("{}", s.network_calls_per_path));
    test.cells.push_back(w1_text(s.w1_test));
    law.cells.push_back(w1_text(s.w1_law));
    for (Column* column : {&test, &law}) {
      if (s.w1_test && s.w1_test->value.size() > 1) column->subtitle = "worst component";
    }
  }
  return {name, nu, calls, test, law};
}

/// What levels refer to: the true law, or the test sample where there is none.
std::string_view reference_name(const Results& results) {
  return results.samplers.front().survival.law.empty() ? "test sample" : "law";
}

/// Two columns per threshold. All samplers of a run share their thresholds.
void add_exceedance_columns(std::vector<Column>& columns, const Results& results) {
  const std::vector<ExceedanceResult>& shared = results.samplers.front().exceedance;
  for (std::size_t k = 0; k < shared.size(); ++k) {
    const ExceedanceResult& e = shared[k];
    Column probability{fmt::format("P({} > {})", e.event, brief(e.threshold)), "", {}, true};
    Column ratio{"ratio", "", {}, false, true};
    if (!std::isnan(e.level)) {
      probability.subtitle = fmt::format("{} {}", reference_name(results), brief(e.level));
    }
    for (const SamplerResult& s : results.samplers) {
      const bool there = k < s.exceedance.size();
      probability.cells.push_back(there ? probability_text(s.exceedance[k]) : "-");
      ratio.cells.push_back(there ? ratio_text(s.exceedance[k]) : "-");
    }
    columns.push_back(probability);
    columns.push_back(ratio);
  }
}

std::vector<Column> model_columns(const Results& results) {
  Column name{"model", "", {}, true}, kind{"kind", "", {}, true}, nu{"nu", "", {}};
  Column steps{"steps", "", {}}, loss{"last loss", "", {}}, seconds{"seconds", "", {}};
  for (const ModelResult& m : results.models) {
    name.cells.push_back(m.name);
    kind.cells.push_back(m.kind);
    nu.cells.push_back(nu_text(m.nu));
    steps.cells.push_back(m.kind == "network" ? fmt::format("{}", m.steps) : "-");
    loss.cells.push_back(m.loss.empty() ? "-" : fmt::format("{:.4f}", m.loss.back().loss));
    seconds.cells.push_back(fmt::format("{:.1f}", m.seconds));
  }
  return {name, kind, nu, steps, loss, seconds};
}

/// Distances of transformed data are those of the transformed numbers.
std::string transform_text(const Results& results) {
  for (const ModelResult& m : results.models) {
    if (m.normalization.transforms.empty()) continue;
    return fmt::format(
        "W1 is between {} numbers, in units of their standard deviation; to the law it is known "
        "only for data as they are.\n",
        name(m.normalization.transforms.front().kind));
  }
  return "";
}

/// Which samplers ran on tables, and how good these are.
std::string tables_text(const Results& results) {
  std::string names;
  double worst = 0;
  for (const SamplerResult& s : results.samplers) {
    if (s.denoiser != "table") continue;
    const std::string name = (names.empty() ? "" : ", ") + s.name;
    if (!names.ends_with(name)) names += name;
    worst = std::max(worst, s.table_error);
  }
  if (names.empty()) return "";
  return fmt::format("Tabulated denoiser (error of (x - D)/sigma up to {}): {}.\n", brief(worst, 2),
                     names);
}

std::string nonfinite_text(const Results& results) {
  std::string text;
  for (const SamplerResult& s : results.samplers) {
    if (s.nonfinite == 0) continue;
    text += fmt::format("{} (nu {}): {} of {} paths ended in NaN or infinity.\n", s.name,
                        nu_text(s.nu), s.nonfinite, s.paths);
  }
  return text;
}

/// Counts and laws not to build on, a line each.
std::string doubts_text(const Results& results) {
  std::string text;
  for (const SamplerResult& s : results.samplers) {
    const auto add = [&](const auto& e, const char* of) {
      if (e.doubt().empty()) return;
      text += fmt::format("{}{} (nu {}), {} > {}: doubtful, {}.\n", of, s.name, nu_text(s.nu),
                          e.event, brief(e.threshold), e.doubt());
    };
    if (s.paths > 0) {
      for (const ExceedanceResult& e : s.exceedance) add(e, "");
    }
    if (!s.law) continue;
    for (const LawExceedance& e : s.law->exceedance) add(e, "law of ");
  }
  return text;
}

/// Of which part or files these results are.
std::string origin_text(const Results& results) {
  std::string text;
  if (results.part) {
    text += fmt::format(
        "Part {} of {} of its study (counted from 0): estimates are those of its own paths; W1 is "
        "given where it has the first w1_samples of them. htdm merge puts parts together.\n\n",
        results.part->index, results.part->count);
  }
  for (const MergedFile& m : results.merged) {
    text += fmt::format("merged: {}{}, seed {}, {} on {}", m.file,
                        m.part.empty() ? "" : " (part " + m.part + ")", m.seed, m.created, m.host);
    text += std::isnan(m.shares.computing) ? "\n"
                                           : fmt::format(", computing {:.0f} % of {:.1f} s\n",
                                                         100 * m.shares.computing, m.seconds);
  }
  return results.merged.empty() ? text : text + "\n";
}

/// The points of a sweep and the values of their keys.
std::string sweep_text(const Results& results) {
  const Sweep& sweep = results.sweep;
  Column point{"point", "", {}, true};
  std::vector<Column> columns{point};
  for (const SweepAxis& axis : sweep.axes) columns.push_back({axis.key, "", {}});
  for (std::size_t p = 0; p < sweep.size(); ++p) {
    const std::vector<std::string> values = sweep.values(p);
    columns[0].cells.push_back(point_name(p));
    for (std::size_t a = 0; a < values.size(); ++a) columns[a + 1].cells.push_back(values[a]);
  }
  std::string out = fmt::format("{} sweep of {} points, {:.1f} s\n\n", sweep.mode, sweep.size(),
                                results.provenance.seconds_total);
  print_table(out, columns, 1);
  for (std::size_t p = 0; p < results.points.size(); ++p) {
    out += fmt::format("\n=== point {}: {}\n{}", point_name(p), sweep.text(p),
                       results_text(results.points[p]));
  }
  return out;
}

}  // namespace

std::string results_text(const Results& all) {
  if (!all.sweep.empty()) return sweep_text(all);
  Results results = all;
  if (results.part) {
    std::erase_if(results.samplers, [](const SamplerResult& s) { return s.paths == 0; });
  }
  const Provenance& p = results.provenance;
  std::string out =
      fmt::format("htdm {} ({}), {}, seed {}, {} rank(s) x {} thread(s), {:.1f} s\n\n", p.version,
                  p.git_hash, p.created, p.seed, p.ranks, p.threads, p.seconds_total);
  out += origin_text(results);
  if (!results.models.empty()) print_table(out, model_columns(results), 1);
  const std::string run = results.run ? "\n" + run_text(*results.run) : "";
  if (results.samplers.empty()) return out + "No sampler was run.\n" + run;
  const std::string doubts = doubts_text(results);
  if (results.samplers.front().paths == 0) return out + law_text(results) + doubts + run;
  std::vector<Column> columns = sampler_columns(results);
  add_exceedance_columns(columns, results);
  print_table(out, columns, 2);
  if (results.part) {
    for (const SamplerResult& s : results.samplers) {
      out += fmt::format("{} (nu {}): {} paths.\n", s.name, nu_text(s.nu), s.paths);
    }
  } else {
    out += fmt::format("{} paths per sampler.\n", results.samplers.front().paths);
  }
  out += fmt::format(
      "Intervals are 95 %: Clopper-Pearson for probabilities.\n"
      "ratio: probability over that of the {}. A count of zero is shown as its upper bound.\n",
      reference_name(results) == "law" ? "true law" : reference_name(results));
  out += tables_text(results) + transform_text(results) + nonfinite_text(results);
  const std::string laws = law_text(results);
  return out + (laws.empty() ? "" : "\n" + laws) + doubts + run;
}

}  // namespace htdm
