/// The one table of study keys: it drives parsing, checks, the resolved text and the reference.
#pragma once

#include "io/study.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace htdm {

/// The number in a section that a key sets; its type is the type of the key.
template <class Section>
using Field =
    std::variant<bool Section::*, int Section::*, std::int64_t Section::*, std::uint64_t Section::*,
                 double Section::*, std::string Section::*, std::vector<std::int64_t> Section::*,
                 std::vector<double> Section::*, std::vector<std::string> Section::*>;

/// Allowed values of a number, or of each number of a list.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = true;
  bool high_open = true;

  /// False for NaN.
  bool contains(double value) const;
  /// "> 0", "1 to 4096", "> 2, or inf".
  std::string text() const;
};

struct Choice {
  std::string_view value;
  std::string_view help;  ///< may be empty
};

template <class Section>
struct Key {
  std::string_view name;
  Field<Section> field;
  std::string_view help;  ///< one line, without a stop
  Range range{};
  std::vector<Choice> choices{};  ///< for texts; empty where any text will do
  /// Whether the key means anything in this section; elsewhere it is neither kept nor written.
  bool (*applies)(const Section&) = nullptr;
  bool is_path = false;
};

/// The keys of a section in canonical order; the default of each is Section{}.*field.
template <class Section>
const std::vector<Key<Section>>& study_keys();

template <>
const std::vector<Key<StudySection>>& study_keys();
template <>
const std::vector<Key<DataSection>>& study_keys();
template <>
const std::vector<Key<ModelSection>>& study_keys();
template <>
const std::vector<Key<SamplerSection>>& study_keys();
template <>
const std::vector<Key<StatisticsSection>>& study_keys();
template <>
const std::vector<Key<StoreSection>>& study_keys();
template <>
const std::vector<Key<RareSection>>& study_keys();

/// The models and samplers of a study that names none, as TOML.
extern const std::string_view default_models;
extern const std::string_view default_samplers;

}  // namespace htdm
