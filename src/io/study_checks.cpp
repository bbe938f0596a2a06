#include "core/error.hpp"
#include "io/study_rules.hpp"
#include "io/text.hpp"

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

/// Names become folders, files and groups of files.
void check_name(const std::string& name, const std::string& what, const std::string& extra) {
  const auto allowed = [&](char c) {
    return name_character(c) || extra.find(c) != std::string::npos;
  };
  check_input(!name.empty() && name.size() <= 100 && name.front() != '.' &&
                  std::ranges::all_of(name, allowed),
              what + " " + toml_string(name) + " cannot be a name", "It becomes part of file names",
              "Use up to 100 letters, digits, _ and -" +
                  std::string(extra.empty() ? "" : " and .") + ", not starting with .");
}

void check_data(const DataSection& data, const std::string& source) {
  check_input(data.kind != "file" || !data.path.empty(), source + ": data.path is missing",
              "data.kind = \"file\" reads your own samples", "Name a CSV, .npy or HDF5 file");
  const std::size_t k = data.weights.size();
  const auto d = static_cast<std::size_t>(data.dimension);
  check_input(data.kind != "gaussian_mixture" ||
                  (k >= 1 && data.means.size() == k * d && data.deviations.size() == k),
              source + ": data.weights, data.means and data.deviations hold " + std::to_string(k) +
                  ", " + std::to_string(data.means.size()) + " and " +
                  std::to_string(data.deviations.size()) + " numbers",
              "K parts in d = " + std::to_string(d) +
                  " dimensions have K weights, K d means (vector after vector) and K deviations",
              "Make the lists fit, or change data.dimension");
}

void check_training(const DataSection& data, const ModelSection& model, const std::string& key) {
  check_input(model.batch <= data.trained_samples(),
              key + "batch = " + std::to_string(model.batch) +
                  " exceeds data.train_samples = " + std::to_string(data.train_samples) +
                  (data.validation_fraction > 0 ? " less data.validation_fraction" : ""),
              "A minibatch is drawn without repetition", "Lower batch or raise train_samples");
  check_input(model.shards <= model.batch,
              key + "shards = " + std::to_string(model.shards) +
                  " exceeds batch = " + std::to_string(model.batch),
              "Every piece of a minibatch needs a sample", "Lower shards or raise batch");
  check_input(!model.hidden.empty(), key + "hidden is empty", "A network needs a hidden layer",
              "Write for example hidden = [128, 128]");
}

void check_model_section(const Study& study, const ModelSection& model, const std::string& source) {
  check_name(model.name, source + ": models.", "");
  const std::string key = source + ": models." + model.name + ".";
  if (model.kind == "network") {
    check_input(model.nu > 2 || (!model.file.empty() && !model.nu_given),
                key + "nu = " + number_text(model.nu) + " is not above 2",
                "The noise then has no finite variance to precondition the network with",
                "Choose nu > 2; inf is Gaussian noise");
    if (model.file.empty()) check_training(study.data, model, key);
  }
  check_input(model.kind != "exact" || study.data.kind == "file" || study.data.transform == "none",
              key + "kind = \"exact\" with data.transform = " + toml_string(study.data.transform),
              "The posterior of " + study.data.kind + " data is known in the data's own scale only",
              "Set data.transform = \"none\", train a network, or set kind = \"empirical\", which "
              "takes the transformed training sample");
}

/// What no table can hold to 1e-6 at small noise, or would be no faster for.
void check_table(const Study& study, const SamplerSection& sampler, const ModelSection& model,
                 const std::string& key) {
  if (sampler.denoiser != "table") return;
  const std::string& data = study.data.kind;
  const auto refuse = [&](bool refused, const std::string& with, const std::string& why,
                          const std::string& remedy) {
    check_input(!refused, key + "denoiser = \"table\" with " + with, why, remedy);
  };
  refuse(study.data.dimension != 1 && !is_radial(study.data, model),
         "data.dimension = " + std::to_string(study.data.dimension),
         "A table holds a function of one number: of |x - centre| for exact models of student_t "
         "and gaussian data, of x in one dimension",
         "Use \"network\" or \"auto\"");
  refuse(sampler.coefficient == "ode_law", "coefficient = \"ode_law\"",
         "The coefficient has corners where its noise sets in, which cubics cannot follow",
         "Use \"auto\" or \"network\"");
  refuse(model.kind == "empirical" || (model.kind == "exact" && data == "file"),
         "a model of the training sample",
         "Its posterior turns at every point of the sample, which cubics cannot follow",
         "Use \"auto\" or \"network\", which sum over the points, or train a network");
  refuse(model.kind == "exact" && data == "two_point" &&
             (std::isinf(model.nu) || sampler.kind == "t_sde_exact"),
         "data.kind = \"two_point\"",
         "Between the points the posterior of Gaussian noise and the second moment of any turn too "
         "fast at small noise",
         "Use \"auto\" or \"network\": the closed form is as fast");
}

void check_sampler_section(const Study& study, const SamplerSection& sampler,
                           const std::string& source) {
  check_name(sampler.name, source + ": samplers.", "");
  const std::string key = source + ": samplers." + sampler.name + ".";
  std::vector<std::string> models;
  for (const ModelSection& other : study.models) models.push_back(other.name);
  const auto model = std::ranges::find(study.models, sampler.model, &ModelSection::name);
  check_input(model != study.models.end(),
              key + "model = " + toml_string(sampler.model) + " is not in the study",
              "A sampler needs a [models] table to draw from", suggestion(sampler.model, models));
  check_input(sampler.sigma_min < sampler.sigma_max,
              key + "sigma_min = " + number_text(sampler.sigma_min) +
                  " is not below sigma_max = " + number_text(sampler.sigma_max),
              "Noise levels decrease from sigma_max to sigma_min",
              "Choose sigma_min < sigma_max; the defaults are 0.002 and 80");
  check_input(sampler.beta_min <= sampler.beta_max,
              key + "beta_min = " + number_text(sampler.beta_min) +
                  " is above beta_max = " + number_text(sampler.beta_max),
              "The rate of the noise grows with time",
              "Choose beta_min <= beta_max; the defaults are 0.1 and 20");
  check_table(study, sampler, *model, key);
  check_input(sampler.increment_nu == 0 || sampler.increment_nu > 2,
              key + "increment_nu = " + number_text(sampler.increment_nu) + " is not above 2",
              "Student-t increments then have no variance to match", "Choose increment_nu > 2");
  check_input(sampler.convention == "ito" || sampler.scheme == "euler",
              key + "convention = " + toml_string(sampler.convention) +
                  " with scheme = " + toml_string(sampler.scheme),
              "The coefficient is read at the end of Euler steps only", "Set scheme = \"euler\"");
  check_input(
      sampler.coefficient != "ode_law" ||
          (study.data.dimension == 1 && sampler.scheme == "euler" && sampler.process == "ve"),
      key + "coefficient = \"ode_law\" with scheme = " + toml_string(sampler.scheme) +
          ", process = " + toml_string(sampler.process) +
          ", data.dimension = " + std::to_string(study.data.dimension),
      "The law of t_ode is known in one dimension, and the coefficient from it is that of "
      "Euler steps of the variance-exploding process",
      "Set scheme = \"euler\", or coefficient = \"posterior\"");
  const bool from_file = model->kind == "network" && !model->file.empty();
  check_input(sampler.kind != "t_sde_exact" || model->kind != "network" || from_file ||
                  std::isfinite(model->nu),
              key + "model = " + toml_string(sampler.model) + " is trained under Gaussian noise",
              "The coefficient of t_sde_exact is then 1, and there is nothing to learn",
              "Use ve_sde, or a model of student_t noise");
  for (const double nu : sampler.nu) {
    check_input(sampler.kind != "t_sde_exact" || model->kind == "point_mass" || from_file ||
                    nu == model->nu,
                key + "nu = " + number_text(nu) + " is not the model's " + number_text(model->nu),
                "The coefficient keeps the marginals of the noise that the model is made for",
                "Remove the key");
  }
  // The coefficient of the self-regulating samplers divides by nu + d - 2; the ablated one is their
  // counterpart at the same nu.
  if (!sampler.kind.starts_with("t_sde")) return;
  for (double nu : sampler.nu) {
    check_input(nu + study.data.dimension > 2,
                key + "nu = " + number_text(nu) +
                    ": nu + d = " + number_text(nu + study.data.dimension) + " is not above 2",
                "The variance of the sampler's noise divides by nu + d - 2",
                "Choose nu > " + std::to_string(std::max(0, 2 - study.data.dimension)));
  }
}

}  // namespace

bool is_radial(const DataSection& data, const ModelSection& model) {
  return model.kind == "exact" && (data.kind == "student_t" || data.kind == "gaussian");
}

void check_sections(const Study& study, const std::string& source) {
  check_name(study.study.name, source + ": study.name", ".");
  check_data(study.data, source);
  constexpr double most = 9e18;
  const StatisticsSection& s = study.statistics;
  check_input(
      s.event != "linear" || (s.weights.size() == static_cast<std::size_t>(study.data.dimension) &&
                              std::ranges::any_of(s.weights, [](double w) { return w != 0; })),
      source + ": statistics.weights holds " + std::to_string(s.weights.size()) + " numbers for " +
          std::to_string(study.data.dimension) + " dimension(s)",
      "The event is a weighted sum of all components", "Give one weight per component, not all 0");
  const std::size_t targets = study.rare.target_relative_error.size();
  const std::size_t levels =
      s.thresholds.empty() ? s.exceedance_levels.size() : s.thresholds.size();
  check_input(targets <= 1 || targets == levels,
              source + ": rare.target_relative_error holds " + std::to_string(targets) +
                  " numbers for " + std::to_string(levels) + " levels",
              "Every level has one, or all share one", "Write one number, or one per level");
  check_input(static_cast<double>(s.batches) * static_cast<double>(s.batch_size) < most,
              source + ": statistics.batches times statistics.batch_size is too large",
              "Paths are numbered with 63 bits", "Lower one of them");
}

void check_models(const Study& study, const std::string& source) {
  for (const ModelSection& model : study.models) check_model_section(study, model, source);
}

void check_samplers(const Study& study, const std::string& source) {
  for (const SamplerSection& sampler : study.samplers) {
    check_sampler_section(study, sampler, source);
  }
}

}  // namespace htdm
