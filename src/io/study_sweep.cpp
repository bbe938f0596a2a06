#include "io/study_sweep.hpp"

#include "core/error.hpp"
#include "io/study_keys.hpp"
#include "io/study_reader.hpp"
#include "io/study_rules.hpp"
#include "io/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace htdm {
namespace {

constexpr std::size_t most_points = 10'000;

std::string axis_name(const std::string& source, const StudyNode& node, const std::string& key) {
  return source + ", " + node.where + ": sweep." + toml_string(key);
}

/// `value` of `key` as the study will have it: its type and range are checked by the key.
std::string canonical_value(const std::string& key, const StudyNode& value,
                            const std::string& source, const std::string& folder) {
  StudyTable only;
  reach(only, split_key(key), source + ", " + value.where) = value;
  const std::string text = given_text(only, source, folder);
  const std::size_t equals = text.find(" = ");
  check_input(equals != std::string::npos, axis_name(source, value, key) + " is a table",
              "An axis is one key", "Name a key of it, for example \"data.nu\"");
  return text.substr(equals + 3, text.size() - equals - 4);
}

/// What an axis may name: a key that a point of its own can have.
void check_axis_key(const StudyTable& tree, const std::string& key, const StudyNode& node,
                    const std::string& source) {
  const std::string name = axis_name(source, node, key);
  check_input(key != "study.name", name + " is an axis",
              "All points of a sweep are parts of one study", "Sweep another key");
  const std::vector<std::string> keys = split_key(key);
  check_input(keys.front() != "sweep", name + " is an axis", "A sweep has no sweep in it",
              "Sweep a key of another table");
  const StudyNode* given = find(tree, keys.front());
  for (std::size_t i = 1; given != nullptr && given->table() != nullptr && i < keys.size(); ++i) {
    const StudyTable& table = *given->table();
    given = find(table, keys[i]);
    if (given != nullptr || i + 1 == keys.size()) continue;
    std::vector<std::string> known;
    for (const StudyEntry& entry : table) known.push_back(entry.key);
    fail_input(name + ": the study has no [" + keys[i - 1] + "." + keys[i] + "]",
               "A model or sampler that is swept must be there", suggestion(keys[i], known));
  }
  if (given == nullptr || !given->from_override || node.from_override) return;
  fail_input(name + " is an axis, and " + given->where + " sets the same key",
             "Every point has its own value",
             "Give the axis as --set 'sweep." + toml_string(key) +
                 "=[...]', or leave the sweep out by --set 'sweep={}'");
}

SweepAxis read_axis(const StudyTable& tree, const std::string& key, const StudyNode& node,
                    const std::string& source, const std::string& folder) {
  check_axis_key(tree, key, node, source);
  const auto* list = std::get_if<StudyArray>(&node.value);
  const std::string shown = axis_name(source, node, key) + " = " + shown_value(node);
  check_input(list != nullptr, shown + " is not a list", "An axis is the list of a key's values",
              "Write " + toml_string(key) + " = [A, B]");
  check_input(!list->empty(), shown + " is empty", "An axis without values makes no points",
              "Give it values, or remove it");
  SweepAxis axis{key, {}};
  for (const StudyNode& value : *list) {
    axis.values.push_back(canonical_value(key, value, source, folder));
  }
  return axis;
}

/// Nodes of the axes by key: `data.nu = [...]` and `"data.nu" = [...]` are the same; the later is
/// kept, which may only be an override.
void collect_axes(const StudyTable& table, const std::string& prefix, const std::string& source,
                  std::vector<std::pair<std::string, const StudyNode*>>& axes) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + name;
    if (key == "mode") continue;
    if (node.table() != nullptr) {
      collect_axes(*node.table(), key + ".", source, axes);
      continue;
    }
    const auto known =
        std::ranges::find(axes, key, &std::pair<std::string, const StudyNode*>::first);
    check_input(known == axes.end() || node.from_override,
                axis_name(source, node, key) + " is there twice", "An axis has one list of values",
                "Remove one of them");
    if (known == axes.end()) {
      axes.emplace_back(key, &node);
    } else {
      known->second = &node;
    }
  }
}

std::string read_mode(const StudyTable& table, const std::string& source) {
  const StudyNode* node = find(table, "mode");
  if (node == nullptr) return Sweep{}.mode;
  std::vector<std::string> known;
  for (const SweepMode& mode : sweep_modes()) known.emplace_back(mode.name);
  const auto* text = std::get_if<std::string>(&node->value);
  check_input(text != nullptr && std::ranges::find(known, *text) != known.end(),
              source + ", " + node->where + ": sweep.mode = " + shown_value(*node) +
                  " is none of " + joined(known),
              "It says how the axes make points", suggestion(text != nullptr ? *text : "", known));
  return *text;
}

void check_points(const Sweep& sweep, const std::string& source) {
  const SweepAxis& first = sweep.axes.front();
  double points = 1;  // a product that may not fit a whole number
  for (const SweepAxis& axis : sweep.axes) {
    points *= static_cast<double>(axis.values.size());
    check_input(sweep.mode != "zipped" || axis.values.size() == first.values.size(),
                source + ": sweep: " + first.key + " has " + std::to_string(first.values.size()) +
                    " values, " + axis.key + " has " + std::to_string(axis.values.size()),
                "Zipped axes go together, value by value",
                "Make them equally long, or set mode = \"crossed\"");
  }
  if (sweep.mode == "zipped") points = static_cast<double>(first.values.size());
  check_input(points <= static_cast<double>(most_points),
              source + ": sweep has " + number_text(points) + " points",
              "Results of all points stand in one file, of at most " + std::to_string(most_points),
              "Take fewer values, or cut the sweep into several studies");
  std::set<std::string> seen;
  for (std::size_t p = 0; p < sweep.size(); ++p) {
    check_input(seen.insert(sweep.text(p)).second,
                source + ": sweep: the point " + sweep.text(p) + " is there twice",
                "The same draws would be made again, with the same results",
                "Name every value once");
  }
}

/// The study of one point: the tree with its values, read and completed.
Study study_at(StudyTable tree, const Sweep& sweep, std::size_t point, const std::string& source,
               const std::string& folder) {
  try {
    const std::vector<std::string> values = sweep.values(point);
    for (std::size_t a = 0; a < values.size(); ++a) {
      const StudyTable value = parse_toml("value = " + values[a], source);
      reach(tree, split_key(sweep.axes[a].key), source) = value.front().node;
    }
    Study study = read_tree(tree, source, folder);
    complete_study(study, source);
    return study;
  } catch (const InputError& error) {
    throw InputError("At point " + point_name(point) + " of the sweep (" + sweep.text(point) +
                     "): " + error.what());
  }
}

std::string mode_names(std::string_view separator) {
  std::vector<std::string> names;
  for (const SweepMode& mode : sweep_modes()) names.emplace_back(mode.name);
  return joined(names, separator);
}

}  // namespace

const std::vector<SweepMode>& sweep_modes() {
  static const std::vector<SweepMode> modes{
      {"crossed", "every combination of values; those of the last axis change fastest"},
      {"zipped", "the first values together, then the second, ...; lists are equally long"}};
  return modes;
}

bool is_path_key(const std::string& key) {
  const auto among = [&](const auto& keys) {
    return std::ranges::any_of(
        keys, [&](const auto& k) { return k.is_path && key.ends_with("." + std::string(k.name)); });
  };
  return key.starts_with("models.") ? among(study_keys<ModelSection>())
                                    : key.starts_with("data.") && among(study_keys<DataSection>());
}

Sweep take_sweep(StudyTable& tree, const std::string& source, const std::string& folder) {
  const StudyNode* node = find(std::as_const(tree), "sweep");
  if (node == nullptr) return {};
  const StudyNode taken = *node;
  std::erase_if(tree, [](const StudyEntry& entry) { return entry.key == "sweep"; });
  check_input(taken.table() != nullptr, source + ", " + taken.where + ": sweep is not a table",
              "Its axes stand under a header", "Write [sweep]");
  Sweep sweep{read_mode(*taken.table(), source), {}};
  std::vector<std::pair<std::string, const StudyNode*>> axes;
  collect_axes(*taken.table(), "", source, axes);
  for (const auto& [key, list] : axes) {
    sweep.axes.push_back(read_axis(tree, key, *list, source, folder));
  }
  check_input(!sweep.empty() || taken.table()->empty(), source + ": sweep has a mode and no axis",
              "There is nothing to go through", "Add for example \"data.nu\" = [2.5, 3.0]");
  if (!sweep.empty()) check_points(sweep, source);
  return sweep;
}

Study swept_study(StudyTable tree, const Sweep& sweep, const std::string& source,
                  const std::string& folder) {
  Study study = study_at(tree, sweep, 0, source, folder);
  reach(tree, {"study", "name"}, source) = {study.study.name, source};
  study.sweep = sweep;
  study.given = given_text(tree, source, folder);
  for (std::size_t p = 1; p < sweep.size(); ++p) study_at(tree, sweep, p, source, folder);
  return study;
}

std::vector<Study> sweep_points(const Study& study) {
  const StudyTable tree = parse_toml(study.given, "the study");
  std::vector<Study> points;
  for (std::size_t p = 0; p < study.sweep.size(); ++p) {
    points.push_back(study_at(tree, study.sweep, p, study.study.name, "/"));
  }
  return points;
}

std::string swept_text(const Study& study, bool with_paths) {
  StudyTable tree = parse_toml(study.given, "the study");
  StudyTable unmeasured;  // what no result depends on
  std::erase_if(tree, [&](const StudyEntry& entry) {
    if (entry.key != "store" && entry.key != "rare") return false;
    unmeasured.push_back(entry);
    return true;
  });
  std::string text = given_text(tree, "the study", "/", with_paths);
  add_header(text, "sweep");
  text += "mode = " + toml_string(study.sweep.mode) + "\n";
  for (const SweepAxis& axis : study.sweep.axes) {
    std::vector<std::string> values = axis.values;
    if (!with_paths && is_path_key(axis.key)) std::ranges::fill(values, "\"\"");
    text += toml_string(axis.key) + " = " + bracketed(values) + "\n";
  }
  if (with_paths && !unmeasured.empty()) text += "\n" + given_text(unmeasured, "the study", "/");
  return text;
}

std::string sweep_help() {
  std::string text =
      "\n# [sweep] runs the study once for each of its points, with one results file for all. An\n"
      "# axis is any key but study.name, quoted, with the list of its values.\n"
      "# [sweep]\n"
      "# mode = \"crossed\"                 # how the axes make points (" +
      mode_names(" | ") + ")\n";
  for (const SweepMode& mode : sweep_modes()) {
    text += "#   " + std::string(mode.name) + ": " + std::string(mode.help) + "\n";
  }
  return text +
         "# \"data.nu\" = [2.5, 3.0, 5.0]\n"
         "# \"models.t_edm.hidden\" = [[64, 64], [128, 128]]\n";
}

}  // namespace htdm
