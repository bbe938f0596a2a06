/// Files of numbers to read.
#pragma once

#include "io/table_reader.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace htdm::test {

/// Numbers as they lie in memory.
template <class T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// A .npy file of this header and these numbers. `type` and `shape` stand as in Python: "'<f8'",
/// "(3, 2)".
std::string npy(const std::string& type, const std::string& shape, const std::string& numbers,
                char version = 1, const std::string& order = "False");

struct Hdf5Options {
  std::vector<std::string> names = {};    ///< the attribute `columns`
  std::vector<std::uint64_t> chunk = {};  ///< empty: contiguous
  bool compressed = false;
  bool fixed_names = false;                 ///< texts of one length, padded with spaces
  std::uint64_t rows_written = UINT64_MAX;  ///< fewer leave a gap at the end
};

/// A dataset of doubles in an HDF5 file of its own; `name` may lie in groups.
void write_hdf5(const std::string& path, const std::string& name,
                const std::vector<std::uint64_t>& shape, const std::vector<double>& values,
                const Hdf5Options& options = {});

/// Rows as lines of text, with all digits.
std::string csv(const std::vector<double>& values, std::size_t columns,
                const std::string& delimiter = ",", const std::string& ending = "\n");

/// All rows, read `rows` at a time.
std::vector<double> read_all(const TableSource& source, std::size_t rows = 1000);

}  // namespace htdm::test
