/// Numbers of the user's own files, row by row, in memory that does not grow with the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// Which numbers of which file.
struct TableSource {
  std::string path;
  /// Path of an HDF5 dataset; empty: the only numeric dataset of the file.
  std::string dataset = {};
  /// Names (header of a CSV file, attribute `columns` of an HDF5 dataset) or indices from 0, in the
  /// order in which they are wanted; empty: all.
  std::vector<std::string> columns = {};
  /// Row i becomes ln(x_i / x_{i-1}) per column, for positive x; the first row is consumed.
  bool log_returns = false;
};

/// The chosen columns of one file, from its first row to its last.
class RowReader {
 public:
  virtual ~RowReader() = default;

  virtual int columns() const = 0;
  /// Their names, or their indices where the file has none.
  virtual std::vector<std::string> column_names() const = 0;

  /// Up to `rows` further rows into `out`, row after row, columns() finite numbers each. Returns
  /// the rows read, fewer than asked only at the end. Throws InputError that names file, row (from
  /// 1), column and, in a text file, the line (from 1): for what is not a finite number, an empty
  /// cell, rows of different lengths, a price that is not positive, a file cut off, and, at the
  /// end, for fewer than two rows. Nothing is skipped or filled in.
  virtual std::size_t read(std::size_t rows, std::span<double> out) = 0;
};

/// Opens a file of one of these formats, known by its first bytes, else by its name:
///  - text: cells between commas, semicolons or tabs, quoted where need be; a first row without any
///    number is a header; blank lines and lines that begin with # are passed over (in a single
///    column, a blank line between rows is an empty cell);
///  - NumPy .npy, versions 1 to 3: little-endian float32, float64, int32, int64, in C order, (rows)
///    or (rows, columns);
///  - HDF5: a dataset of numbers, (rows) or (rows, columns), read by parts.
/// Throws InputError when file, dataset or column is missing or not of these kinds, or empty.
std::unique_ptr<RowReader> open_table(const TableSource& source);

/// Give all rows to `use(first_row, rows)`, first_row counted from 0, in chunks of at most 256 KB
/// or one row; returns the number of rows. Throws as RowReader::read does.
std::uint64_t for_each_chunk(
    const TableSource& source,
    const std::function<void(std::uint64_t first_row, std::span<const double> rows)>& use);

}  // namespace htdm
