#include "io/json_parts.hpp"

#include "core/error.hpp"
#include "io/study_tree.hpp"

#include <cmath>

namespace htdm {
namespace {

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

}  // namespace

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json nu_json(double nu) {
  return std::isinf(nu) ? Json("inf") : number(nu);
}

Json interval_json(const Interval& interval) {
  return Json::array({number(interval.low), number(interval.high)});
}

Json numbers_json(std::span<const double> values) {
  Json array = Json::array();
  for (const double value : values) array.push_back(number(value));
  return array;
}

Json flags_json(std::span<const std::uint8_t> values) {
  Json array = Json::array();
  for (const std::uint8_t value : values) array.push_back(value != 0);
  return array;
}

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

std::string json_text(const Json& object) {
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace htdm
