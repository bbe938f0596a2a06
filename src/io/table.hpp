/// Groups of columns along one axis: the same list of columns writes and reads a table.
#pragma once

#include "io/hdf5.hpp"

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace htdm {

/// Units of thresholds and of samples before they are normalised.
inline const std::string raw_units = "raw data units";

/// How a number is stored: truth values as bytes.
template <class T>
using StoredAs = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;

/// Writes columns; the first is the axis of the others (an HDF5 dimension scale).
class TableWriter {
 public:
  explicit TableWriter(hdf5::Group group) : group_(std::move(group)) {}

  template <class T>
  void column(const std::string& name, const std::vector<T>& values, const hdf5::Label& label) {
    group_.write<T>(name, values, label);
    attach(name);
  }

  /// Of the table as a whole.
  void attribute(const std::string& name, const std::string& value) {
    group_.set_attribute(name, value);
  }

  /// A second axis, for lists.
  template <class T>
  void axis(const std::string& name, const std::vector<T>& values, const hdf5::Label& label) {
    group_.write<T>(name, values, label);
    group_.make_axis(name);
  }

  /// The column of part(row) over all rows.
  template <class Row, class Part>
  void part(const std::string& name, const std::vector<Row>& rows, Part part,
            const hdf5::Label& label) {
    using T = StoredAs<std::remove_cvref_t<decltype(part(rows.front()))>>;
    std::vector<T> values;
    values.reserve(rows.size());
    for (const Row& row : rows) values.push_back(part(row));
    column(name, values, label);
  }

  /// part(row) is a list, equally long in every row, along the axis `axis`: its index, unless that
  /// axis is there already.
  template <class Row, class Part>
  void lists(const std::string& name, const std::string& axis, const std::vector<Row>& rows,
             Part part, const hdf5::Label& label) {
    using T = typename std::remove_cvref_t<decltype(part(rows.front()))>::value_type;
    const std::size_t columns = rows.empty() ? 0 : part(rows.front()).size();
    std::vector<T> values;
    for (const Row& row : rows) values.insert(values.end(), part(row).begin(), part(row).end());
    if (values.size() != rows.size() * columns) group_.fail(name, "has rows of different lengths");
    if (!group_.has(axis)) group_.write_index(axis, columns);
    group_.write_matrix<T>(name, values, rows.size(), columns, label);
    attach(name);
    group_.attach_axis(name, 1, axis);
  }

 private:
  void attach(const std::string& name) {
    if (axis_.empty()) {
      axis_ = name;
      group_.make_axis(name);
    } else {
      group_.attach_axis(name, 0, axis_);
    }
  }

  hdf5::Group group_;
  std::string axis_;
};

/// Reads what TableWriter writes, and refuses columns of different lengths.
class TableReader {
 public:
  explicit TableReader(hdf5::Group group) : group_(std::move(group)) {}

  template <class T>
  void column(const std::string& name, std::vector<T>& values, const hdf5::Label&) {
    values = group_.read<T>(name);
    check_length(name, values.size());
  }

  template <class T>
  void axis(const std::string& name, std::vector<T>& values, const hdf5::Label&) {
    values = group_.read<T>(name);
  }

  template <class Row, class Part>
  void part(const std::string& name, std::vector<Row>& rows, Part part, const hdf5::Label&) {
    using T = StoredAs<std::remove_cvref_t<decltype(part(rows.front()))>>;
    const std::vector<T> values = group_.read<T>(name);
    check_length(name, values.size());
    rows.resize(length_);
    for (std::size_t i = 0; i < rows.size(); ++i) part(rows[i]) = values[i];
  }

  template <class Row, class Part>
  void lists(const std::string& name, const std::string&, std::vector<Row>& rows, Part part,
             const hdf5::Label&) {
    using List = std::remove_cvref_t<decltype(part(rows.front()))>;
    const auto values = group_.read<typename List::value_type>(name);
    const std::vector<std::uint64_t> shape = group_.shape(name);
    if (shape.size() != 2) group_.fail(name, "is not a matrix");
    check_length(name, shape[0]);
    const auto columns = static_cast<std::ptrdiff_t>(shape[1]);
    auto next = values.begin();
    for (Row& row : rows) {
      part(row) = List(next, next + columns);
      next += columns;
    }
  }

 private:
  void check_length(const std::string& name, std::size_t length) {
    if (!started_) length_ = length;
    started_ = true;
    if (length != length_) {
      group_.fail(name, "has length " + std::to_string(length) + " where its axis has " +
                            std::to_string(length_));
    }
  }

  hdf5::Group group_;
  std::size_t length_ = 0;
  bool started_ = false;
};

/// The column `doubt` of rows that have one (since schema 1.9). It follows from the others, so it
/// is not read.
template <class Rows>
void write_doubts(TableWriter& table, const Rows& rows) {
  std::vector<std::string> doubts;
  for (const auto& row : rows) doubts.push_back(row.doubt());
  table.column("doubt", doubts, {"why not to build on the probability; empty for no doubt"});
}
template <class Rows>
void write_doubts(TableReader&, const Rows&) {}

/// How the numbers of a table were made, and the column `doubtful` (since schema 1.10), which
/// follows from the others, so it is not read.
inline void write_trust(TableWriter& table, const std::string& method,
                        const std::vector<std::uint8_t>& doubtful) {
  table.attribute("method", method);
  table.column("doubtful", doubtful, {"1 where not to build on the number, else 0"});
}
inline void write_trust(TableReader&, const std::string&, const std::vector<std::uint8_t>&) {}

}  // namespace htdm
