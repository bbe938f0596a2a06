#include "io/file_header.hpp"

#include "core/error.hpp"

#include <array>
#include <concepts>

namespace htdm {
namespace {

/// Every attribute of a Provenance: one list for writing and reading.
template <class P, class Visit>
void for_each_attribute(P& provenance, Visit visit) {
  visit("created", provenance.created);
  visit("version", provenance.version);
  visit("git_hash", provenance.git_hash);
  visit("host", provenance.host);
  visit("command", provenance.command);
  visit("isa", provenance.isa);
  visit("binding", provenance.binding);
  visit("seed", provenance.seed);
  visit("ranks", provenance.ranks);
  visit("threads", provenance.threads);
  visit("tile", provenance.tile);
}

/// Those of a run, which results and rare events carry.
template <class P, class Visit>
void for_each_cost(P& provenance, Visit visit) {
  visit("seconds_total", provenance.seconds_total);
  visit("seconds_training", provenance.seconds_training);
  visit("seconds_sampling", provenance.seconds_sampling);
  visit("seconds_statistics", provenance.seconds_statistics);
  visit("peak_memory_bytes", provenance.peak_memory_bytes);
}

}  // namespace

void write_header(hdf5::Group& root, const std::string& kind, const Provenance& provenance) {
  root.set_attribute<std::string>("kind", kind);
  root.set_attribute_list("schema", std::array<std::int32_t, 2>{schema_major, schema_minor});
  const auto write = [&](const char* name, const auto& value) { root.set_attribute(name, value); };
  for_each_attribute(provenance, write);
  if (kind == "results" || kind == "rare" || kind == "tail") for_each_cost(provenance, write);
}

void check_header(const hdf5::Group& root, const std::string& kind, const std::string& shown) {
  check_input(root.has_attribute("kind") && root.has_attribute("schema"),
              shown + " is an HDF5 file, but not one of htdm",
              "The attributes kind and schema, which every file of the suite carries, are missing",
              "Name a " + kind + " file of htdm");
  const auto found = root.attribute<std::string>("kind");
  check_input(found == kind, shown + " is a file of kind " + found,
              "A file of kind " + kind + " is needed here", "Name a " + kind + " file");
  const std::vector<std::int32_t> schema = root.attribute_list("schema");
  const std::string version = std::to_string(schema.front());
  check_input(schema.size() == 2 && schema.front() >= 1, shown + " has no valid schema version",
              "It cannot be known how to read it", "Write the file again");
  check_input(schema.front() <= schema_major,
              shown + " has schema " + version + ", and this htdm reads up to " +
                  std::to_string(schema_major),
              "It was written by a newer version, and its content may mean something else",
              "Read it with the version that wrote it, or a later one");
}

Provenance read_provenance(const hdf5::Group& root) {
  Provenance provenance;
  const auto read = [&]<class T>(const char* name, T& value) {
    if (root.has_attribute(name)) value = root.attribute<T>(name);
  };
  for_each_attribute(provenance, read);
  for_each_cost(provenance, read);
  return provenance;
}

}  // namespace htdm
