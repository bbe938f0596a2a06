#include "core/error.hpp"
#include "core/infinity.hpp"
#include "io/json_parts.hpp"
#include "io/nu_report.hpp"

#include <cmath>
#include <fstream>
#include <limits>

namespace htdm {
namespace {

double real(const Json& value) {
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (value.is_string()) return value == "-inf" ? -inf : inf;
  return value.get<double>();
}

Interval ends(const Json& json) {
  return {real(json.at(0)), real(json.at(1))};
}

std::vector<double> reals(const Json& json) {
  std::vector<double> values;
  for (const Json& value : json) values.push_back(real(value));
  return values;
}

TailNumber tail_number(const Json& json) {
  return {real(json.at("value")), ends(json.at("interval")), json.at("method"), json.at("doubt")};
}

Divergence divergence(const Json& json) {
  return {real(json.at("value")), ends(json.at("interval"))};
}

NuRivalResult rival(const Json& json) {
  NuRivalResult r;
  r.name = json.at("name");
  r.coefficient = json.at("coefficient");
  r.found = {divergence(json.at("divergence")), divergence(json.at("excess")),
             real(json.at("fit_p_value"))};
  r.law = reals(json.at("bins"));
  r.doubt = json.value("doubt", "");
  return r;
}

SamplingNu sampler(const Json& json) {
  SamplingNu s;
  s.name = json.at("name");
  s.model = json.at("model");
  s.model_nu = real(json.at("model_nu"));
  s.levels = json.at("levels");
  s.method = json.at("method");
  s.paths = json.at("paths");
  s.law_error = real(json.at("law_error"));
  s.candidates = reals(json.at("candidates"));
  s.choice.nu = real(json.at("nu"));
  s.choice.interval = ends(json.at("interval"));
  s.choice.at_end = json.at("at_end");
  s.choice.divergence = divergence(json.at("divergence"));
  s.choice.fit_p_value = real(json.at("fit_p_value"));
  s.choice.at_candidates = reals(json.at("candidate_divergence"));
  s.doubt = json.at("doubt");
  s.law = reals(json.at("bins"));
  for (const Json& r : json.at("t_sde_exact")) s.rivals.push_back(rival(r));
  s.no_rival = json.at("no_t_sde_exact");
  s.seconds = real(json.at("seconds"));
  return s;
}

NuReport report_of(const Json& json) {
  NuReport report;
  const Json& data = json.at("data");
  report.data.dimension = data.at("dimension");
  report.data.rows = data.at("rows");
  report.data.held_out = data.at("held_out");
  report.data.held_out_from = data.at("held_out_from");
  report.data.edges = reals(data.at("bin_edges"));
  report.data.counts = data.at("bin_counts").get<std::vector<std::uint64_t>>();
  const Json& training = json.at("training");
  report.training = {tail_number(training.at("student_t")), tail_number(training.at("hill")),
                     tail_number(training.at("pareto")), real(training.at("seconds"))};
  for (const Json& s : json.at("samplers")) report.samplers.push_back(sampler(s));
  return report;
}

}  // namespace

NuReport read_nu_report(const std::string& path) {
  std::ifstream file(path);
  check_input(file.good(), "\"" + path + "\" cannot be read", "There is nothing to show",
              "Name the choose_nu.json in the output folder of htdm choose-nu");
  std::string why = "Its kind is not \"choose-nu\"";
  try {
    const Json json = Json::parse(file);
    if (json.at("kind") == "choose-nu") return report_of(json);
  } catch (const Json::exception& error) {
    why = error.what();
  }
  throw InputError("\"" + path + "\" is not what htdm choose-nu writes. " + why +
                   ". Name a whole choose_nu.json, or make it again.");
}

}  // namespace htdm
