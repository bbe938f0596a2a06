#include "io/samples_file.hpp"

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "io/file_header.hpp"
#include "io/model_parts.hpp"
#include "io/stored_sets.hpp"
#include "parallel/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

namespace htdm {
namespace {

using hdf5::Group;

const char* kind_of(bool trajectories) {
  return trajectories ? "trajectories" : "samples";
}

/// Sum over numbers of a hash of (place in its dataset, bits): it does not depend on how the rows
/// are shared out, and changes when any number does or moves.
std::uint64_t content_sum(std::uint64_t first_place, std::span<const float> values) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // The finaliser of MurmurHash3 (Appleby, public domain).
    std::uint64_t x =
        (first_place + i) * 0x9e3779b97f4a7c15U + std::bit_cast<std::uint32_t>(values[i]);
    x = (x ^ (x >> 33U)) * 0xff51afd7ed558ccdU;
    x = (x ^ (x >> 33U)) * 0xc4ceb9fe1a85ec53U;
    sum += x ^ (x >> 33U);
  }
  return sum;
}

/// Hands out the rows of `name` in parts of bounded size, the parts rank, rank + size, ...
void for_each_part(const Group& group, const std::string& name, int rank, int size,
                   const std::function<void(std::uint64_t first, std::span<const float>)>& use) {
  const std::vector<std::uint64_t> shape = group.shape(name);
  std::uint64_t width = 1;
  for (std::size_t k = 1; k < shape.size(); ++k) width *= shape[k];
  if (shape.empty() || width == 0) group.fail(name, "does not hold rows of numbers");
  constexpr std::uint64_t part_numbers = 4U << 20U;
  const std::uint64_t rows = std::max<std::uint64_t>(1, part_numbers / width);
  for (std::uint64_t first = static_cast<std::uint64_t>(rank) * rows; first < shape[0];
       first += static_cast<std::uint64_t>(size) * rows) {
    use(first, group.read_rows(name, first, std::min(rows, shape[0] - first)));
  }
}

template <class Entry, class Visit>
void entry_attributes(Entry& entry, Visit visit) {
  visit("name", entry.name);
  visit("kind", entry.kind);
  visit("model", entry.model);
}

void create_set(Group& group, const SamplesHeader& header, const StoredEntry& entry, Stored set) {
  const auto d = static_cast<std::uint64_t>(entry.normalization.dimension());
  const std::uint64_t chunk_rows = std::min(header.chunk_rows, stored_rows(header, set));
  const std::string name = set_name(set);
  std::vector<std::uint64_t> row;
  if (along_levels(set)) row.push_back(entry.levels.size());
  if (along_components(set)) row.push_back(d);
  group.create_rows(name, row, chunk_rows, set_label(set));
  if (along_levels(set)) group.attach_axis(name, 1, "sigma");
  if (along_components(set)) {
    group.attach_axis(name, static_cast<unsigned>(row.size()), "component");
  }
  group.attach_axis(name, 0, set == Stored::sample ? "path" : "trajectory");
}

void create_entry(Group group, const SamplesHeader& header, const StoredEntry& entry) {
  entry_attributes(entry, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  group.set_attribute("nu", entry.nu.value_or(std::numeric_limits<double>::quiet_NaN()));
  write_normalization(group, entry.normalization);
  group.write<double>("sigma", entry.levels, {"noise level, z-space"});
  group.make_axis("sigma");
  if (header.samples > 0) group.write_dimension("path", header.samples);
  if (header.paths > 0) group.write_dimension("trajectory", header.paths);
  for (const Stored set : all_sets) {
    if (stored_rows(header, set) > 0) create_set(group, header, entry, set);
  }
  if (entry.basins) write_basins(group, *entry.basins);
}

/// The file with everything in it but the rows.
std::vector<std::byte> skeleton(const std::string& shown, const SamplesHeader& header) {
  const hdf5::File file = hdf5::File::create(shown);
  Group root = file.root();
  write_header(root, kind_of(header.trajectories), header.provenance);
  root.write_text("study", header.study, {"resolved study, TOML"});
  root.write_text("study_without_paths", header.study_no_paths,
                  {"resolved study without file paths, TOML"});
  Group samplers = root.create_group("samplers");
  for (std::size_t i = 0; i < header.entries.size(); ++i) {
    create_entry(samplers.create_group(fmt::format("{:03}", i)), header, header.entries[i]);
  }
  return file.bytes();
}

StoredSummary summarise(const Group& group, bool with_numbers) {
  StoredSummary s;
  entry_attributes(s.entry, [&]<class T>(const char* name, T& v) { v = group.attribute<T>(name); });
  const double nu = group.attribute<double>("nu");
  if (!std::isnan(nu)) s.entry.nu = nu;
  s.entry.levels = group.read<double>("sigma");
  s.entry.normalization = read_normalization(group);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Stored set : all_sets) {
    const std::string name = set_name(set);
    if (!group.has(name)) continue;
    const std::vector<std::uint64_t> shape = group.shape(name);
    const std::uint64_t width = row_numbers(s.entry, set);
    if (shape.size() != 1U + (along_levels(set) ? 1 : 0) + (along_components(set) ? 1 : 0)) {
      group.fail(name, "has another shape");
    }
    (set == Stored::sample ? s.samples : s.paths) = shape[0];
    s.bytes += shape[0] * width * sizeof(float);
    if (!with_numbers) continue;
    for_each_part(group, name, 0, 1, [&](std::uint64_t, std::span<const float> values) {
      if (set != Stored::sample) return;
      for (const double x : values) {
        if (!std::isfinite(x)) {
          ++s.nonfinite;
        } else {
          low = std::min(low, x);
          high = std::max(high, x);
        }
      }
    });
  }
  s.entry.basins = read_basins(group);
  const bool any = low <= high;
  s.lowest = any ? low : std::nan("");
  s.highest = any ? high : std::nan("");
  return s;
}

SamplesSummary samples_as(const std::string& path, bool with_numbers) {
  const hdf5::File file = hdf5::File::open(path, path);
  const Group root = file.root();
  const bool trajectories =
      root.has_attribute("kind") && root.attribute<std::string>("kind") == kind_of(true);
  check_header(root, kind_of(trajectories), path);
  SamplesSummary summary;
  summary.kind = kind_of(trajectories);
  summary.provenance = read_provenance(root);
  summary.study = root.read_text("study");
  summary.study_no_paths = root.read_text("study_without_paths");
  const Group samplers = root.open_group("samplers");
  const std::size_t count = samplers.members().size();
  for (std::size_t i = 0; i < count; ++i) {
    summary.entries.push_back(
        summarise(samplers.open_group(fmt::format("{:03}", i)), with_numbers));
  }
  return summary;
}

}  // namespace

SamplesWriter::SamplesWriter(const std::string& path, const SamplesHeader& header,
                             const Communicator& world)
    : world_(world), path_(path), header_(header), partial_(path) {
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    const std::uint64_t size = samples_file_size(header_);
    check_space(std::filesystem::path(path_).parent_path().string(), size, path_);
    reserved_ = partial_.start(skeleton(path_, header_), size);
  });
  file_.emplace(partial_.name(), path_, world_);
}

void SamplesWriter::check_room(std::uint64_t bytes) const {
  agree_on_errors(world_, [&] {
    if (!world_.is_root() || reserved_) return;
    check_space(std::filesystem::path(path_).parent_path().string(), bytes, path_);
  });
}

void SamplesWriter::append(std::size_t entry, Stored set, std::uint64_t rows,
                           std::span<const hdf5::RowRun> runs, std::span<const float> values) {
  const AddSeconds watch(seconds_);
  constexpr std::uint64_t slack = 16U << 20U;
  check_room(world_.sum(2 * values.size_bytes()) + slack);
  file_->append(fmt::format("/samplers/{:03}/{}", entry, set_name(set)), rows, runs, values);
  const std::uint64_t width = row_numbers(header_.entries[entry], set);
  std::span<const float> rest = values;
  for (const hdf5::RowRun& run : runs) {
    const std::span<const float> mine = rest.first(run.count * width);
    written_ += content_sum(run.first * width, mine);
    rest = rest.subspan(mine.size());
  }
}

void SamplesWriter::compare() const {
  std::uint64_t found = 0;
  agree_on_errors(world_, [&] {
    partial_.flush();
    const hdf5::File file = hdf5::File::open(partial_.name(), path_);
    const Group samplers = file.root().open_group("samplers");
    for (std::size_t i = 0; i < header_.entries.size(); ++i) {
      const Group group = samplers.open_group(fmt::format("{:03}", i));
      for (const Stored set : all_sets) {
        if (stored_rows(header_, set) == 0) continue;
        const std::uint64_t width = row_numbers(header_.entries[i], set);
        if (group.shape(set_name(set))[0] != stored_rows(header_, set)) {
          group.fail(set_name(set), "is not complete");
        }
        for_each_part(group, set_name(set), world_.rank(), world_.size(),
                      [&](std::uint64_t first, std::span<const float> values) {
                        found += content_sum(first * width, values);
                      });
      }
    }
  });
  const bool equal = world_.sum(found) == world_.sum(written_);
  agree_on_errors(world_, [&] {
    check_input(equal, path_ + " does not read back as written",
                "The disk or the network file system is at fault", "Choose another folder");
  });
}

void SamplesWriter::finish() {
  file_->close();
  world_.barrier();
  compare();
  agree_on_errors(world_, [&] {
    if (world_.is_root()) partial_.put_in_place();
  });
}

SamplesSummary read_samples_header(const std::string& path) {
  return samples_as(path, false);
}

SamplesSummary read_samples(const std::string& path) {
  return samples_as(path, true);
}

}  // namespace htdm
