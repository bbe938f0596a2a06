/// Keeping samples and whole paths of a run in samples.h5.
#pragma once

#include "app/block_table.hpp"
#include "app/path_recorder.hpp"
#include "app/plan.hpp"
#include "io/samples_file.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace htdm {

/// The layout of the file that `[store]` asks for. Provenance and study texts are left empty, and
/// the normalisation is the identity, as it is only known after training.
SamplesHeader samples_header(const Plan& plan);

/// Memory that storing takes on a rank, in bytes: rows in a window of blocks, in HDF5 and in MPI.
double store_bytes(const Plan& plan);

/// Stores the paths of one entry, window of blocks after window. The rows of this rank's blocks are
/// in memory from begin() to write(): about 64 MB, or one block a thread where that is more.
class EntryStore {
 public:
  EntryStore(const Plan& plan, std::size_t entry, std::shared_ptr<const Denoiser> denoiser,
             const Normalization& normalization, SamplesWriter& writer, const Communicator& world,
             int threads);

  /// Samples what the entry's own sampler does, bit by bit, and keeps what is to be stored; only
  /// paths of this rank's blocks in the window may be asked for. Thread-safe.
  const Sampler& sampler() const { return *sampler_; }

  /// How many blocks the window that starts at `first` may have; `most` where nothing is stored.
  std::uint64_t window(std::uint64_t first, std::uint64_t most) const;
  void begin(std::uint64_t first, std::uint64_t last);
  /// Collective.
  void write();

 private:
  class Storing;

  /// What one set gets from this rank's blocks of the window.
  struct Rows {
    Stored set;
    std::uint64_t limit;                   ///< paths [0, limit) are stored
    std::size_t width;                     ///< numbers in a row
    std::vector<std::uint64_t> offsets{};  ///< row of the first path of each block
    std::vector<hdf5::RowRun> runs{};
    std::vector<float> values{};
  };

  float* row(Rows& rows, std::uint64_t path) const;
  void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch);
  void keep_states(std::uint64_t first_path, Tile<const float> out, const PathRecorder& recorder);
  std::unique_ptr<PathRecorder> take_recorder();

  const Plan& plan_;
  std::size_t entry_;
  std::shared_ptr<const Denoiser> denoiser_;
  const Normalization& normalization_;
  SamplesWriter& writer_;
  int rank_, size_, threads_;
  BlockTable table_;
  std::uint64_t first_ = 0, last_ = 0;  ///< blocks of the window
  Rows samples_{}, states_{}, outputs_{};
  std::unique_ptr<Sampler> plain_;
  std::unique_ptr<Sampler> sampler_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<PathRecorder>> idle_;  ///< recorders that no thread is using
};

}  // namespace htdm
