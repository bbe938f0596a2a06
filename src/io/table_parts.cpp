#include "io/table_parts.hpp"

#include "core/error.hpp"
#include "io/text.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace htdm::table {
namespace {

constexpr const char* no_gaps = "Missing values are refused, neither skipped nor filled in";

/// `text` as an index, or -1.
int index_of(const std::string& text) {
  int index = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  return error == std::errc() && stop == end ? index : -1;
}

/// "a", "b", "c" and 12 more.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::vector<std::string> some;
  for (const std::string& name : names) {
    if (some.size() < most) some.push_back(toml_string(name));
  }
  const std::size_t more = names.size() - some.size();
  return joined(some) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

}  // namespace

Columns::Columns(const TableSource& source, std::string shown, int count,
                 std::vector<std::string> names)
    : shown_(std::move(shown)),
      count_(count),
      log_returns_(source.log_returns),
      names_(std::move(names)) {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].empty()) names_[i] = std::to_string(i);
    const auto [twin, fresh] = first.emplace(names_[i], i);
    if (fresh) continue;
    fail_input(shown_ + " names two columns " + toml_string(names_[i]) + ", number " +
                   std::to_string(twin->second) + " and number " + std::to_string(i) +
                   " (counted from 0)",
               "A name must say which column is meant", "Rename one of them");
  }
  for (const std::string& wanted : source.columns) {
    const int column = find(wanted);
    check_input(std::ranges::find(chosen_, column) == chosen_.end(),
                shown_ + ": " + text(column) + " is asked for twice",
                "Two equal coordinates have no joint density", "Name every column once");
    chosen_.push_back(column);
  }
  for (int i = 0; source.columns.empty() && i < count_; ++i) chosen_.push_back(i);
}

std::vector<std::string> Columns::chosen_names() const {
  std::vector<std::string> names;
  for (int i : chosen_) {
    names.push_back(names_.empty() ? std::to_string(i) : names_[static_cast<std::size_t>(i)]);
  }
  return names;
}

std::string Columns::text(int column) const {
  if (names_.empty()) return "column " + std::to_string(column) + " (counted from 0)";
  return "column " + toml_string(names_[static_cast<std::size_t>(column)]);
}

int Columns::find(const std::string& wanted) const {
  const auto name = std::ranges::find(names_, wanted);
  if (name != names_.end()) return static_cast<int>(name - names_.begin());
  const int index = index_of(wanted);
  if (index < 0 || index >= count_) fail_unknown(wanted);
  return index;
}

void Columns::fail_unknown(const std::string& wanted) const {
  const std::string indices =
      count_ == 1 ? "index 0" : "indices 0 to " + std::to_string(count_ - 1);
  const bool number = index_of(wanted) >= 0;
  const std::string what = number ? shown_ + ": column " + wanted + " is out of range"
                                  : shown_ + " has no column " + toml_string(wanted);
  if (names_.empty()) {
    fail_input(what, "Its columns have no names, only the " + indices, "Give an index from 0");
  }
  const std::string near = suggestion(wanted, names_);
  fail_input(
      what, "Its columns are " + listed(names_) + " (" + indices + ")",
      !number && near.starts_with("Perhaps") ? near : "Name one of them, or its index from 0");
}

void fail_missing(const std::string& place, const std::string& what) {
  fail_input(place + " " + what, no_gaps,
             "Fill the value in, delete the row, or choose other columns");
}

void fail_number(const std::string& place, double value) {
  if (!std::isfinite(value)) {
    fail_missing(place, "is " + number_text(value) + ", not a finite number");
  }
  fail_input(place + " is " + number_text(value) + ", not a positive price",
             "Log returns are ln(x_i / x_{i-1})",
             "Correct it, delete the row, or leave log_returns out if the values are no prices");
}

void fail_empty(const std::string& shown, const std::string& what) {
  fail_input(shown + " " + what, "There is nothing to learn from",
             "Write the data again, or name another file");
}

Shape checked_shape(const std::string& shown, std::span<const std::uint64_t> sizes) {
  check_input(sizes.size() == 1 || sizes.size() == 2,
              shown + " has " + std::to_string(sizes.size()) + " dimensions",
              "Rows of numbers have one dimension, (rows), or two, (rows, columns)",
              "Reshape it, for example by array.reshape(len(array), -1)");
  if (sizes[0] == 0 || sizes.back() == 0) fail_empty(shown, "holds no rows");
  const std::uint64_t columns = sizes.size() == 2 ? sizes[1] : 1;
  check_input(columns <= most_columns, shown + " has " + std::to_string(columns) + " columns",
              "At most " + std::to_string(most_columns) + " are read; samples are rows",
              "Transpose it if its rows are its columns");
  return {sizes[0], static_cast<int>(columns)};
}

std::size_t BufferedRows::read(std::size_t rows, std::span<double> out) {
  const std::size_t width = columns_.chosen().size();
  HTDM_EXPECTS(out.size() >= rows * width);
  std::size_t done = 0;
  while (done < rows * width) {
    if (used_ == buffer_.size()) {
      buffer_.clear();
      used_ = 0;
      fill(buffer_);
      if (buffer_.empty()) break;
    }
    const std::size_t part = std::min(buffer_.size() - used_, rows * width - done);
    std::copy_n(buffer_.data() + used_, part, out.data() + done);
    used_ += part;
    done += part;
  }
  return done / width;
}

ArrayRows::ArrayRows(Columns columns, std::uint64_t rows) : rows_(rows) {
  columns_ = std::move(columns);
}

void ArrayRows::fill(std::vector<double>& buffer) {
  const auto width = static_cast<std::size_t>(columns_.count());
  const std::uint64_t some = std::max<std::uint64_t>(1, block_numbers / width);
  const auto rows = static_cast<std::size_t>(std::min(some, rows_ - next_));
  if (rows == 0) return;
  block_.resize(rows * width);
  load(next_, block_);
  for (std::size_t row = 0; row < rows; ++row) {
    for (int column : columns_.chosen()) {
      const double value = block_[row * width + static_cast<std::size_t>(column)];
      if (!columns_.usable(value)) {
        fail_number(columns_.shown() + ", row " + std::to_string(next_ + row + 1) + ", " +
                        columns_.text(column),
                    value);
      }
      buffer.push_back(value);
    }
  }
  next_ += rows;
}

}  // namespace htdm::table
