#include "io/study_reader.hpp"

#include "core/error.hpp"
#include "io/study_keys.hpp"
#include "io/study_values.hpp"
#include "io/text.hpp"

#include <algorithm>

namespace htdm {
namespace {

const std::vector<std::string> top_tables{"study",      "data", "models", "samplers",
                                          "statistics", "rare", "store",  "sweep"};

const StudyTable& as_table(const StudyNode& node, const std::string& name, const Place& place) {
  check_input(node.table() != nullptr, place.of(name, node) + " is not a table",
              "Its keys stand under a header", "Write [" + name + "]");
  return *node.table();
}

template <class Section>
void read_section(const StudyTable& table, const Place& place, Section& section) {
  for (const auto& [name, node] : table) {
    const Key<Section>* found = nullptr;
    std::vector<std::string> known;
    for (const Key<Section>& key : study_keys<Section>()) {
      if (key.name == name) found = &key;
      known.emplace_back(key.name);
    }
    check_input(found != nullptr, place.of(name, node) + " is not a key",
                "A key that is not known would be ignored silently", suggestion(name, known));
    assign(*found, section, node, place);
  }
}

void note_given(const StudyTable& table, ModelSection& model) {
  model.noise_given = find(table, "noise") != nullptr;
  model.nu_given = find(table, "nu") != nullptr;
}
void note_given(const StudyTable&, SamplerSection&) {}

/// One section per table of [models] or [samplers].
template <class Section>
void read_named(const StudyTable& tables, const Place& parent, std::vector<Section>& sections) {
  for (const auto& [name, node] : tables) {
    const Place place{parent.source, parent.table + "." + name, parent.folder};
    check_input(node.table() != nullptr,
                parent.of(name, node) + " = " + shown_value(node) + " is not a table",
                "Every entry of [" + parent.table + "] is a table with a name of its own",
                "Write its keys under [" + parent.table + ".NAME]");
    Section section;
    section.name = name;
    read_section(*node.table(), place, section);
    note_given(*node.table(), section);
    sections.push_back(std::move(section));
  }
}

/// The lines of the keys of `given`, which stands at `place`.
template <class Section>
void add_given(std::string& text, const StudyTable& given, const Place& place, bool with_paths) {
  Section section;
  read_section(given, place, section);
  add_header(text, place.table);
  for (const Key<Section>& key : study_keys<Section>()) {
    if (find(given, std::string(key.name)) == nullptr || (key.is_path && !with_paths)) continue;
    text += std::string(key.name) + " = " + value_text(key, section) + "\n";
  }
}

template <class Section>
void add_given_tables(std::string& text, const StudyTable& tables, const Place& parent,
                      bool with_paths) {
  for (const auto& [name, node] : tables) {
    const Place place{parent.source, parent.table + "." + name, parent.folder};
    add_given<Section>(text, *node.table(), place, with_paths);
  }
}

}  // namespace

Study read_tree(const StudyTable& tree, const std::string& source, const std::string& folder) {
  Study study;
  const Place top{source, "", folder};
  for (const auto& [name, node] : tree) {
    check_input(std::ranges::find(top_tables, name) != top_tables.end(),
                top.of(name, node) + " is not a table of a study",
                "A table that is not known would be ignored silently",
                suggestion(name, top_tables));
    const StudyTable& table = as_table(node, name, top);
    const Place place{source, name, folder};
    if (name == "study") read_section(table, place, study.study);
    if (name == "data") read_section(table, place, study.data);
    if (name == "statistics") read_section(table, place, study.statistics);
    if (name == "store") read_section(table, place, study.store);
    if (name == "rare") read_section(table, place, study.rare);
    if (name == "models") read_named(table, place, study.models);
    if (name == "samplers") read_named(table, place, study.samplers);
  }
  return study;
}

std::string given_text(const StudyTable& tree, const std::string& source, const std::string& folder,
                       bool with_paths) {
  read_tree(tree, source, folder);  // everything that can be wrong
  std::string text;
  for (const std::string& name : top_tables) {
    const StudyNode* node = find(tree, name);
    if (node == nullptr) continue;
    const StudyTable& table = *node->table();
    const Place place{source, name, folder};
    if (name == "study") add_given<StudySection>(text, table, place, with_paths);
    if (name == "data") add_given<DataSection>(text, table, place, with_paths);
    if (name == "models") add_given_tables<ModelSection>(text, table, place, with_paths);
    if (name == "samplers") add_given_tables<SamplerSection>(text, table, place, with_paths);
    if (name == "statistics") add_given<StatisticsSection>(text, table, place, with_paths);
    if (name == "store") add_given<StoreSection>(text, table, place, with_paths);
    if (name == "rare") add_given<RareSection>(text, table, place, with_paths);
  }
  return text;
}

void add_header(std::string& text, const std::string& table) {
  if (!text.empty()) text += '\n';
  text += "[" + table + "]\n";
}

}  // namespace htdm
