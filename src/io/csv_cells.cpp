#include "io/csv_cells.hpp"

#include "core/error.hpp"
#include "io/table_parts.hpp"

#include <csv.h>

#include <algorithm>
#include <array>
#include <new>

namespace htdm {
namespace {

constexpr std::size_t longest_row = 1U << 22;
/// By so much the parser's buffer grows for a long cell; its own 128 bytes take time quadratic.
constexpr std::size_t growth = 1U << 16;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// A comment, and not one of the error values that spreadsheets write.
bool is_comment(std::string_view line) {
  constexpr std::array<std::string_view, 8> errors{"#N/A",   "#DIV/0!", "#VALUE!", "#REF!",
                                                   "#NAME?", "#NUM!",   "#NULL!",  "#SPILL!"};
  return line.starts_with('#') &&
         std::ranges::none_of(errors, [&](std::string_view e) { return line.starts_with(e); });
}

unsigned char delimiter_of(std::string_view line) {
  bool quoted = false;
  std::string bare;
  for (char c : line) {
    if (c == '"') quoted = !quoted;
    if (!quoted) bare += c;
  }
  for (char c : {'\t', ';'}) {
    if (bare.find(c) != std::string::npos) return static_cast<unsigned char>(c);
  }
  return CSV_COMMA;
}

}  // namespace

void CsvCells::FreeParser::operator()(csv_parser* parser) const {
  csv_free(parser);
  delete parser;
}

void CsvCells::take_cell(void* text, std::size_t size, void* row) {
  Row& r = *static_cast<Row*>(row);
  r.too_long = r.too_long || r.text.size() + size > longest_row ||
               r.ends.size() >= static_cast<std::size_t>(table::most_columns);
  if (r.too_long) return;
  r.text.append(static_cast<const char*>(text), size);
  r.ends.push_back(r.text.size());
}

void CsvCells::take_end(int, void* row) {
  static_cast<Row*>(row)->complete = true;
}

CsvCells::CsvCells(const std::string& path) : path_(path), lines_(path) {
  auto parser = std::make_unique<csv_parser>();
  if (csv_init(parser.get(), CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
  csv_set_blk_size(parser.get(), growth);
  parser_.reset(parser.release());
}

std::string_view CsvCells::cell(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : row_.ends[i - 1];
  std::string_view text = std::string_view(row_.text).substr(begin, row_.ends[i] - begin);
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

bool CsvCells::next() {
  row_.text.clear();
  row_.ends.clear();
  row_.complete = false;
  blank_line_ = 0;
  while (!row_.complete) {
    if (!lines_.next()) {
      finish();
      return row_.complete;
    }
    if (in_row_ || !passes_over()) parse(lines_.text());
  }
  in_row_ = false;
  return true;
}

/// Whether the piece at hand belongs to a comment or a blank line.
bool CsvCells::passes_over() {
  in_comment_ = lines_.begins() ? is_comment(lines_.text()) : in_comment_;
  if (in_comment_) return true;
  // With tabs between cells, a line of tabs is a row of empty cells.
  const bool tabs = delimiter_known_ && csv_get_delim(parser_.get()) == CSV_TAB &&
                    lines_.text().find('\t') != std::string_view::npos;
  if (is_blank(lines_.text()) && !tabs) {
    if (lines_.begins()) blank_line_ = lines_.number();
    return true;
  }
  line_ = lines_.number();
  in_row_ = true;
  if (!delimiter_known_) csv_set_delim(parser_.get(), delimiter_of(lines_.text()));
  delimiter_known_ = true;
  return false;
}

void CsvCells::parse(std::string_view text) {
  const std::size_t done =
      csv_parse(parser_.get(), text.data(), text.size(), take_cell, take_end, &row_);
  if (done != text.size()) {
    if (csv_error(parser_.get()) == CSV_ENOMEM) throw std::bad_alloc();
    fail_quotes();
  }
  check_length();
}

void CsvCells::finish() {
  if (csv_fini(parser_.get(), take_cell, take_end, &row_) != 0) {
    if (csv_error(parser_.get()) == CSV_ENOMEM) throw std::bad_alloc();
    fail_quotes();
  }
  in_row_ = false;
  check_length();
}

void CsvCells::check_length() const {
  if (!row_.too_long && csv_get_buffer_size(parser_.get()) <= longest_row) return;
  fail_input(path_ + ", line " + std::to_string(line_) + ": a row begins here that has more than " +
                 std::to_string(table::most_columns) + " cells or " +
                 std::to_string(longest_row >> 20) + " MB",
             "Samples are rows, and no row of numbers is as long",
             "Close a quotation mark that is left open, or transpose the table");
}

void CsvCells::fail_quotes() const {
  fail_input(
      path_ + ", line " + std::to_string(lines_.number()) +
          ": a quotation mark is out of place or left open" +
          (line_ == lines_.number() ? ""
                                    : " (the row begins on line " + std::to_string(line_) + ")"),
      "It is unclear where the cell ends", "Put quotes around whole cells, or leave them out");
}

}  // namespace htdm
