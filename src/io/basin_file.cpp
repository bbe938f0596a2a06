#include "io/basins.hpp"
#include "io/table.hpp"

#include <utility>

namespace htdm {
namespace {

using hdf5::Group;

// Each function below lists the columns of one table once, for writing and for reading.

template <class Table, class Rows>
void statistic_columns(Table table, Rows& rows) {
  table.part("name", rows, [](auto& s) -> auto& { return s.name; }, {"what is counted"});
  table.part("count", rows, [](auto& s) -> auto& { return s.count; }, {"count over all paths"});
  table.part("value", rows, [](auto& s) -> auto& { return s.value; }, {"count over paths"});
  table.part("low", rows, [](auto& s) -> auto& { return s.interval.low; },
             {"lower end of its 95 % interval"});
  table.part("high", rows, [](auto& s) -> auto& { return s.interval.high; },
             {"upper end of its 95 % interval"});
  table.lists("batch_count", "batch", rows, [](auto& s) -> auto& { return s.batch_counts; },
              {"count in each batch"});
}

template <class Table, class Result>
void passage_columns(Table table, Result& r) {
  table.column("sigma", r.sigma, {"noise level at the end of a step, z-space"});
  table.column(
      "first", r.first_crossing,
      {"paths whose first crossing was in this step; at the first level, that never cross"});
  table.column(
      "last", r.last_crossing,
      {"paths whose last crossing was in this step; at the first level, that never cross"});
}

template <class Table, class Rows>
void fixed_point_columns(Table table, Rows& rows) {
  table.part("sigma", rows, [](auto& f) -> auto& { return f.sigma; }, {"noise level, z-space"});
  table.part("branch", rows, [](auto& f) -> auto& { return f.branch; },
             {"fixed point x = D(x, sigma) on the axis, from the middle of the points, z-space"});
  table.part("slope_origin", rows, [](auto& f) -> auto& { return f.slope_origin; },
             {"slope of D along the axis in the middle; stable below 1"});
  table.part("slope_branch", rows, [](auto& f) -> auto& { return f.slope_branch; },
             {"slope of D along the axis at the fixed point; stable below 1"});
}

template <class Result, class Visit>
void attributes(Result& r, Visit visit) {
  visit("radius", r.radius);
  visit("critical_sigma", r.critical_sigma);
  visit("paths", r.paths);
  visit("nonfinite", r.nonfinite);
  visit("median_last", r.median_last);
  visit("median_last_low", r.median_last_interval.low);
  visit("median_last_high", r.median_last_interval.high);
}

}  // namespace

void write_basins(Group& entry, const BasinResult& result) {
  Group basins = entry.create_group("basins");
  attributes(result, [&](const char* name, const auto& v) { basins.set_attribute(name, v); });
  statistic_columns(TableWriter(std::move(basins)), result.statistics);
  passage_columns(TableWriter(entry.create_group("passages")), result);
  TableWriter crossings(entry.create_group("crossings"));
  std::vector<std::uint64_t> number(result.crossings.size());
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = i;
  crossings.column("number", number, {"number of crossings"});
  crossings.column("count", result.crossings, {"paths with so many"});
  fixed_point_columns(TableWriter(entry.create_group("fixed_points")), result.fixed_points);
}

std::optional<BasinResult> read_basins(const Group& entry) {
  if (!entry.has("basins")) return std::nullopt;
  BasinResult result;
  Group basins = entry.open_group("basins");
  attributes(result, [&]<class T>(const char* name, T& v) { v = basins.attribute<T>(name); });
  statistic_columns(TableReader(std::move(basins)), result.statistics);
  passage_columns(TableReader(entry.open_group("passages")), result);
  result.crossings = entry.open_group("crossings").read<std::uint64_t>("count");
  fixed_point_columns(TableReader(entry.open_group("fixed_points")), result.fixed_points);
  return result;
}

std::uint64_t basins_size(const BasinResult& result) {
  std::uint64_t numbers =
      3 * result.sigma.size() + 2 * result.crossings.size() + 4 * result.fixed_points.size();
  for (const BasinStatistic& s : result.statistics) numbers += 4 + s.batch_counts.size();
  return sizeof(double) * numbers;
}

}  // namespace htdm
