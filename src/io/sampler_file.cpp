#include "io/sampler_file.hpp"

#include "io/law_file.hpp"
#include "io/pool_file.hpp"
#include "io/table.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace htdm {
namespace {

using hdf5::Group;

// Each function below lists the columns of one table once, for writing and for reading.

template <class Table, class Rows>
void exceedance_columns(Table table, Rows& rows) {
  table.part("threshold", rows, [](auto& e) -> auto& { return e.threshold; },
             {"threshold of the event value", raw_units});
  table.part("level", rows, [](auto& e) -> auto& { return e.level; },
             {"probability under the true law"});
  table.part("event", rows, [](auto& e) -> auto& { return e.event; },
             {"what exceeds the threshold: norm or coordinate"});
  table.part("method", rows, [](auto& e) -> auto& { return e.method; }, {"how it was estimated"});
  table.part("probability", rows, [](auto& e) -> auto& { return e.probability; },
             {"exceedance probability, count over paths"});
  table.part("count", rows, [](auto& e) -> auto& { return e.count; },
             {"paths above the threshold"});
  table.part("batch_mean", rows, [](auto& e) -> auto& { return e.batch_mean; },
             {"mean over batches"});
  table.part("batch_std", rows, [](auto& e) -> auto& { return e.batch_std; },
             {"standard deviation over batches, 1/n"});
  table.part("low", rows, [](auto& e) -> auto& { return e.interval.low; },
             {"lower end of the 95 % Clopper-Pearson interval"});
  table.part("high", rows, [](auto& e) -> auto& { return e.interval.high; },
             {"upper end of the 95 % Clopper-Pearson interval"});
  table.part("batch_low", rows, [](auto& e) -> auto& { return e.batch_interval.low; },
             {"lower end of the 95 % Student-t interval over batches"});
  table.part("batch_high", rows, [](auto& e) -> auto& { return e.batch_interval.high; },
             {"upper end of the 95 % Student-t interval over batches"});
  table.lists("batch_count", "batch", rows, [](auto& e) -> auto& { return e.batch_counts; },
              {"paths above the threshold in each batch"});
  write_doubts(table, rows);
}

template <class Table, class Rows>
void quantile_columns(Table table, Rows& rows, const std::vector<std::uint8_t>& doubtful) {
  table.part("level", rows, [](auto& q) -> auto& { return q.level; }, {"quantile level"});
  table.part("generated", rows, [](auto& q) -> auto& { return q.generated; },
             {"quantile of the generated first component, z-space"});
  table.part("low", rows, [](auto& q) -> auto& { return q.interval.low; },
             {"lower end of its 95 % interval"});
  table.part("high", rows, [](auto& q) -> auto& { return q.interval.high; },
             {"upper end of its 95 % interval"});
  table.part("test", rows, [](auto& q) -> auto& { return q.test; },
             {"quantile of the test sample, z-space"});
  table.part("law", rows, [](auto& q) -> auto& { return q.law; },
             {"quantile of the true law, z-space"});
  write_trust(table, "count", doubtful);
}

template <class Table, class Result>
void qq_columns(Table table, Result& r) {
  table.column("level", r.qq_level, {"quantile level"});
  table.column("generated", r.qq_generated, {"quantile of the generated first component, z-space"});
  table.column("low", r.qq_low, {"lower end of its pointwise 95 % band"});
  table.column("high", r.qq_high, {"upper end of its pointwise 95 % band"});
  table.column("test", r.qq_test, {"quantile of the test sample, z-space"});
  table.column("law", r.qq_law, {"quantile of the true law, z-space"});
  if (r.qq_paths > 0 || r.qq_level.empty()) write_trust(table, "count", r.qq_doubtful());
}

template <class Table, class Curve>
void survival_columns(Table table, Curve& curve, bool test, bool law) {
  table.column("threshold", curve.threshold, {"threshold of the event value", raw_units});
  table.column("count", curve.count, {"paths above the threshold"});
  table.part("low", curve.interval, [](auto& i) -> auto& { return i.low; },
             {"lower end of the pointwise 95 % interval of the probability"});
  table.part("high", curve.interval, [](auto& i) -> auto& { return i.high; },
             {"upper end of the pointwise 95 % interval of the probability"});
  if (test) table.column("test", curve.test, {"test samples above the threshold"});
  if (law) table.column("law", curve.law, {"probability under the true law"});
  write_trust(table, "count", curve.doubtful());
}

template <class Table, class Distance, class Index>
void w1_columns(Table table, Distance& w1, Index& component) {
  table.column("component", component, {"component of the data"});
  table.column("value", w1.value, {"Wasserstein-1 distance, z-space"});
  table.part("low", w1.interval, [](auto& i) -> auto& { return i.low; },
             {"lower end of its 95 % interval"});
  table.part("high", w1.interval, [](auto& i) -> auto& { return i.high; },
             {"upper end of its 95 % interval"});
}

template <class Table, class Rows>
void moment_columns(Table table, Rows& rows, bool intervals) {
  table.part("name", rows, [](auto& m) -> auto& { return m.name; }, {"moment"});
  table.part("value", rows, [](auto& m) -> auto& { return m.value; },
             {"sample moment of the first component, raw space", "raw data units to its order"});
  table.part("exists", rows, [](auto& m) -> auto& { return m.exists; },
             {"1 where the true law has this moment"});
  if (!intervals) return;
  table.part(
      "low", rows, [](auto& m) -> auto& { return m.interval.low; },
      {"lower end of the 95 % Student-t interval over batches", "raw data units to its order"});
  table.part(
      "high", rows, [](auto& m) -> auto& { return m.interval.high; },
      {"upper end of the 95 % Student-t interval over batches", "raw data units to its order"});
  table.part("doubt", rows, [](auto& m) -> auto& { return m.doubt; },
             {"why not to build on it; empty for no doubt"});
}

template <class Result, class Visit>
void sampler_attributes(Result& r, Visit visit) {
  visit("name", r.name);
  visit("kind", r.kind);
  visit("model", r.model);
  visit("levels", r.levels);
  visit("paths", r.paths);
  visit("network_calls_per_path", r.network_calls_per_path);
  visit("nonfinite", r.nonfinite);
  visit("seconds", r.seconds);
}

void write_w1(Group& group, const std::string& name, const std::optional<W1Result>& w1) {
  if (!w1) return;
  std::vector<std::int32_t> component;
  for (std::size_t j = 0; j < w1->value.size(); ++j) {
    component.push_back(static_cast<std::int32_t>(j));
  }
  w1_columns(TableWriter(group.create_group(name)), *w1, component);
}

std::optional<W1Result> read_w1(const Group& group, const std::string& name) {
  if (!group.has(name)) return std::nullopt;
  W1Result w1;
  std::vector<std::int32_t> component;
  w1_columns(TableReader(group.open_group(name)), w1, component);
  return w1;
}

}  // namespace

void write_sampler(Group group, const SamplerResult& r) {
  sampler_attributes(r, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  group.set_attribute("nu", r.nu.value_or(std::numeric_limits<double>::quiet_NaN()));
  group.set_attribute("denoiser", r.denoiser);
  group.set_attribute("table_error", r.table_error);
  exceedance_columns(TableWriter(group.create_group("exceedance")), r.exceedance);
  quantile_columns(TableWriter(group.create_group("quantiles")), r.quantiles,
                   r.quantiles_doubtful());
  Group qq = group.create_group("qq");
  if (r.qq_paths > 0) qq.set_attribute("paths", r.qq_paths);
  qq_columns(TableWriter(std::move(qq)), r);
  survival_columns(TableWriter(group.create_group("survival")), r.survival,
                   !r.survival.test.empty(), !r.survival.law.empty());
  write_w1(group, "w1_test", r.w1_test);
  write_w1(group, "w1_law", r.w1_law);
  Group moments = group.create_group("moments");
  moments.set_attribute<std::string>("method", "sample");
  moment_columns(TableWriter(std::move(moments)), r.moments, true);
  if (r.pool) write_pool(group.create_group("pool"), *r.pool);
  if (r.law) write_law(group.create_group("propagated_law"), *r.law);
}

SamplerResult read_sampler(const Group& group) {
  SamplerResult r;
  sampler_attributes(r, [&]<class T>(const char* name, T& v) { v = group.attribute<T>(name); });
  const double nu = group.attribute<double>("nu");
  if (!std::isnan(nu)) r.nu = nu;
  if (group.has_attribute("denoiser")) {  // since schema 1.1
    r.denoiser = group.attribute<std::string>("denoiser");
    r.table_error = group.attribute<double>("table_error");
  }
  exceedance_columns(TableReader(group.open_group("exceedance")), r.exceedance);
  quantile_columns(TableReader(group.open_group("quantiles")), r.quantiles, {});
  Group qq = group.open_group("qq");
  if (qq.has_attribute("paths")) r.qq_paths = qq.attribute<std::uint64_t>("paths");  // since 1.10
  qq_columns(TableReader(std::move(qq)), r);
  Group survival = group.open_group("survival");
  const bool test = survival.has("test"), law = survival.has("law");
  survival_columns(TableReader(std::move(survival)), r.survival, test, law);
  r.w1_test = read_w1(group, "w1_test");
  r.w1_law = read_w1(group, "w1_law");
  Group moments = group.open_group("moments");
  const bool intervals = moments.has("low");  // since schema 1.10
  moment_columns(TableReader(std::move(moments)), r.moments, intervals);
  if (group.has("pool")) r.pool = read_pool(group.open_group("pool"));  // since schema 1.5
  if (group.has("propagated_law")) r.law = read_law(group.open_group("propagated_law"));
  return r;
}

}  // namespace htdm
