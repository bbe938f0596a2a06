/// Tables for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace htdm {

/// One column of a table: up to two header lines and a cell per row.
struct Column {
  std::string title, subtitle;
  std::vector<std::string> cells;
  bool left = false;           ///< left-aligned
  bool with_previous = false;  ///< stands beside the column before it
};

/// Append the columns side by side to `out`; what does not fit into 120 characters goes below, with
/// the first `keys` columns again. All columns have as many cells.
void print_table(std::string& out, const std::vector<Column>& columns, std::size_t keys);

}  // namespace htdm
