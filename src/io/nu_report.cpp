#include "io/nu_report.hpp"

#include "io/aside.hpp"
#include "io/estimate_text.hpp"
#include "io/json_parts.hpp"
#include "io/text_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <span>

namespace htdm {
namespace {

std::string value_text(double value, int digits = 4) {
  return std::isinf(value) ? (value > 0 ? "inf" : "-inf") : brief(value, digits);
}

std::string with_interval(double value, const Interval& interval, int digits = 4) {
  return interval_text(value_text(value, digits), value_text(interval.low, digits),
                       value_text(interval.high, digits));
}

/// Not told from zero: its bound.
std::string divergence_text(const Divergence& d) {
  if (d.value == 0) return "< " + value_text(d.interval.high, 2);
  return with_interval(d.value, d.interval, 3);
}

std::string p_text(double p) {
  return p < 1e-99 ? "< 1e-99" : brief(p, 2);
}

/// A blank line above it.
void add_heading(std::string& text, const std::string& heading) {
  if (!text.empty() && !text.ends_with("\n\n")) text += "\n";
  text += heading + "\n";
}

void print_training(std::string& text, const NuReport& report) {
  add_heading(text, fmt::format("training nu, by {} rows of {} component(s) ({:.2g} s)",
                                report.data.rows, report.data.dimension, report.training.seconds));
  Column what{"estimate", "", {}, true}, value{"value", "95 % interval", {}, true};
  Column method{"method", "", {}, true}, doubtful{"doubtful", "", {}, true};
  std::string doubts;
  const auto add = [&](const char* name, const TailNumber& number) {
    what.cells.emplace_back(name);
    value.cells.push_back(with_interval(number.value, number.interval));
    method.cells.push_back(number.method);
    doubtful.cells.emplace_back(number.doubt.empty() ? "no" : "yes");
    if (!number.doubt.empty()) doubts += fmt::format("{}: doubtful, {}.\n", name, number.doubt);
  };
  add("nu of a Student-t law", report.training.student_t);
  add("tail index (Hill)", report.training.hill);
  add("tail index (Pareto)", report.training.pareto);
  print_table(text, {what, value, method, doubtful}, 1);
  text += doubts;
}

std::string method_text(const SamplingNu& s) {
  return s.method == "law" ? fmt::format("laws, to {}", brief(s.law_error, 1))
                           : fmt::format("{} paths each", s.paths);
}

void print_choices(std::string& text, const NuReport& report) {
  add_heading(text, fmt::format("sampling nu, by {} held-out rows ({}) in {} bins of |z|",
                                report.data.held_out, report.data.held_out_from,
                                report.data.counts.size()));
  Column name{"sampler", "", {}, true}, nu{"nu", "95 % interval", {}, true};
  Column divergence{"divergence", "per row, 95 % interval", {}, true}, fit{"fit", "p", {}};
  Column method{"method", "", {}, true}, seconds{"s", "", {}}, doubtful{"doubtful", "", {}, true};
  for (const SamplingNu& s : report.samplers) {
    name.cells.push_back(s.name);
    nu.cells.push_back(with_interval(s.choice.nu, s.choice.interval));
    divergence.cells.push_back(divergence_text(s.choice.divergence));
    fit.cells.push_back(p_text(s.choice.fit_p_value));
    method.cells.push_back(method_text(s));
    seconds.cells.push_back(brief(s.seconds, 2));
    doubtful.cells.emplace_back(s.doubt.empty() ? "no" : "yes");
  }
  print_table(text, {name, nu, divergence, fit, method, seconds, doubtful}, 1);
  for (const SamplingNu& s : report.samplers) {
    if (!s.doubt.empty()) text += fmt::format("{}: doubtful, {}.\n", s.name, s.doubt);
  }
}

std::string verdict(const SamplingNu& s, const NuRivalResult& r) {
  const std::string who = nearer(r.found);
  if (who == "neither") return "not told apart";
  return who == "t_sde_exact" ? r.name : s.name;
}

void print_rivals(std::string& text, const NuReport& report) {
  add_heading(text, "t_sde_exact, which needs no nu, beside each at its best");
  Column name{"sampler", "", {}, true}, rival{"rival", "", {}, true};
  Column coefficient{"coefficient", "", {}, true};
  Column divergence{"divergence", "per row, 95 % interval", {}, true};
  Column excess{"excess", "over the sampler's", {}, true}, fit{"fit", "p", {}};
  Column who{"nearer", "", {}, true}, method{"method", "", {}, true};
  Column doubtful{"doubtful", "", {}, true};
  for (const SamplingNu& s : report.samplers) {
    for (const NuRivalResult& r : s.rivals) {
      name.cells.push_back(s.name);
      rival.cells.push_back(r.name);
      coefficient.cells.push_back(r.coefficient);
      divergence.cells.push_back(divergence_text(r.found.divergence));
      excess.cells.push_back(divergence_text(r.found.excess));
      fit.cells.push_back(p_text(r.found.fit_p_value));
      who.cells.push_back(verdict(s, r));
      method.cells.push_back(method_text(s));
      doubtful.cells.emplace_back(r.doubt.empty() ? "no" : "yes");
    }
  }
  if (!name.cells.empty()) {
    print_table(text, {name, rival, coefficient, divergence, excess, fit, who, method, doubtful},
                2);
  }
  for (const SamplingNu& s : report.samplers) {
    for (const NuRivalResult& r : s.rivals) {
      if (r.doubt.empty()) continue;
      text += fmt::format("{} beside {}: doubtful, {}.\n", r.name, s.name, r.doubt);
    }
    if (!s.no_rival.empty()) text += fmt::format("{}: none, {}.\n", s.name, s.no_rival);
  }
}

Json numbers(std::span<const double> values) {
  Json array = Json::array();
  for (const double value : values) array.push_back(number(value));
  return array;
}

Json signed_json(double value) {
  return value == -std::numeric_limits<double>::infinity() ? Json("-inf") : nu_json(value);
}

/// Ends may be infinite.
Json ends_json(const Interval& interval) {
  return {signed_json(interval.low), signed_json(interval.high)};
}

Json tail_number_json(const TailNumber& n) {
  return {{"value", nu_json(n.value)},
          {"interval", ends_json(n.interval)},
          {"method", n.method},
          {"doubtful", !n.doubt.empty()},
          {"doubt", n.doubt}};
}

Json divergence_json(const Divergence& d) {
  return {{"value", signed_json(d.value)}, {"interval", ends_json(d.interval)}};
}

/// Beside the sampler s, by its method.
Json rival_json(const SamplingNu& s, const NuRivalResult& r) {
  return {{"name", r.name},
          {"coefficient", r.coefficient},
          {"divergence", divergence_json(r.found.divergence)},
          {"excess", divergence_json(r.found.excess)},
          {"fit_p_value", number(r.found.fit_p_value)},
          {"nearer", nearer(r.found)},
          {"method", s.method},
          {"doubtful", !r.doubt.empty()},
          {"doubt", r.doubt},
          {"bins", numbers(r.law)}};
}

Json sampler_json(const SamplingNu& s) {
  Json rivals = Json::array();
  for (const NuRivalResult& r : s.rivals) rivals.push_back(rival_json(s, r));
  return {{"name", s.name},
          {"model", s.model},
          {"model_nu", nu_json(s.model_nu)},
          {"levels", s.levels},
          {"nu", nu_json(s.choice.nu)},
          {"interval", ends_json(s.choice.interval)},
          {"at_end", s.choice.at_end},
          {"divergence", divergence_json(s.choice.divergence)},
          {"fit_p_value", number(s.choice.fit_p_value)},
          {"method", s.method},
          {"paths", s.paths},
          {"law_error", number(s.law_error)},
          {"doubtful", !s.doubt.empty()},
          {"doubt", s.doubt},
          {"candidates", numbers(s.candidates)},
          {"candidate_divergence", numbers(s.choice.at_candidates)},
          {"bins", numbers(s.law)},
          {"t_sde_exact", rivals},
          {"no_t_sde_exact", s.no_rival},
          {"seconds", number(s.seconds)}};
}

}  // namespace

std::string nearer(const NuRival& rival) {
  if (rival.excess.interval.high < 0) return "t_sde_exact";
  return rival.excess.interval.low > 0 ? "t_sde" : "neither";
}

std::string nu_text(const NuReport& report) {
  std::string text;
  print_training(text, report);
  print_choices(text, report);
  print_rivals(text, report);
  return text;
}

std::string nu_json(const NuReport& report) {
  Json samplers = Json::array();
  for (const SamplingNu& s : report.samplers) samplers.push_back(sampler_json(s));
  return json_text({{"kind", "choose-nu"},
                    {"study", study_json(report.study)},
                    {"provenance", provenance_json(report.provenance)},
                    {"data",
                     {{"dimension", report.data.dimension},
                      {"rows", report.data.rows},
                      {"held_out", report.data.held_out},
                      {"held_out_from", report.data.held_out_from},
                      {"bin_edges", numbers(report.data.edges)},
                      {"bin_counts", report.data.counts}}},
                    {"training",
                     {{"student_t", tail_number_json(report.training.student_t)},
                      {"hill", tail_number_json(report.training.hill)},
                      {"pareto", tail_number_json(report.training.pareto)},
                      {"seconds", number(report.training.seconds)}}},
                    {"samplers", samplers}});
}

void write_nu_report(const std::string& path, const NuReport& report) {
  const std::string text = nu_json(report);
  write_aside(path, std::as_bytes(std::span(text)), [](const std::string&) {});
}

}  // namespace htdm
