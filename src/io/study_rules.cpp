#include "io/study_rules.hpp"

#include "core/error.hpp"
#include "io/study_keys.hpp"
#include "io/text.hpp"
#include "samplers/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

namespace htdm {
namespace {

template <class Section>
void reset_unused_keys(Section& section) {
  const Section defaults;
  for (const Key<Section>& key : study_keys<Section>()) {
    if (key.applies == nullptr || key.applies(section)) continue;
    std::visit([&](auto field) { section.*field = defaults.*field; }, key.field);
  }
}

/// "../My returns.toml" names a study My_returns.
std::string study_name(const std::string& source) {
  std::string name = std::filesystem::path(source).stem().string();
  std::ranges::replace_if(
      name, [](char c) { return !name_character(c) && c != '.'; }, '_');
  return name;
}

void resolve_model(ModelSection& model, const std::string& source) {
  if (model.kind != "network") {
    check_input(model.file.empty(), source + ": models." + model.name + ".file is set",
                "A model of kind " + model.kind + " has no weights",
                "Remove the key, or set kind = \"network\"");
  }
  if (!model.noise_given && !model.nu_given && model.name == "edm") model.noise = "gaussian";
  if (model.noise == "gaussian") {
    check_input(!model.nu_given || std::isinf(model.nu),
                source + ": models." + model.name + ".nu = " + number_text(model.nu) +
                    " contradicts noise = \"gaussian\"",
                "Gaussian noise has no degrees of freedom",
                "Remove nu, or set noise = \"student_t\"");
    model.nu = std::numeric_limits<double>::infinity();
  }
  // What was written matters only beside a file, which must agree.
  model.noise_given = model.noise_given && !model.file.empty();
  model.nu_given = model.nu_given && !model.file.empty();
  const ModelSection resolved = model;
  reset_unused_keys(model);
  model.noise = resolved.noise;
  model.nu = resolved.nu;
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const SamplerKind& kind : sampler_kinds()) names.emplace_back(kind.name);
  return names;
}

const ModelSection* find_model(const Study& study, const std::string& name) {
  const auto model = std::ranges::find(study.models, name, &ModelSection::name);
  return model == study.models.end() ? nullptr : &*model;
}

std::string default_model(const Study& study, bool gaussian, const std::string& source,
                          const std::string& key) {
  for (const ModelSection& model : study.models) {
    if (model.kind == "point_mass" || std::isinf(model.nu) == gaussian) return model.name;
  }
  fail_input(source + ": " + key + ".model is not written",
             std::string("No model of the study has ") +
                 (gaussian ? "Gaussian noise" : "student_t noise") + ", which it would default to",
             "Name a model, add one, or leave the sampler out");
}

void resolve_scheme(SamplerSection& sampler, const SamplerKind& kind, const std::string& source) {
  std::vector<std::string> known;
  for (const Scheme scheme : kind.schemes) known.emplace_back(scheme_name(scheme));
  if (sampler.scheme.empty()) sampler.scheme = known.front();
  check_input(std::ranges::find(known, sampler.scheme) != known.end(),
              source + ": samplers." + sampler.name + ".scheme = " + toml_string(sampler.scheme) +
                  " is none of " + sampler.kind,
              "Its steps are taken in ways of their own", suggestion(sampler.scheme, known));
  if (sampler.increments != "student_t") sampler.increment_nu = 0;
  check_input(sampler.kind != "t_sde_exact" || sampler.convention == "ito",
              source + ": samplers." + sampler.name + ".convention = " +
                  toml_string(sampler.convention) + " with kind = \"t_sde_exact\"",
              "Its coefficient keeps the marginals in the Ito reading only",
              "Remove the key, or set kind = \"t_sde\"");
}

void resolve_sampler(const Study& study, SamplerSection& sampler, const std::string& source) {
  const std::string key = "samplers." + sampler.name;
  if (sampler.kind.empty()) sampler.kind = sampler.name;
  const SamplerKind* kind = find_sampler_kind(sampler.kind);
  check_input(kind != nullptr, source + ": " + key + ".kind is not written",
              sampler.name + " is not the name of a sampler",
              "Set kind; " + suggestion(sampler.kind, kind_names()));
  if (sampler.model.empty()) {
    sampler.model = default_model(study, kind->gaussian_prior, source, key);
  }
  const ModelSection* model = find_model(study, sampler.model);
  if (sampler.levels == 0) sampler.levels = kind->default_levels;
  if (kind->gaussian_prior) {
    const auto infinite = [](double nu) { return std::isinf(nu); };
    check_input(std::ranges::all_of(sampler.nu, infinite), source + ": " + key + ".nu is set",
                "A " + sampler.kind + " sampler starts from a Gaussian and has no nu",
                "Remove the key");
  } else if (sampler.nu.empty() && kind->default_nu > 0) {
    sampler.nu = {kind->default_nu};
  } else if (sampler.nu.empty() && model != nullptr && (model->file.empty() || model->nu_given)) {
    sampler.nu = {model->nu};
  }
  resolve_scheme(sampler, *kind, source);
  reset_unused_keys(sampler);
}

}  // namespace

void complete_study(Study& study, const std::string& source) {
  if (study.study.name.empty()) study.study.name = study_name(source);
  reset_unused_keys(study.data);
  reset_unused_keys(study.statistics);
  reset_unused_keys(study.rare);
  check_sections(study, source);
  // Before the samplers, whose defaults depend on the models.
  for (ModelSection& model : study.models) resolve_model(model, source);
  check_models(study, source);
  for (SamplerSection& sampler : study.samplers) resolve_sampler(study, sampler, source);
  check_samplers(study, source);
}

}  // namespace htdm
