/// Keeping samples and whole paths in samples.h5 or trajectories.h5.
#pragma once

#include "app/block_table.hpp"
#include "app/path_recorder.hpp"
#include "app/plan.hpp"
#include "io/samples_file.hpp"
#include "parallel/communicator.hpp"
#include "samplers/step_kernels.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace htdm {

/// The layout of the file that `[store]` asks for. Provenance and study texts are left empty, and
/// the normalisation is the identity, as it is only known after training.
SamplesHeader samples_header(const Plan& plan);

/// Memory that storing takes on a rank, in bytes: rows in a window of blocks, in HDF5 and in MPI.
double store_bytes(const Plan& plan);

/// Stores the paths of one entry, window of blocks after window. The rows of the blocks that this
/// rank has sampled are in memory until write(): about 64 MB on the average of the ranks, or one
/// block a thread where that is more.
class EntryStore {
 public:
  EntryStore(const Plan& plan, std::size_t entry, std::shared_ptr<const Denoiser> denoiser,
             const Normalization& normalization, SamplesWriter& writer, const Communicator& world,
             int threads);

  /// Samples what the entry's own sampler does, bit by bit, and keeps what is to be stored.
  /// Thread-safe.
  const Sampler& sampler() const { return *sampler_; }

  /// How many blocks the window that starts at `first` may have; `most` where nothing is stored.
  std::uint64_t window(std::uint64_t first, std::uint64_t most) const;
  /// The blocks that have a path to store: the first so many.
  std::uint64_t blocks() const;
  /// Write what was sampled of blocks [first, last), each of them on one rank. Collective.
  void write(std::uint64_t first, std::uint64_t last);

 private:
  class Storing;

  /// What one set gets from the blocks that this rank has sampled.
  struct Rows {
    Stored set;
    std::uint64_t limit;                                   ///< paths [0, limit) are stored
    std::size_t width;                                     ///< numbers in a row
    std::map<std::uint64_t, std::vector<float>> blocks{};  ///< values, row after row
  };

  std::array<Rows*, 5> all_rows() {
    return {&samples_, &states_, &outputs_, &deltas_, &temperatures_};
  }
  float* row(Rows& rows, std::uint64_t path);
  std::uint64_t stored_in(const Rows& rows, std::uint64_t block) const;
  void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch);
  void keep_states(std::uint64_t first_path, Tile<const float> out, const PathRecorder& recorder);
  void keep_temperatures(std::uint64_t first_path, std::size_t paths, const PathRecorder& recorder);
  std::unique_ptr<PathRecorder> take_recorder();

  const Plan& plan_;
  std::size_t entry_;
  std::shared_ptr<const Denoiser> denoiser_;
  const Normalization& normalization_;
  SamplesWriter& writer_;
  int size_, threads_;
  BlockTable table_;
  std::vector<StepCoefficients> steps_;  ///< from every level but the last; none for an ODE
  Rows samples_{}, states_{}, outputs_{}, deltas_{}, temperatures_{};
  std::unique_ptr<Sampler> plain_;
  std::unique_ptr<Sampler> sampler_;
  std::mutex mutex_;                                 ///< of the blocks of all rows, and of idle_
  std::vector<std::unique_ptr<PathRecorder>> idle_;  ///< recorders that no thread is using
};

}  // namespace htdm
