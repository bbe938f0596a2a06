#include "io/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace htdm {

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string text(digits, end);
  const std::size_t e = text.find('e');
  if (e != std::string::npos) {  // e+07 and e-07 as e7 and e-7
    const std::size_t sign = text[e + 1] == '-' ? 1 : 0;
    text.erase(e + 1 + sign, text.find_first_of("123456789", e) - (e + 1 + sign));
  } else if (text.find('.') == std::string::npos) {
    text += ".0";
  }
  return text;
}

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::string toml_string(std::string_view value) {
  constexpr char hexadecimal[] = "0123456789ABCDEF";
  std::string text = "\"";
  for (char c : value) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (code < 0x20 || code == 0x7f) {
      text += "\\u00";
      text += hexadecimal[code >> 4];
      text += hexadecimal[code & 15];
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows i - 2, i - 1 and i of the table of distances between the beginnings of a and b.
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "Remove it";
  const auto distance = [&](const std::string& c) { return edit_distance(word, c); };
  const std::string& nearest = *std::ranges::min_element(candidates, {}, distance);
  const std::size_t near = std::max<std::size_t>(2, std::max(word.size(), nearest.size()) / 3);
  if (distance(nearest) <= near) return "Perhaps you meant " + nearest;
  return "Known: " + joined(candidates);
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string bracketed(const std::vector<std::string>& words) {
  return std::string("[").append(joined(words)).append("]");
}

}  // namespace htdm
