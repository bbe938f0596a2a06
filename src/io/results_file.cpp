#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/file_header.hpp"
#include "io/model_parts.hpp"
#include "io/results.hpp"
#include "io/run_file.hpp"
#include "io/sampler_file.hpp"
#include "io/seal.hpp"
#include "io/sweep_file.hpp"
#include "io/table.hpp"

#include <fmt/format.h>

namespace htdm {
namespace {

using hdf5::Group;

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
void model_attributes(Result& r, Visit visit) {
  visit("kind", r.kind);
  visit("nu", r.nu);
  visit("steps", r.steps);
  visit("weights_sha256", r.weights_sha256);
  visit("seconds", r.seconds);
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
