/// samples.h5 and trajectories.h5: samples and whole paths of every entry, written by all ranks.
#pragma once

#include "diffusion/normalization.hpp"
#include "io/aside.hpp"
#include "io/basins.hpp"
#include "io/provenance.hpp"
#include "io/shared_file.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// What is stored of one entry, from path 0 on.
enum class Stored {
  sample,       ///< D(x, sigma_min) in raw space, d numbers a path
  path_state,   ///< x at every noise level in z-space, levels x d numbers a path
  path_output,  ///< D(x, sigma_min) in z-space, d numbers a path
  path_delta2,  ///< |x - D|^2/sigma^2 at every noise level (trajectories.h5 only)
  path_c2       ///< c^2 of the step from every noise level (trajectories.h5 only), NaN for none
};

struct StoredEntry {
  std::string name, kind, model;
  std::optional<double> nu;  ///< none where nu has no meaning
  std::vector<double> levels;
  Normalization normalization;
  std::optional<BasinResult> basins{};  ///< of two-point data in trajectories.h5
};

struct SamplesHeader {
  bool trajectories = false;  ///< the file is of kind "trajectories", else "samples"
  Provenance provenance;
  std::string study;           ///< resolved TOML
  std::string study_no_paths;  ///< the same without file paths
  std::uint64_t samples = 0;   ///< first paths of every entry whose samples are stored
  std::uint64_t paths = 0;     ///< first paths that are stored whole
  std::uint64_t chunk_rows = 1;
  std::vector<StoredEntry> entries;
};

/// Rows of a set in the file.
std::uint64_t stored_rows(const SamplesHeader& header, Stored set);
/// Numbers in a row.
std::uint64_t row_numbers(const StoredEntry& entry, Stored set);

/// An upper bound of the size of the file in bytes, a few percent above it.
std::uint64_t samples_file_size(const SamplesHeader& header);

/// Writes the file beside its name and renames it when it is complete and has been read back. All
/// members are collective over `world`; AgreedError where all ranks can know of a failure, and
/// InputError on the rank that met it where they cannot (io/shared_file.hpp). Whatever throws, no
/// unfinished file stays.
class SamplesWriter {
 public:
  SamplesWriter(const std::string& path, const SamplesHeader& header, const Communicator& world);

  /// Rows of `set` of entry `entry`, which then has `rows` of them: those in `runs` from this rank,
  /// row after row in `values`.
  void append(std::size_t entry, Stored set, std::uint64_t rows, std::span<const hdf5::RowRun> runs,
              std::span<const float> values);

  /// For how long this rank was in append().
  double seconds() const { return seconds_; }
  const SamplesHeader& header() const { return header_; }

  /// Close the file, read it back, compare, and put it in place.
  void finish();

 private:
  void check_room(std::uint64_t bytes) const;
  void compare() const;

  Communicator world_;
  std::string path_;
  SamplesHeader header_;
  PartialFile partial_;
  std::optional<hdf5::SharedFile> file_;
  bool reserved_ = false;
  double seconds_ = 0;
  std::uint64_t written_ = 0;  ///< content_sum of this rank's rows
};

/// One entry of a file with what its samples say about themselves.
struct StoredSummary {
  StoredEntry entry;
  std::uint64_t samples = 0, paths = 0;
  std::uint64_t bytes = 0;         ///< of all numbers
  double lowest = 0, highest = 0;  ///< of the finite samples, raw space; NaN where there is none
  std::uint64_t nonfinite = 0;     ///< numbers of `sample` that are NaN or infinite
};

struct SamplesSummary {
  std::string kind;  ///< samples or trajectories
  Provenance provenance;
  std::string study, study_no_paths;
  std::vector<StoredSummary> entries;
};

/// Study texts and provenance of a file, without reading its samples. Throws InputError as
/// read_samples does.
SamplesSummary read_samples_header(const std::string& path);

/// All numbers are read, by parts, and so every chunk's checksum is tested. Throws InputError for a
/// missing, truncated, damaged or foreign file, a wrong kind or a newer schema.
SamplesSummary read_samples(const std::string& path);

/// What `htdm show` prints, for people and as JSON.
std::string samples_text(const SamplesSummary& summary);
std::string samples_json(const SamplesSummary& summary);

}  // namespace htdm
