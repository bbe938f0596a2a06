#include "io/study_tree.hpp"

#include "core/error.hpp"
#include "io/text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace htdm {
namespace {

StudyNode convert(const toml::node& node);

StudyTable convert_table(const toml::table& table) {
  // The library sorts keys by name; the order in which they were written is the study's.
  std::vector<std::pair<toml::source_position, StudyEntry>> entries;
  for (const auto& [key, node] : table) {
    entries.push_back({key.source().begin, {std::string(key.str()), convert(node)}});
  }
  std::ranges::stable_sort(entries, [](const auto& a, const auto& b) {
    return std::tie(a.first.line, a.first.column) < std::tie(b.first.line, b.first.column);
  });
  StudyTable result;
  for (auto& entry : entries) result.push_back(std::move(entry.second));
  return result;
}

StudyNode convert(const toml::node& node) {
  StudyNode result;
  result.where = "line " + std::to_string(node.source().begin.line);
  if (const auto* boolean = node.as_boolean()) result.value = boolean->get();
  if (const auto* integer = node.as_integer()) result.value = integer->get();
  if (const auto* number = node.as_floating_point()) result.value = number->get();
  if (const auto* text = node.as_string()) result.value = text->get();
  if (const auto* table = node.as_table()) result.value = convert_table(*table);
  if (const auto* array = node.as_array()) {
    StudyArray values;
    for (const toml::node& element : *array) values.push_back(convert(element));
    result.value = std::move(values);
  }
  return result;
}

bool bare_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, name_character);
}

void mark_override(StudyNode& node, const std::string& where) {
  node.where = where;
  node.from_override = true;
  if (auto* table = node.table()) {
    for (StudyEntry& entry : *table) mark_override(entry.node, where);
  }
  if (auto* array = std::get_if<StudyArray>(&node.value)) {
    for (StudyNode& element : *array) mark_override(element, where);
  }
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

/// The value of an override: TOML where it reads as one value, else the text itself.
StudyNode override_value(const std::string& text) {
  StudyNode node;
  node.value = text;
  try {
    const toml::table parsed = toml::parse("value = " + text);
    if (parsed.size() == 1 && !parsed.begin()->second.is_date() &&
        !parsed.begin()->second.is_time() && !parsed.begin()->second.is_date_time()) {
      node = convert(parsed.begin()->second);
    }
  } catch (const toml::parse_error&) {
    // What opens a string, list or table was meant as one.
    if (!text.empty() && std::string_view("[{\"'").find(text.front()) != std::string_view::npos) {
      node.value = std::monostate{};
    }
  }
  return node;
}

}  // namespace

const StudyNode* find(const StudyTable& table, const std::string& key) {
  const auto entry = std::ranges::find(table, key, &StudyEntry::key);
  return entry == table.end() ? nullptr : &entry->node;
}

StudyNode* find(StudyTable& table, const std::string& key) {
  return const_cast<StudyNode*>(find(std::as_const(table), key));
}

StudyTable parse_toml(const std::string& text, const std::string& source) {
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto position = error.source().begin;
    fail_input(source + ", line " + std::to_string(position.line) + ", column " +
                   std::to_string(position.column) + ": not valid TOML",
               std::string(error.description()), "Mend the line; htdm defaults prints an example");
  }
}

std::vector<std::string> split_key(const std::string& dotted) {
  std::vector<std::string> keys(1);
  bool quoted = false;
  for (const char c : dotted) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      keys.emplace_back();
    } else {
      keys.back() += c;
    }
  }
  return keys;
}

StudyNode& reach(StudyTable& tree, const std::vector<std::string>& keys, const std::string& where) {
  StudyTable* table = &tree;
  for (std::size_t i = 0;; ++i) {
    StudyNode* node = find(*table, keys[i]);
    const bool last = i + 1 == keys.size();
    if (node == nullptr) {
      StudyNode made;
      if (!last) made = {StudyTable{}, where};
      node = &table->emplace_back(StudyEntry{keys[i], std::move(made)}).node;
    }
    if (last) return *node;
    check_input(node->table() != nullptr, where + ": " + keys[i] + " is a value, not a table",
                "Only tables have keys", "Give the key as it stands in the study: TABLE.KEY");
    table = node->table();
  }
}

void apply_override(StudyTable& tree, const std::string& assignment, const std::string& source) {
  const std::string where = "--set " + assignment;
  const auto require = [&](bool holds, const std::string& problem) {
    check_input(holds, source + ", " + where + ": " + problem,
                "An override is a dotted key, =, and a TOML value",
                "Write for example --set samplers.t_sde.levels=64");
  };
  const std::size_t equals = assignment.find('=');
  require(equals != std::string::npos, "there is no =");
  const std::vector<std::string> keys = split_key(trimmed(assignment.substr(0, equals)));
  // A quoted key with dots in it is an axis of [sweep].
  require(std::ranges::all_of(
              keys,
              [](const std::string& key) { return std::ranges::all_of(split_key(key), bare_key); }),
          "the key is not made of names joined by dots");
  StudyNode value = override_value(trimmed(assignment.substr(equals + 1)));
  require(!std::holds_alternative<std::monostate>(value.value), "the value is not valid TOML");
  mark_override(value, where);
  reach(tree, keys, source + ", " + where) = std::move(value);
}

std::string shown_value(const StudyNode& node) {
  struct Show {
    std::string operator()(std::monostate) const { return "a date or time"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return number_text(value); }
    std::string operator()(const std::string& value) const { return toml_string(value); }
    std::string operator()(const StudyTable&) const { return "a table"; }
    std::string operator()(const StudyArray& values) const {
      std::vector<std::string> words;
      for (const StudyNode& value : values) words.push_back(shown_value(value));
      return bracketed(words);
    }
  };
  std::string text = std::visit(Show{}, node.value);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

}  // namespace htdm
