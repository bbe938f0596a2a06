/// Words and numbers in study files and messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace htdm {

/// The shortest decimal text that reads back as the same double and is a TOML float: "3.0",
/// "2e-4", "inf", "nan".
std::string number_text(double value);

/// `value` as a TOML string, with quotes and escapes.
std::string toml_string(std::string_view value);

/// Letters and digits of ASCII, _ and -: what TOML keys and names of models hold.
bool name_character(char c);

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "Perhaps you meant X" for the nearest candidate if one is near, else "Known: A, B, C".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// "A, B, C".
std::string joined(const std::vector<std::string>& words, std::string_view separator = ", ");

/// "[A, B, C]".
std::string bracketed(const std::vector<std::string>& words);

}  // namespace htdm
