/// Parts that the JSON of all kinds of files share.
#pragma once

#include "io/provenance.hpp"
#include "stats/intervals.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace htdm {

using Json = nlohmann::ordered_json;

/// JSON knows no infinities and no NaN: they become null, but for nu = inf.
Json number(double value);
Json nu_json(double nu);

/// [low, high]; numbers; truth values.
Json interval_json(const Interval& interval);
Json numbers_json(std::span<const double> values);
Json flags_json(std::span<const std::uint8_t> values);

/// null for a text that this version cannot read; the text itself stands beside it.
Json study_json(const std::string& text);

Json provenance_json(const Provenance& provenance);

/// convert(row) of every row.
template <class Rows, class Convert>
Json array_of(const Rows& rows, Convert convert) {
  Json array = Json::array();
  for (const auto& row : rows) array.push_back(convert(row));
  return array;
}

/// The object as it is printed. Host names and command lines may hold any bytes.
std::string json_text(const Json& object);

}  // namespace htdm
