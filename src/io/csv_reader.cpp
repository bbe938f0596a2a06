#include "core/error.hpp"
#include "io/csv_cells.hpp"
#include "io/table_parts.hpp"
#include "io/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>

namespace htdm::table {
namespace {

/// Reads a decimal number that is all of `text`; false where it is none or no double can hold it.
bool parse_number(std::string_view text, double& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

/// Empty, or what programs write for a value that is not there.
bool is_missing(std::string_view cell) {
  constexpr std::array<std::string_view, 8> words{"na",  "n/a",  "nan",     "null",
                                                  "nil", "none", "missing", "#n/a"};
  std::string lower;
  for (char c : cell) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const bool marks = lower.find_first_not_of("-.?") == std::string::npos;
  return marks || std::ranges::find(words, lower) != words.end();
}

/// A cell in messages: quoted, and cut where it is long.
std::string shown_cell(std::string_view cell) {
  constexpr std::size_t most = 40;
  if (cell.size() <= most) return toml_string(cell);
  // Not in the middle of a UTF-8 character.
  std::size_t cut = most;
  while (cut > 0 && (static_cast<unsigned char>(cell[cut]) & 0xc0) == 0x80) --cut;
  return toml_string(cell.substr(0, cut)) + "...";
}

class CsvRows final : public BufferedRows {
 public:
  explicit CsvRows(const TableSource& source);

 private:
  void fill(std::vector<double>& buffer) override;

  bool first_row_is_header() const;
  void append_row(std::vector<double>& buffer);
  std::string place() const;
  [[noreturn]] void fail_cell(int column, std::string_view cell) const;
  [[noreturn]] void fail_length() const;

  CsvCells cells_;
  std::string path_;
  std::uint64_t row_ = 0;
  bool more_ = true;
};

CsvRows::CsvRows(const TableSource& source) : cells_(source.path), path_(source.path) {
  if (!cells_.next()) fail_empty(path_, "holds no rows");
  std::vector<std::string> names;
  const auto width = static_cast<int>(cells_.size());
  const bool header = first_row_is_header();
  for (std::size_t i = 0; header && i < cells_.size(); ++i) names.emplace_back(cells_.cell(i));
  columns_ = Columns(source, path_, width, std::move(names));
  if (header && !cells_.next()) fail_empty(path_, "holds a header but no rows");
}

/// A header has no number in it. A row of numbers and words could be either.
bool CsvRows::first_row_is_header() const {
  std::string_view number, word;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::string_view cell = cells_.cell(i);
    double value = 0;
    const bool is_number = parse_number(cell, value);
    if (is_number && number.empty()) number = cell;
    if (!is_number && word.empty() && !is_missing(cell)) word = cell;
  }
  check_input(number.empty() || word.empty(),
              path_ + ", line " + std::to_string(cells_.line()) + ": the first row holds " +
                  shown_cell(word) + " beside the number " + std::string(number),
              "It is unclear whether it is a header or the first row of data",
              "Begin the file with a line of column names, none of them a number; correct the cell "
              "if it should be one");
  return !word.empty();
}

void CsvRows::fill(std::vector<double>& buffer) {
  while (more_ && buffer.size() < block_numbers) {
    ++row_;
    append_row(buffer);
    more_ = cells_.next();
    if (more_ && columns_.count() == 1 && cells_.blank_line() != 0) {
      fail_missing(path_ + ", line " + std::to_string(cells_.blank_line()) + " (before data row " +
                       std::to_string(row_ + 1) + "), " + columns_.text(0),
                   "is empty");
    }
  }
}

void CsvRows::append_row(std::vector<double>& buffer) {
  if (cells_.size() != static_cast<std::size_t>(columns_.count())) fail_length();
  for (int column : columns_.chosen()) {
    const std::string_view cell = cells_.cell(static_cast<std::size_t>(column));
    double value = 0;
    if (!parse_number(cell, value) || !columns_.usable(value)) fail_cell(column, cell);
    buffer.push_back(value);
  }
}

std::string CsvRows::place() const {
  return path_ + ", line " + std::to_string(cells_.line()) + " (data row " + std::to_string(row_) +
         ")";
}

void CsvRows::fail_cell(int column, std::string_view cell) const {
  const std::string where = place() + ", " + columns_.text(column);
  double value = 0;
  if (cell.empty()) fail_missing(where, "is empty");
  if (is_missing(cell)) fail_missing(where, "is missing: it holds " + shown_cell(cell));
  if (parse_number(cell, value)) fail_number(where, value);
  std::string remedy = "Correct the cell, or choose other columns";
  std::string changed(cell);
  std::ranges::replace(changed, ',', '.');
  if (parse_number(changed, value)) {
    remedy = "Write decimals with a point, and large numbers without commas";
  }
  if (parse_number(cell.substr(0, cell.find_first_of(" \t")), value) &&
      cell.find_first_of(" \t") != std::string_view::npos) {
    remedy = "Put a comma, a semicolon or a tab between numbers";
  }
  fail_input(where + " holds " + shown_cell(cell) + " where a number is expected",
             "Only decimal numbers within the range of a double can be used", remedy);
}

void CsvRows::fail_length() const {
  const auto cells = [](std::size_t n) {
    return std::to_string(n) + (n == 1 ? " cell" : " cells");
  };
  fail_input(place() + " has " + cells(cells_.size()) + " where the first row of the file has " +
                 std::to_string(columns_.count()),
             "All rows must be equally long to know which number belongs to which column",
             "Complete the row, or put quotes around a cell that holds a delimiter");
}

}  // namespace

std::unique_ptr<RowReader> open_csv(const TableSource& source) {
  return std::make_unique<CsvRows>(source);
}

}  // namespace htdm::table
