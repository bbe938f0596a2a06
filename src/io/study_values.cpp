#include "io/study_values.hpp"

#include "core/error.hpp"
#include "io/text.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <type_traits>

namespace htdm {
namespace {

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

template <class T>
std::string type_name() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, std::string>) return "text";
  if constexpr (std::is_integral_v<T>) return "a whole number";
  if constexpr (std::is_same_v<T, double>) return "a number";
  if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) return "a list of whole numbers";
  if constexpr (std::is_same_v<T, std::vector<std::string>>) return "a text or a list of texts";
  if constexpr (std::is_same_v<T, std::vector<double>>) return "a number or a list of numbers";
}

std::optional<double> as_number(const StudyNode& node) {
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) {
    return static_cast<double>(*integer);
  }
  if (const auto* number = std::get_if<double>(&node.value)) return *number;
  const auto* text = std::get_if<std::string>(&node.value);
  if (text != nullptr && *text == "inf") return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::optional<std::int64_t> as_integer(const StudyNode& node) {
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return *integer;
  constexpr double exact = 9007199254740992.0;  // 2^53
  const auto* number = std::get_if<double>(&node.value);
  if (number == nullptr || std::floor(*number) != *number || std::abs(*number) > exact) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

/// Turns nodes into values of one key, or says what is wrong with them.
template <class Section>
struct Reader {
  const Key<Section>& key;
  const Place& place;

  [[noreturn]] void fail(const StudyNode& node, const std::string& problem,
                         const std::string& remedy) const {
    fail_input(place.of(std::string(key.name), node) + " = " + shown_value(node) + " " + problem,
               std::string(key.name) + ": " + std::string(key.help), remedy);
  }

  void check_range(const StudyNode& node, double value) const {
    if (!key.range.contains(value)) {
      fail(node, "is out of range", "Choose from: " + key.range.text());
    }
  }

  void read(const StudyNode& node, bool& value) const {
    const auto* found = std::get_if<bool>(&node.value);
    if (found == nullptr) fail_type<bool>(node);
    value = *found;
  }

  template <class Integer>
  requires std::is_integral_v<Integer>
  void read(const StudyNode& node, Integer& value) const {
    const auto found = as_integer(node);
    if (!found) fail_type<Integer>(node);
    check_range(node, static_cast<double>(*found));
    value = static_cast<Integer>(*found);
  }

  void read(const StudyNode& node, double& value) const {
    const auto found = as_number(node);
    if (!found) fail_type<double>(node);
    check_range(node, *found);
    value = *found;
  }

  void read(const StudyNode& node, std::string& value) const {
    const auto* found = std::get_if<std::string>(&node.value);
    if (found == nullptr) fail_type<std::string>(node);
    std::vector<std::string> choices;
    for (const Choice& choice : key.choices) choices.emplace_back(choice.value);
    if (!choices.empty() && std::ranges::find(choices, *found) == choices.end()) {
      fail(node, "is none of " + joined(choices), suggestion(*found, choices));
    }
    value = *found;
    if (key.is_path && !value.empty()) {
      const std::filesystem::path folder = node.from_override ? "" : place.folder;
      value = std::filesystem::absolute(folder / value).lexically_normal().string();
    }
  }

  template <class T>
  void read(const StudyNode& node, std::vector<T>& values) const {
    const auto* array = std::get_if<StudyArray>(&node.value);
    values.clear();
    if (array == nullptr) {
      read(node, values.emplace_back());
    } else {
      for (const StudyNode& element : *array) read(element, values.emplace_back());
    }
  }

  template <class T>
  [[noreturn]] void fail_type(const StudyNode& node) const {
    fail(node, "has the wrong type", "Write " + type_name<T>());
  }
};

std::string text_of(bool value) {
  return value ? "true" : "false";
}
std::string text_of(double value) {
  return number_text(value);
}
std::string text_of(const std::string& value) {
  return toml_string(value);
}
template <class Integer>
requires std::is_integral_v<Integer> std::string text_of(Integer value) {
  return std::to_string(value);
}
template <class T>
std::string text_of(const std::vector<T>& values) {
  std::vector<std::string> words;
  words.reserve(values.size());
  for (const T& value : values) words.push_back(text_of(value));
  return bracketed(words);
}

}  // namespace

std::string Place::of(const std::string& key, const StudyNode& node) const {
  return source + ", " + node.where + ": " + (table.empty() ? key : table + "." + key);
}

template <class Section>
void assign(const Key<Section>& key, Section& section, const StudyNode& node, const Place& place) {
  const Reader<Section> reader{key, place};
  std::visit([&](auto field) { reader.read(node, section.*field); }, key.field);
}

template <class Section>
std::string value_text(const Key<Section>& key, const Section& section) {
  return std::visit([&](auto field) { return text_of(section.*field); }, key.field);
}

template <class Section>
std::string help_text(const Key<Section>& key) {
  return std::visit(
      [&](auto field) {
        using T = std::remove_cvref_t<decltype(std::declval<Section&>().*field)>;
        std::string text(key.help);
        if constexpr (std::is_same_v<T, bool>) {
          text += " (true or false)";
        } else if constexpr (std::is_same_v<T, std::string>) {
          std::vector<std::string> choices;
          for (const Choice& choice : key.choices) choices.emplace_back(choice.value);
          if (!choices.empty()) text += " (" + joined(choices, " | ") + ")";
        } else if constexpr (!std::is_same_v<T, std::vector<std::string>>) {
          text += " (" + std::string(is_list<T> ? "each " : "") + key.range.text() + ")";
        }
        return text;
      },
      key.field);
}

// NOLINTBEGIN(bugprone-macro-parentheses): S is a type
#define HTDM_SECTION(S)                                                    \
  template void assign(const Key<S>&, S&, const StudyNode&, const Place&); \
  template std::string value_text(const Key<S>&, const S&);                \
  template std::string help_text(const Key<S>&);
// NOLINTEND(bugprone-macro-parentheses)
HTDM_SECTION(StudySection)
HTDM_SECTION(DataSection)
HTDM_SECTION(ModelSection)
HTDM_SECTION(SamplerSection)
HTDM_SECTION(StatisticsSection)
HTDM_SECTION(StoreSection)
HTDM_SECTION(RareSection)
#undef HTDM_SECTION

}  // namespace htdm
