#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/digest.hpp"
#include "io/file_header.hpp"
#include "io/rare.hpp"
#include "io/seal.hpp"
#include "io/table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace htdm {
namespace {

using hdf5::Group;

template <class Table, class Rows>
void estimate_columns(Table table, Rows& rows) {
  const auto column = [&](const char* name, auto part, const char* help) {
    table.part(name, rows, part, {help});
  };
  table.part("threshold", rows, [](auto& e) -> auto& { return e.threshold; },
             {"threshold of the event value", raw_units});
  column(
      "level", [](auto& e) -> auto& { return e.level; }, "probability under the true law");
  column(
      "event", [](auto& e) -> auto& { return e.event; }, "what exceeds the threshold");
  column(
      "method", [](auto& e) -> auto& { return e.method; }, "how the probability was estimated");
  column(
      "probability", [](auto& e) -> auto& { return e.probability; },
      "exceedance probability; 0 where nothing was seen, then high is a bound");
  column(
      "low", [](auto& e) -> auto& { return e.interval.low; }, "lower end of its interval");
  column(
      "high", [](auto& e) -> auto& { return e.interval.high; }, "upper end of its interval");
  column(
      "standard_error", [](auto& e) -> auto& { return e.standard_error; }, "standard error");
  column(
      "target", [](auto& e) -> auto& { return e.target; }, "relative error that was wanted");
  column(
      "reached", [](auto& e) -> auto& { return e.reached; }, "whether it was reached");
  column(
      "doubt", [](auto& e) -> auto& { return e.doubt; },
      "why not to believe the interval; empty for no doubt");
  column(
      "variance_of_variance", [](auto& e) -> auto& { return e.variance_of_variance; },
      "relative variance of the squared standard error; doubtful from 0.1 on");
  column(
      "effective_size", [](auto& e) -> auto& { return e.effective_size; },
      "effective number of the weights behind the estimate");
  column(
      "largest_weight", [](auto& e) -> auto& { return e.largest_weight; },
      "share of the largest weight");
  column(
      "replicas", [](auto& e) -> auto& { return e.replicas; }, "independent replicas");
  column(
      "particles", [](auto& e) -> auto& { return e.particles; }, "paths of a replica");
  column(
      "paths", [](auto& e) -> auto& { return e.paths; }, "paths started, whole or in part");
  column(
      "calls", [](auto& e) -> auto& { return e.calls; }, "denoiser calls, one a state");
  column(
      "nonfinite", [](auto& e) -> auto& { return e.nonfinite; }, "paths that are not finite");
  column(
      "counting_calls", [](auto& e) -> auto& { return e.counting_calls; },
      "denoiser calls that counting would need for this standard error");
  table.part("cpu_seconds", rows, [](auto& e) -> auto& { return e.cpu_seconds; },
             {"processor time of all threads", "s"});
}

template <class Entry, class Visit>
void rare_attributes(Entry& entry, Visit visit) {
  visit("name", entry.name);
  visit("kind", entry.kind);
  visit("model", entry.model);
  visit("denoiser", entry.denoiser);
  visit("table_error", entry.table_error);
  visit("levels", entry.levels);
  visit("choice", entry.choice);
}

void write_entry(Group group, const RareEntry& entry) {
  rare_attributes(entry, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  group.set_attribute("nu", entry.nu.value_or(RareEstimate::none));
  estimate_columns(TableWriter(group.create_group("estimates")), entry.estimates);
}

RareEntry read_entry(const Group& group) {
  RareEntry entry;
  rare_attributes(entry, [&]<class T>(const char* name, T& v) { v = group.attribute<T>(name); });
  const double nu = group.attribute<double>("nu");
  if (!std::isnan(nu)) entry.nu = nu;
  estimate_columns(TableReader(group.open_group("estimates")), entry.estimates);
  return entry;
}

RareResults rare_as(const std::string& path, const std::string& shown) {
  const hdf5::File file = hdf5::File::open(path, shown);
  const Group root = file.root();
  check_header(root, "rare", shown);
  RareResults results;
  results.provenance = read_provenance(root);
  results.study = root.read_text("study");
  results.study_no_paths = root.read_text("study_without_paths");
  const Group samplers = root.open_group("samplers");
  const std::size_t count = samplers.members().size();
  for (std::size_t i = 0; i < count; ++i) {
    results.entries.push_back(read_entry(samplers.open_group(fmt::format("{:03}", i))));
  }
  return results;
}

void add(Digest& digest, const RareEstimate& e) {
  digest.number(e.level).number(e.threshold).text(e.event).text(e.method);
  digest.number(e.probability).number(e.interval.low).number(e.interval.high);
  digest.number(e.standard_error).number(e.target).integer(e.reached).text(e.doubt);
  digest.number(e.variance_of_variance).number(e.effective_size).number(e.largest_weight);
  digest.integer(e.replicas).integer(e.particles).integer(e.paths).integer(e.calls);
  digest.integer(e.nonfinite).number(e.counting_calls);
}

}  // namespace

void write_rare(const std::string& path, const RareResults& results) {
  const hdf5::File file = hdf5::File::create(path);
  Group root = file.root();
  write_header(root, "rare", results.provenance);
  root.write_text("study", results.study, {"resolved study, TOML"});
  root.write_text("study_without_paths", results.study_no_paths,
                  {"resolved study without file paths, TOML"});
  Group samplers = root.create_group("samplers");
  for (std::size_t i = 0; i < results.entries.size(); ++i) {
    write_entry(samplers.create_group(fmt::format("{:03}", i)), results.entries[i]);
  }
  std::vector<std::byte> bytes = file.bytes();
  append_seal(bytes);
  write_aside(path, bytes, [&](const std::string& partial) {
    check_input(rare_digest(rare_as(partial, path)) == rare_digest(results),
                path + " does not read back as written",
                "The disk or the network file system is at fault", "Choose another folder");
  });
}

RareResults read_rare(const std::string& path) {
  return rare_as(path, path);
}

std::string rare_digest(const RareResults& results) {
  Digest digest;
  digest.text("htdm rare 1").text(results.study_no_paths).integer(results.entries.size());
  for (const RareEntry& entry : results.entries) {
    digest.text(entry.name).text(entry.kind).text(entry.model).number(entry.nu.value_or(0));
    digest.text(entry.denoiser).number(entry.table_error).integer(entry.estimates.size());
    for (const RareEstimate& e : entry.estimates) add(digest, e);
  }
  return digest.finish_hex();
}

}  // namespace htdm
