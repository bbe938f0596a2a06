/// Cells of a text file with delimiters, row by row.
#pragma once

#include "io/text_lines.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct csv_parser;

namespace htdm {

/// The rows of a CSV file as text. The delimiter is the tab, semicolon or comma (in this order of
/// preference) that stands in the first row outside quotes. Quotes keep delimiters and line ends.
class CsvCells {
 public:
  /// Throws InputError when the file cannot be opened.
  explicit CsvCells(const std::string& path);

  /// Go to the next row; false at the end. Throws InputError for a quotation mark out of place and
  /// for rows too long to be rows of numbers.
  bool next();

  /// Cells of the row, without spaces around them.
  std::size_t size() const { return row_.ends.size(); }
  std::string_view cell(std::size_t i) const;
  /// The line on which the row begins, from 1.
  std::uint64_t line() const { return line_; }
  /// The last blank line before the row but behind the row before it; 0 if there is none.
  std::uint64_t blank_line() const { return blank_line_; }

 private:
  /// What the parser has found of the row so far.
  struct Row {
    std::string text;
    std::vector<std::size_t> ends;
    bool complete = false;
    bool too_long = false;
  };
  struct FreeParser {
    void operator()(csv_parser* parser) const;
  };

  static void take_cell(void* text, std::size_t size, void* row);
  static void take_end(int ending, void* row);

  bool passes_over();
  void parse(std::string_view text);
  void finish();
  void check_length() const;
  [[noreturn]] void fail_quotes() const;

  std::string path_;
  TextLines lines_;
  std::unique_ptr<csv_parser, FreeParser> parser_;
  Row row_;
  std::uint64_t line_ = 0;
  std::uint64_t blank_line_ = 0;
  bool delimiter_known_ = false;
  bool in_row_ = false;
  bool in_comment_ = false;
};

}  // namespace htdm
