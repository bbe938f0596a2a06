/// TOML as a tree of plain values in written order; the only door to the TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace htdm {

struct StudyEntry;
struct StudyNode;
using StudyTable = std::vector<StudyEntry>;
using StudyArray = std::vector<StudyNode>;

/// One value. Dates and times, which no key takes, are kept as monostate.
struct StudyNode {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, StudyArray, StudyTable>
      value;
  std::string where;           ///< "line 12" or "--set KEY=VALUE", for messages
  bool from_override = false;  ///< given on the command line

  const StudyTable* table() const { return std::get_if<StudyTable>(&value); }
  StudyTable* table() { return std::get_if<StudyTable>(&value); }
};

struct StudyEntry {
  std::string key;
  StudyNode node;
};

/// The node of `key`, or nullptr.
const StudyNode* find(const StudyTable& table, const std::string& key);
StudyNode* find(StudyTable& table, const std::string& key);

/// Throws InputError with line and column where `text` is not TOML; `source` names it.
StudyTable parse_toml(const std::string& text, const std::string& source);

/// The names that a dotted key joins; one in double quotes may hold dots.
std::vector<std::string> split_key(const std::string& dotted);

/// The node of a dotted key, made with the tables above it where they are missing. Throws
/// InputError, which says `where`, through a key that is not a table.
StudyNode& reach(StudyTable& tree, const std::vector<std::string>& keys, const std::string& where);

/// Set one dotted key of `tree` from "key=value"; a value that is no TOML value is a string.
/// Throws InputError for an override without "=", with a malformed key, or through a key that is
/// not a table.
void apply_override(StudyTable& tree, const std::string& assignment, const std::string& source);

/// The value as messages show it, cut to a readable length.
std::string shown_value(const StudyNode& node);

}  // namespace htdm
