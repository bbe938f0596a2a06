/// An HDF5 file on disk that all ranks write together.
#pragma once

#include "io/hdf5.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace htdm::hdf5 {

/// `count` consecutive rows of a dataset, from `first` on.
struct RowRun {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// Appends rows to datasets that Group::create_rows made. Several ranks write through MPI-IO, one
/// rank with the plain driver. All members are collective, from one thread.
///
/// A failure is an InputError on the rank that meets it; the others may then wait for it inside
/// HDF5, so the program has to end (Session does that). An error of the disk that MPI-IO does not
/// pass on may also make close() wait for ever: see to free space before. The destructor of a file
/// that was not closed therefore gives it up without a word to the other ranks.
class SharedFile {
 public:
  /// Opens a complete HDF5 file, which every rank finds under the same name.
  SharedFile(const std::string& path, const std::string& shown, const Communicator& world);
  ~SharedFile();
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  /// Make `dataset` (a path from the root) `rows` rows long, of which each rank writes its own
  /// `runs`; `values` holds them row after row. Rows are written once.
  void append(const std::string& dataset, std::uint64_t rows, std::span<const RowRun> runs,
              std::span<const float> values);

  void close();

 private:
  Handle file_;
  std::string shown_;
  bool parallel_;
};

}  // namespace htdm::hdf5
