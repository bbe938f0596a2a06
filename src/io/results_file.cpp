#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/file_header.hpp"
#include "io/law_file.hpp"
#include "io/model_parts.hpp"
#include "io/pool_file.hpp"
#include "io/results.hpp"
#include "io/run_file.hpp"
#include "io/seal.hpp"
#include "io/sweep_file.hpp"
#include "io/table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace htdm {
namespace {

using hdf5::Group;
using hdf5::Label;

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
void quantile_columns(Table table, Rows& rows) {
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
}

template <class Table, class Result>
void qq_columns(Table table, Result& r) {
  table.column("level", r.qq_level, {"quantile level"});
  table.column("generated", r.qq_generated, {"quantile of the generated first component, z-space"});
  table.column("low", r.qq_low, {"lower end of its pointwise 95 % band"});
  table.column("high", r.qq_high, {"upper end of its pointwise 95 % band"});
  table.column("test", r.qq_test, {"quantile of the test sample, z-space"});
  table.column("law", r.qq_law, {"quantile of the true law, z-space"});
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
void moment_columns(Table table, Rows& rows) {
  table.part("name", rows, [](auto& m) -> auto& { return m.name; }, {"moment"});
  table.part("value", rows, [](auto& m) -> auto& { return m.value; },
             {"sample moment of the first component, raw space", "raw data units to its order"});
  table.part("exists", rows, [](auto& m) -> auto& { return m.exists; },
             {"1 where the true law has this moment"});
}

template <class Table, class Rows>
void merged_columns(Table table, Rows& rows, bool shares) {
  table.part("file", rows, [](auto& m) -> auto& { return m.file; }, {"results file"});
  table.part("part", rows, [](auto& m) -> auto& { return m.part; }, {"part I/N of its study"});
  table.part("seed", rows, [](auto& m) -> auto& { return m.seed; }, {"seed"});
  table.part("created", rows, [](auto& m) -> auto& { return m.created; }, {"when it was made"});
  table.part("host", rows, [](auto& m) -> auto& { return m.host; }, {"where it was made"});
  table.part("command", rows, [](auto& m) -> auto& { return m.command; }, {"how it was made"});
  table.part("seconds", rows, [](auto& m) -> auto& { return m.seconds; },
             {"wall time of its run", "s"});
  if (!shares) return;
  table.part("computing", rows, [](auto& m) -> auto& { return m.shares.computing; },
             {"share of threads x wall time of its run spent computing"});
  table.part("waiting", rows, [](auto& m) -> auto& { return m.shares.waiting; },
             {"share spent waiting"});
  table.part("io", rows, [](auto& m) -> auto& { return m.shares.io; }, {"share spent at files"});
  table.part("other", rows, [](auto& m) -> auto& { return m.shares.other; }, {"the rest"});
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

template <class Result, class Visit>
void model_attributes(Result& r, Visit visit) {
  visit("kind", r.kind);
  visit("nu", r.nu);
  visit("steps", r.steps);
  visit("weights_sha256", r.weights_sha256);
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

void write_sampler(Group group, const SamplerResult& r) {
  sampler_attributes(r, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  group.set_attribute("nu", r.nu.value_or(std::numeric_limits<double>::quiet_NaN()));
  group.set_attribute("denoiser", r.denoiser);
  group.set_attribute("table_error", r.table_error);
  exceedance_columns(TableWriter(group.create_group("exceedance")), r.exceedance);
  quantile_columns(TableWriter(group.create_group("quantiles")), r.quantiles);
  qq_columns(TableWriter(group.create_group("qq")), r);
  survival_columns(TableWriter(group.create_group("survival")), r.survival,
                   !r.survival.test.empty(), !r.survival.law.empty());
  write_w1(group, "w1_test", r.w1_test);
  write_w1(group, "w1_law", r.w1_law);
  moment_columns(TableWriter(group.create_group("moments")), r.moments);
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
  quantile_columns(TableReader(group.open_group("quantiles")), r.quantiles);
  qq_columns(TableReader(group.open_group("qq")), r);
  const Group survival = group.open_group("survival");
  survival_columns(TableReader(group.open_group("survival")), r.survival, survival.has("test"),
                   survival.has("law"));
  r.w1_test = read_w1(group, "w1_test");
  r.w1_law = read_w1(group, "w1_law");
  moment_columns(TableReader(group.open_group("moments")), r.moments);
  if (group.has("pool")) r.pool = read_pool(group.open_group("pool"));  // since schema 1.5
  if (group.has("propagated_law")) r.law = read_law(group.open_group("propagated_law"));
  return r;
}

void write_model_result(Group group, const ModelResult& r) {
  model_attributes(r, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  write_normalization(group, r.normalization);
  if (r.kind == "network") write_loss(group.create_group("loss"), r.loss);
  if (!r.spread) return;
  Group spread = group.create_group("spread");
  write_spread_record(spread, *r.spread);
}

ModelResult read_model_result(const Group& group, const std::string& name) {
  ModelResult r;
  r.name = name;
  model_attributes(r, [&]<class T>(const char* key, T& v) { v = group.attribute<T>(key); });
  r.normalization = read_normalization(group);
  if (group.has("loss")) r.loss = read_loss(group.open_group("loss"));
  if (group.has("spread")) r.spread = read_spread_record(group.open_group("spread"));  // since 1.8
  return r;
}

void write_content(Group root, const Results& results);

/// Every point as a results file of its own would hold it, and what tells them apart.
void write_points(Group& root, const Results& results) {
  write_sweep(root.create_group("sweep"), results.sweep);
  Group points = root.create_group("points");
  for (std::size_t p = 0; p < results.points.size(); ++p) {
    write_content(points.create_group(point_name(p)), results.points[p]);
  }
}

void write_content(Group root, const Results& results) {
  write_header(root, "results", results.provenance);
  root.write_text("study", results.study, {"resolved study, TOML"});
  root.write_text("study_without_paths", results.study_no_paths,
                  {"resolved study without file paths, TOML"});
  root.set_attribute("test_samples", results.test_samples);
  if (results.part) {
    root.set_attribute("part", results.part->index);
    root.set_attribute("parts", results.part->count);
  }
  if (!results.merged.empty()) {
    merged_columns(TableWriter(root.create_group("merged")), results.merged, true);
  }
  if (results.run) write_run(root.create_group("run"), *results.run);
  if (!results.sweep.empty()) return write_points(root, results);
  Group models = root.create_group("models");
  for (const ModelResult& model : results.models) {
    write_model_result(models.create_group(model.name), model);
  }
  Group samplers = root.create_group("samplers");
  for (std::size_t i = 0; i < results.samplers.size(); ++i) {
    write_sampler(samplers.create_group(fmt::format("{:03}", i)), results.samplers[i]);
  }
}

Results read_content(const Group& root) {
  Results results;
  results.provenance = read_provenance(root);
  results.study = root.read_text("study");
  results.study_no_paths = root.read_text("study_without_paths");
  if (root.has_attribute("test_samples")) {  // since schema 1.2
    results.test_samples = root.attribute<std::uint64_t>("test_samples");
  }
  if (root.has_attribute("part")) {  // since schema 1.5, like merged
    results.part =
        Part{root.attribute<std::uint64_t>("part"), root.attribute<std::uint64_t>("parts")};
  }
  if (root.has("merged")) {
    const Group merged = root.open_group("merged");
    merged_columns(TableReader(root.open_group("merged")), results.merged, merged.has("computing"));
  }
  if (root.has("run")) results.run = read_run(root.open_group("run"));  // since schema 1.6
  if (root.has("sweep")) {                                              // since schema 1.6
    results.sweep = read_sweep(root.open_group("sweep"));
    const Group points = root.open_group("points");
    for (std::size_t p = 0; p < results.sweep.size(); ++p) {
      results.points.push_back(read_content(points.open_group(point_name(p))));
    }
    return results;
  }
  const Group models = root.open_group("models");
  for (const std::string& name : models.members()) {
    results.models.push_back(read_model_result(models.open_group(name), name));
  }
  const Group samplers = root.open_group("samplers");
  const std::size_t count = samplers.members().size();
  for (std::size_t i = 0; i < count; ++i) {
    results.samplers.push_back(read_sampler(samplers.open_group(fmt::format("{:03}", i))));
  }
  return results;
}

Results results_as(const std::string& path, const std::string& shown) {
  const hdf5::File file = hdf5::File::open(path, shown);
  check_header(file.root(), "results", shown);
  return read_content(file.root());
}

}  // namespace

void write_results(const std::string& path, const Results& results) {
  const hdf5::File file = hdf5::File::create(path);
  write_content(file.root(), results);
  std::vector<std::byte> bytes = file.bytes();
  append_seal(bytes);
  write_aside(path, bytes, [&](const std::string& partial) {
    check_input(results_digest(results_as(partial, path)) == results_digest(results),
                path + " does not read back as written",
                "The disk or the network file system is at fault", "Choose another folder");
  });
}

Results read_results(const std::string& path) {
  return results_as(path, path);
}

}  // namespace htdm
