#include "core/error.hpp"
#include "io/csv_cells.hpp"
#include "io/table_parts.hpp"
#include "io/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>

namespace htdm::table {
namespace {

enum class Kind { number, beyond_range, other };

/// What all of `text` is; `value` is set for a number (NaN and infinities are numbers here).
Kind parse_number(std::string_view text, double& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return Kind::other;
  return error == std::errc() ? Kind::number : Kind::beyond_range;
}

bool is_number(std::string_view text) {
  double value = 0;
  return parse_number(text, value) == Kind::number;
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

/// What to do about a cell that is no number.
std::string remedy_for(std::string_view cell) {
  std::string points(cell);
  std::ranges::replace(points, ',', '.');
  if (is_number(points)) return "Write decimals with a point, and large numbers without commas";
  const std::size_t gap = cell.find_first_of(" \t");
  if (gap != std::string_view::npos && is_number(cell.substr(0, gap))) {
    return "Put a comma, a semicolon or a tab between numbers";
  }
  return "Correct the cell, or choose other columns";
}

class CsvRows final : public BufferedRows {
 public:
  explicit CsvRows(const TableSource& source);

 private:
  void fill(std::vector<double>& buffer) override;

  bool first_row_is_header() const;
  void step();
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
  if (!header) return;
  step();
  if (!more_) fail_empty(path_, "holds a header but no rows");
}

/// A header has no number in it. A row of numbers and words could be either.
bool CsvRows::first_row_is_header() const {
  std::string_view number, word;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::string_view cell = cells_.cell(i);
    double value = 0;
    const bool numeric = parse_number(cell, value) != Kind::other;
    if (numeric && number.empty()) number = cell;
    if (!numeric && word.empty() && !is_missing(cell)) word = cell;
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
    step();
  }
}

/// To the next row. In a single column an empty cell looks like a blank line.
void CsvRows::step() {
  more_ = cells_.next();
  if (!more_ || columns_.count() > 1 || cells_.blank_line() == 0) return;
  fail_missing(path_ + ", line " + std::to_string(cells_.blank_line()) + " (before data row " +
                   std::to_string(row_ + 1) + "), " + columns_.text(0),
               "is empty");
}

void CsvRows::append_row(std::vector<double>& buffer) {
  if (cells_.size() != static_cast<std::size_t>(columns_.count())) fail_length();
  for (int column : columns_.chosen()) {
    const std::string_view cell = cells_.cell(static_cast<std::size_t>(column));
    double value = 0;
    if (parse_number(cell, value) != Kind::number || !columns_.usable(value)) {
      fail_cell(column, cell);
    }
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
  const Kind kind = parse_number(cell, value);
  if (kind == Kind::number) fail_number(where, value);
  check_input(kind == Kind::other,
              where + " holds " + shown_cell(cell) + ", beyond the range of a double",
              "It would become 0 or infinity", "Correct the cell, or change its unit");
  fail_input(where + " holds " + shown_cell(cell) + " where a number is expected",
             "Only decimal numbers can be used", remedy_for(cell));
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
