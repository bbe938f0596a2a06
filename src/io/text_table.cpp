#include "io/text_table.hpp"

#include <algorithm>

namespace htdm {
namespace {

constexpr std::size_t terminal_width = 120;
constexpr std::size_t gap = 2;

/// Characters on the terminal: bytes that do not continue a UTF-8 sequence.
std::size_t shown_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::size_t width(const Column& column) {
  std::size_t widest = std::max(shown_width(column.title), shown_width(column.subtitle));
  for (const std::string& cell : column.cells) widest = std::max(widest, shown_width(cell));
  return widest;
}

template <class Part>
void print_line(std::string& out, const std::vector<const Column*>& columns, Part part) {
  std::string line;
  for (const Column* column : columns) {
    const std::string& text = part(*column);
    const std::string space(width(*column) - shown_width(text), ' ');
    line += (column->left ? text + space : space + text) + std::string(gap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

/// Width of columns[first] and of those that stand with it.
std::size_t group_width(const std::vector<Column>& columns, std::size_t first) {
  std::size_t total = width(columns[first]);
  for (std::size_t k = first + 1; k < columns.size() && columns[k].with_previous; ++k) {
    total += gap + width(columns[k]);
  }
  return total;
}

}  // namespace

void print_table(std::string& out, const std::vector<Column>& columns, std::size_t keys) {
  for (std::size_t next = keys; next < columns.size();) {
    std::vector<const Column*> chosen;
    std::size_t used = 0;
    const auto take = [&](const Column& column) {
      chosen.push_back(&column);
      used += width(column) + gap;
    };
    for (std::size_t k = 0; k < keys; ++k) take(columns[k]);
    do {
      take(columns[next++]);
    } while (next < columns.size() &&
             (columns[next].with_previous || used + group_width(columns, next) <= terminal_width));
    print_line(
        out, chosen, [](const Column& c) -> auto& { return c.title; });
    if (!std::ranges::all_of(chosen, [](const Column* c) { return c->subtitle.empty(); })) {
      print_line(
          out, chosen, [](const Column& c) -> auto& { return c.subtitle; });
    }
    for (std::size_t row = 0; row < columns.front().cells.size(); ++row) {
      print_line(
          out, chosen, [&](const Column& c) -> auto& { return c.cells[row]; });
    }
    out += "\n";
  }
}

}  // namespace htdm
