#include "io/sweep_file.hpp"

#include "io/table.hpp"

#include <algorithm>
#include <utility>

namespace htdm {
namespace {

/// The values of axis `axis` from its column, which repeats them.
std::vector<std::string> values_of(const std::vector<std::string>& column,
                                   const std::string& mode) {
  if (mode == "zipped") return column;
  std::vector<std::string> values;
  for (const std::string& value : column) {
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  return values;
}

Json value_json(const std::string& value) {
  return study_json("value = " + value)["value"];
}

}  // namespace

void write_sweep(hdf5::Group group, const Sweep& sweep) {
  group.set_attribute("mode", sweep.mode);
  TableWriter table(std::move(group));
  std::vector<std::int32_t> points(sweep.size());
  std::vector<std::vector<std::string>> columns(sweep.axes.size());
  for (std::size_t p = 0; p < points.size(); ++p) {
    points[p] = static_cast<std::int32_t>(p);
    const std::vector<std::string> values = sweep.values(p);
    for (std::size_t a = 0; a < columns.size(); ++a) columns[a].push_back(values[a]);
  }
  table.column("point", points, {"number of the point, as in /points"});
  for (std::size_t a = 0; a < columns.size(); ++a) {
    table.column(sweep.axes[a].key, columns[a], {"value of the key in this point, TOML"});
  }
}

Sweep read_sweep(const hdf5::Group& group) {
  Sweep sweep{group.attribute<std::string>("mode"), {}};
  for (const std::string& key : group.members()) {
    if (key == "point") continue;
    sweep.axes.push_back({key, values_of(group.read<std::string>(key), sweep.mode)});
  }
  if (sweep.size() != group.shape("point").front()) group.fail("point", "does not fit its columns");
  return sweep;
}

Json sweep_json(const Sweep& sweep) {
  Json axes = Json::array(), points = Json::array();
  for (const SweepAxis& axis : sweep.axes) {
    Json values = Json::array();
    for (const std::string& value : axis.values) values.push_back(value_json(value));
    axes.push_back({{"key", axis.key}, {"values", std::move(values)}});
  }
  for (std::size_t p = 0; p < sweep.size(); ++p) points.push_back(point_json(sweep, p));
  return {{"mode", sweep.mode}, {"axes", std::move(axes)}, {"points", std::move(points)}};
}

Json point_json(const Sweep& sweep, std::size_t point) {
  const std::vector<std::string> values = sweep.values(point);
  Json object = Json::object();
  for (std::size_t a = 0; a < values.size(); ++a) object[sweep.axes[a].key] = value_json(values[a]);
  return object;
}

}  // namespace htdm
