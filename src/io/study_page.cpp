#include "io/study_page.hpp"

#include "io/study_keys.hpp"
#include "io/study_sweep.hpp"
#include "io/study_values.hpp"

#include <limits>
#include <variant>

namespace htdm {
namespace {

template <class Section>
std::string allowed_values(const Key<Section>& key) {
  std::string text;
  for (const Choice& choice : key.choices) {
    text += (text.empty() ? "`" : "<br>`") + std::string(choice.value) + "`";
    if (!choice.help.empty()) text += ": " + std::string(choice.help);
  }
  if (!text.empty()) return text;
  const bool words = std::visit(
      [](auto field) {
        using T = std::remove_cvref_t<decltype(std::declval<Section>().*field)>;
        return std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>>;
      },
      key.field);
  if (words) return key.is_path ? "a path" : "text";
  if (std::holds_alternative<bool Section::*>(key.field)) return "`true`, `false`";
  return key.range.text();
}

/// A vertical bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

template <class Section>
void add_table(std::string& page, const std::string& table, const std::string& what) {
  page += "\n## [" + table + "]\n" + what + "\n\n| key | default | values | meaning |\n";
  page += "|---|---|---|---|\n";
  const Section defaults;
  for (const Key<Section>& key : study_keys<Section>()) {
    page += "| `" + std::string(key.name) + "` | `" + value_text(key, defaults) + "` | " +
            cell(allowed_values(key)) + " | " + cell(std::string(key.help)) + " |\n";
  }
}

void add_sweep(std::string& page) {
  page +=
      "\n## [sweep]\nThe study is run once for each point of its sweep; one results file holds "
      "all of them.\n\n| key | default | values | meaning |\n|---|---|---|---|\n| `mode` | "
      "`\"crossed\"` | ";
  for (const SweepMode& mode : sweep_modes()) {
    if (&mode != &sweep_modes().front()) page += "<br>";
    page += "`" + std::string(mode.name) + "`: " + std::string(mode.help);
  }
  page +=
      " | how the axes make points |\n| `\"data.nu\"`, `\"models.t_edm.hidden\"`, ... | none | a "
      "list of values of this key, `[2.5, 3.0]` or `[[64, 64], [128, 128]]` | an axis: any key but "
      "`study.name`, quoted; at most 10000 points |\n";
}

}  // namespace

std::string study_page() {
  std::string page =
      "# Study keys\n"
      "A study is a TOML file. What it does not write has the default, which is the paper's value; "
      "an unknown key is an error. Relative paths start from the study's folder. `--set "
      "'samplers.t_sde.nu=[2.5,3.0]'` overrides a key for one run. This page is what `htdm "
      "defaults "
      "--markdown` prints; `htdm defaults` prints the same as a study.\n";
  add_table<StudySection>(page, "study", "What the run is called and its randomness.");
  add_table<DataSection>(page, "data", "The law or the file that is learned.");
  add_table<ModelSection>(page, "models.NAME",
                          "One table per denoiser; a study that names one replaces the paper's "
                          "two, `edm` and `t_edm`.");
  add_table<SamplerSection>(page, "samplers.NAME",
                            "One table per sampler; a study that names one replaces the paper's "
                            "four. Empty texts, lists and `levels = 0` stand for defaults that "
                            "depend on the kind.");
  add_table<StatisticsSection>(page, "statistics", "How much is sampled and what is measured.");
  add_table<RareSection>(page, "rare", "How `htdm rare` estimates probabilities of rare events.");
  add_table<StoreSection>(page, "store", "What is kept of the paths themselves, in `samples.h5`.");
  add_sweep(page);
  return page;
}

}  // namespace htdm
