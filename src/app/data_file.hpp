/// The user's own data: rows of a file, split into training and test samples.
#pragma once

#include "diffusion/empirical.hpp"
#include "io/study.hpp"
#include "parallel/communicator.hpp"

namespace htdm {

/// Read `[data] kind = "file"` in two passes of bounded memory: the first checks every row and
/// counts, the second keeps at most train_samples and test_samples rows, evenly thinned.
///
/// split = "random": row i is held out when the uniform draw of (seed, data_split, i) is below
/// test_fraction. split = "time": the last test_fraction of the rows is held out.
/// Throws InputError naming file, row and column for what is not a finite number, another number of
/// columns than data.dimension, a constant column, or a split that leaves one side empty.
EmpiricalTarget read_data_file(const DataSection& data, std::uint64_t seed);

/// The rows on every rank, read once by rank 0; empty for other kinds of data. Collective.
EmpiricalTarget share_data_file(const Study& study, const Communicator& world);

/// Keeps the rows that were asked for last, so that points of a sweep with the same data share
/// them.
class DataShelf {
 public:
  /// As share_data_file. Collective.
  EmpiricalTarget rows(const Study& study, const Communicator& world);

 private:
  DataSection data_;
  std::uint64_t seed_ = 0;
  EmpiricalTarget rows_;
};

}  // namespace htdm
