#include "io/study.hpp"

#include "core/error.hpp"
#include "io/study_keys.hpp"
#include "io/study_reader.hpp"
#include "io/study_rules.hpp"
#include "io/study_sweep.hpp"
#include "io/study_tree.hpp"
#include "io/study_values.hpp"
#include "io/text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace htdm {
namespace {

std::string read_text_file(const std::string& path) {
  struct stat status {};
  check_input(stat(path.c_str(), &status) == 0, path + " does not exist",
              "There is no study to read", "Check the name and the folder");
  check_input(!S_ISDIR(status.st_mode), path + " is a folder", "A study file was expected",
              "Name a .toml file");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // Streaming an empty buffer would set the failure bit of the output.
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  check_input(!file.bad() && file.is_open() && !text.fail(), path + " cannot be read",
              "Its permissions or the disk forbid it", "Check with cat");
  return text.str();
}

/// A study that names no model (or no sampler) gets the default set; overrides come after, so
/// that they change the study that would run.
void add_default_sets(StudyTable& tree) {
  const auto add = [&](const std::string& name, std::string_view defaults) {
    const StudyNode* node = find(tree, name);
    if (node != nullptr && (node->table() == nullptr || !node->table()->empty())) return;
    std::erase_if(tree, [&](const StudyEntry& entry) { return entry.key == name; });
    StudyTable set = parse_toml(std::string(defaults), "the default " + name);
    tree.push_back(std::move(set.front()));
  };
  add("models", default_models);
  add("samplers", default_samplers);
}

template <class Section>
void write_section(std::string& text, const std::string& table, const Section& section,
                   bool with_paths) {
  add_header(text, table);
  for (const Key<Section>& key : study_keys<Section>()) {
    if ((key.applies != nullptr && !key.applies(section)) || (key.is_path && !with_paths)) continue;
    text += std::string(key.name) + " = " + value_text(key, section) + "\n";
  }
}

/// The keys of one section with their help, and the values they have in `section`.
template <class Section>
void describe_section(std::string& text, const std::string& table, const Section& section) {
  text += "\n[" + table + "]\n";
  for (const Key<Section>& key : study_keys<Section>()) {
    std::string line = std::string(key.name) + " = " + value_text(key, section);
    line.resize(std::max<std::size_t>(line.size(), 34), ' ');
    text += line + "  # " + help_text(key) + "\n";
    for (const Choice& choice : key.choices) {
      if (choice.help.empty()) continue;
      text += "#   " + std::string(choice.value) + ": " + std::string(choice.help) + "\n";
    }
  }
}

/// The first section with help, the others with values only.
template <class Section>
void describe_named(std::string& text, const std::string& parent,
                    const std::vector<Section>& sections) {
  for (const Section& section : sections) {
    const std::string table = parent + "." + section.name;
    if (&section == &sections.front()) {
      describe_section(text, table, section);
    } else {
      write_section(text, table, section, true);
    }
  }
}

}  // namespace

Study parse_study(const std::string& text, const std::string& source, const std::string& folder,
                  const std::vector<std::string>& overrides) {
  StudyTable tree = parse_toml(text, source);
  add_default_sets(tree);
  for (const std::string& assignment : overrides) apply_override(tree, assignment, source);
  const Sweep sweep = take_sweep(tree, source, folder);
  if (!sweep.empty()) return swept_study(std::move(tree), sweep, source, folder);
  Study study = read_tree(tree, source, folder);
  complete_study(study, source);
  return study;
}

Study read_study(const std::string& path, const std::vector<std::string>& overrides) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  return parse_study(read_text_file(path), path, folder, overrides);
}

std::string write_study(const Study& study, bool with_paths) {
  if (!study.sweep.empty()) return swept_text(study, with_paths);
  std::string text;
  write_section(text, "study", study.study, with_paths);
  write_section(text, "data", study.data, with_paths);
  for (const ModelSection& model : study.models) {
    write_section(text, "models." + model.name, model, with_paths);
  }
  for (const SamplerSection& sampler : study.samplers) {
    write_section(text, "samplers." + sampler.name, sampler, with_paths);
  }
  write_section(text, "statistics", study.statistics, with_paths);
  // The identity of a run is what comes from [store] on (app/output_folder.cpp).
  if (with_paths && study.rare != RareSection{}) write_section(text, "rare", study.rare, true);
  if (with_paths && study.store.stores()) write_section(text, "store", study.store, true);
  return text;
}

std::string reference_study() {
  const Study study = parse_study("", "paper.toml", "");
  std::string text =
      "# Every key of a study with its default, which is the paper's value.\n"
      "# A study writes only what differs. One that names any [models] or any [samplers] table\n"
      "# replaces the default set of that kind. Relative paths start from the study's folder.\n";
  describe_section(text, "study", study.study);
  describe_section(text, "data", study.data);
  text += "\n# One table per denoiser.";
  describe_named(text, "models", study.models);
  text += "\n# One table per sampler.";
  describe_named(text, "samplers", study.samplers);
  describe_section(text, "statistics", study.statistics);
  describe_section(text, "rare", study.rare);
  describe_section(text, "store", study.store);
  return text + sweep_help();
}

}  // namespace htdm
