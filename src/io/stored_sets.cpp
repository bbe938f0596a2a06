#include "io/stored_sets.hpp"

#include <algorithm>

namespace htdm {

std::string set_name(Stored set) {
  switch (set) {
    case Stored::path_state:
      return "path_state";
    case Stored::path_output:
      return "path_output";
    case Stored::path_delta2:
      return "path_delta2";
    case Stored::path_c2:
      return "path_c2";
    case Stored::sample:
      break;
  }
  return "sample";
}

hdf5::Label set_label(Stored set) {
  switch (set) {
    case Stored::path_state:
      return {"state of the path at every noise level, z-space"};
    case Stored::path_output:
      return {"output of the path, D(x, sigma_min), z-space"};
    case Stored::path_delta2:
      return {"squared gap |x - D|^2/sigma^2 at every noise level"};
    case Stored::path_c2:
      return {
          "effective temperature c^2: factor of the noise variance of the step from this level"};
    case Stored::sample:
      break;
  }
  return {"sample", "raw data units"};
}

bool along_levels(Stored set) {
  return set == Stored::path_state || set == Stored::path_delta2 || set == Stored::path_c2;
}

bool along_components(Stored set) {
  return set != Stored::path_delta2 && set != Stored::path_c2;
}

std::uint64_t stored_rows(const SamplesHeader& header, Stored set) {
  if (set == Stored::sample) return header.samples;
  const bool only_trajectories = set == Stored::path_delta2 || set == Stored::path_c2;
  return only_trajectories && !header.trajectories ? 0 : header.paths;
}

std::uint64_t row_numbers(const StoredEntry& entry, Stored set) {
  const auto d = static_cast<std::uint64_t>(entry.normalization.dimension());
  return (along_components(set) ? d : 1) * (along_levels(set) ? entry.levels.size() : 1);
}

std::uint64_t samples_file_size(const SamplesHeader& header) {
  // Header, study and axes; a chunk takes a checksum and its place in the index.
  constexpr std::uint64_t start = 1U << 18U, per_entry = 1U << 14U, per_chunk = 128;
  constexpr std::uint64_t per_basins = 1U << 17U;
  std::uint64_t size = start + header.study.size() + header.study_no_paths.size();
  for (const StoredEntry& entry : header.entries) {
    size +=
        per_entry + sizeof(double) * (entry.levels.size() + 2 * row_numbers(entry, Stored::sample));
    if (entry.basins) size += per_basins + basins_size(*entry.basins);
    for (const Stored set : all_sets) {
      const std::uint64_t rows = stored_rows(header, set);
      if (rows == 0) continue;
      const std::uint64_t row_bytes = row_numbers(entry, set) * sizeof(float);
      const std::uint64_t chunk_rows = std::min(header.chunk_rows, rows);
      const std::uint64_t chunks = (rows - 1) / chunk_rows + 1;
      const std::uint64_t bytes = chunks * chunk_rows * row_bytes;
      // Rows of more than a megabyte are cut into several chunks.
      size += bytes + per_chunk * (chunks + (bytes >> 20U));
    }
  }
  return size;
}

}  // namespace htdm
