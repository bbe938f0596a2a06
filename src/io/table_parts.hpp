/// What the readers of all table formats share; for those readers only.
#pragma once

#include "io/table_reader.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace htdm::table {

/// More columns are a matrix that lies on its side.
constexpr int most_columns = 65'536;
/// Numbers that a reader holds at a time, or one row where that is longer.
constexpr std::size_t block_numbers = 32'768;

/// The columns that a table has, and those chosen from them.
class Columns {
 public:
  Columns() = default;
  /// `names` is empty where the file gives none; `shown` is the table's name in messages.
  /// Throws InputError for columns that are not there, or named twice.
  Columns(const TableSource& source, std::string shown, int count, std::vector<std::string> names);

  int count() const { return count_; }
  const std::vector<int>& chosen() const { return chosen_; }
  std::vector<std::string> chosen_names() const;
  bool log_returns() const { return log_returns_; }
  const std::string& shown() const { return shown_; }

  /// `column "close"` or `column 2 (counted from 0)`.
  std::string text(int column) const;
  /// A number that can be used: finite, and positive where logarithms are taken.
  bool usable(double value) const { return std::isfinite(value) && (!log_returns_ || value > 0); }

 private:
  int find(const std::string& wanted) const;
  [[noreturn]] void fail_unknown(const std::string& wanted) const;

  std::string shown_;
  int count_ = 0;
  bool log_returns_ = false;
  std::vector<std::string> names_;
  std::vector<int> chosen_;
};

/// Throws for a number that is not usable, at `place`.
[[noreturn]] void fail_number(const std::string& place, double value);
/// Throws for a value that is missing; `what` follows the place: "is empty".
[[noreturn]] void fail_missing(const std::string& place, const std::string& what);
/// Throws for a table without rows; `what` follows its name: "holds no rows".
[[noreturn]] void fail_empty(const std::string& shown, const std::string& what);

/// The shape of an array: rows, and the columns of each (1 in one dimension).
struct Shape {
  std::uint64_t rows = 0;
  int columns = 1;
};

/// Throws InputError unless `sizes` are (rows) or (rows, columns), neither of them zero.
Shape checked_shape(const std::string& shown, std::span<const std::uint64_t> sizes);

/// Hands out the rows of a buffer of chosen columns, and has it filled again when it is empty.
class BufferedRows : public RowReader {
 public:
  int columns() const final { return static_cast<int>(columns_.chosen().size()); }
  std::vector<std::string> column_names() const final { return columns_.chosen_names(); }
  std::size_t read(std::size_t rows, std::span<double> out) final;

 protected:
  /// Append about `block_numbers` numbers, whole rows of the chosen columns; none at the end.
  virtual void fill(std::vector<double>& buffer) = 0;

  Columns columns_;

 private:
  std::vector<double> buffer_;
  std::size_t used_ = 0;
};

/// Rows of an array that says how many it has; parts of it are loaded by place.
class ArrayRows : public BufferedRows {
 protected:
  ArrayRows(Columns columns, std::uint64_t rows);

  /// Load the rows from `first` on, all their columns, into `block`, which has their size.
  virtual void load(std::uint64_t first, std::span<double> block) = 0;

 private:
  void fill(std::vector<double>& buffer) final;

  std::uint64_t rows_ = 0;
  std::uint64_t next_ = 0;
  std::vector<double> block_;
};

std::unique_ptr<RowReader> open_csv(const TableSource& source);
std::unique_ptr<RowReader> open_npy(const TableSource& source);
std::unique_ptr<RowReader> open_hdf5(const TableSource& source);

}  // namespace htdm::table
