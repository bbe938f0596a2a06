#include "app/plan.hpp"

#include "app/exact_model.hpp"
#include "core/error.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/exact_empirical.hpp"
#include "denoiser/network.hpp"
#include "diffusion/schedule.hpp"
#include "io/model_file.hpp"
#include "samplers/ode_law.hpp"
#include "samplers/step_law.hpp"
#include "stats/quantiles.hpp"
#include "stats/sorting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

std::string key_of(const SamplerSection& sampler, const char* key) {
  return "samplers." + sampler.name + "." + key;
}

Process process_of(const SamplerSection& section) {
  return {.kind = section.process == "vp" ? Process::Kind::vp : Process::Kind::ve,
          .beta_min = section.beta_min,
          .beta_max = section.beta_max};
}

ModelPlan plan_model(const Study& study, const ModelSection& section,
                     std::shared_ptr<const Model> file) {
  ModelPlan plan;
  plan.section = section;
  plan.nu = section.noise == "gaussian" ? INFINITY : section.nu;
  plan.file = std::move(file);
  if (plan.file) {
    check_against_file(section, *plan.file);
    plan.nu = plan.file->nu;
    check_input(plan.file->dimension() == study.data.dimension,
                "models." + section.name + ".file \"" + section.file + "\" holds a model of " +
                    std::to_string(plan.file->dimension()) + " dimension(s)",
                "data.dimension is " + std::to_string(study.data.dimension),
                "Use a model trained for this dimension, or change data.dimension");
  }
  return plan;
}

std::vector<double> planned_levels(const SamplerSection& section, const SamplerKind& kind) {
  const int levels = section.levels > 0 ? section.levels : kind.default_levels;
  const Process process = process_of(section);
  if (process.kind == Process::Kind::vp && section.spacing == "time") {
    return even_time_levels(process, levels, section.sigma_max, section.sigma_min);
  }
  return noise_levels({levels, section.sigma_max, section.sigma_min, section.rho});
}

std::vector<EntryPlan> plan_sampler(const Plan& plan, const SamplerSection& section) {
  EntryPlan entry{section, find_sampler_kind(section.kind), 0, std::nullopt, {}, false, {}};
  entry.batches = {0, static_cast<std::size_t>(plan.study.statistics.batches)};
  const auto model = std::ranges::find_if(
      plan.models, [&](const ModelPlan& m) { return m.section.name == section.model; });
  check_input(model != plan.models.end(),
              key_of(section, "model") + " = \"" + section.model + "\" is not in the study", "",
              "Add a [models." + section.model + "] table or name one that is there");
  entry.model = static_cast<std::size_t>(model - plan.models.begin());
  entry.levels = planned_levels(section, *entry.kind);
  entry.table = section.denoiser == "table" || (section.denoiser == "auto" && !of_ode(entry) &&
                                                best_tabulated(plan.study.data, model->section));
  if (entry.kind->gaussian_prior) {
    check_input(section.nu.empty(), key_of(section, "nu") + " is set",
                "A " + section.kind + " sampler starts from a Gaussian and has no nu",
                "Remove the key");
    return {entry};
  }
  std::vector<double> nus = section.nu;
  if (nus.empty()) nus = {entry.kind->default_nu > 0 ? entry.kind->default_nu : model->nu};
  std::vector<EntryPlan> entries;
  for (double nu : nus) {
    entry.nu = nu;
    entries.push_back(entry);
  }
  return entries;
}

/// Tells a model that `entry` needs its spread, and refuses files without one.
void ask_for_spread(ModelPlan& model, const EntryPlan& entry) {
  if (model.section.kind != "network" || !needs_square(entry) || of_ode(entry)) return;
  model.spread = true;
  if (!model.file) return;
  const std::string file = "models." + model.section.name + ".file \"" + model.section.file + "\"";
  check_input(!model.file->spread.empty(),
              key_of(entry.section, "model") + ": " + file + " holds no spread network",
              "The coefficient of t_sde_exact is made of E[|x - x0|^2/sigma^2 | x], which that "
              "network knows beside the posterior mean",
              "Train the model in a study that samples it by t_sde_exact, or use t_sde");
  check_input(
      !entry.nu || *entry.nu == model.nu,
      key_of(entry.section, "nu") + " is not the " + std::to_string(model.nu) + " of " + file,
      "The coefficient keeps the marginals of the noise that the model is made for",
      "Remove the key");
}

/// Event values of the test rows of a data file, sorted.
std::vector<double> test_event_values(const EmpiricalTarget& data, Event event,
                                      std::span<const double> weights) {
  std::vector<double> values(data.rows(false));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = event_value(event, 0, data.row(false, i), weights);
  }
  sort_ascending(std::span(values));
  return values;
}

/// One event at every level or given threshold. Levels of data without a law are those of the test
/// sample.
void add_thresholds(Plan& plan, Event event) {
  const StatisticsSection& statistics = plan.study.statistics;
  const auto* data = std::get_if<EmpiricalTarget>(&plan.target);
  std::vector<double> sorted;
  if (data != nullptr) sorted = test_event_values(*data, event, statistics.weights);
  // Two points put all their mass at one event value, and nothing beyond it: no level is met.
  const bool atoms = std::holds_alternative<TwoPointTarget>(plan.target);
  if (statistics.thresholds.empty()) {
    for (const double level : statistics.exceedance_levels) {
      const double x = data != nullptr ? sample_quantile(sorted, 1 - level)
                                       : threshold(plan.target, event, level, statistics.weights);
      plan.thresholds.push_back({event, atoms ? std::nan("") : level, x});
    }
  }
  for (const double x : statistics.thresholds) {
    double level = 0;
    if (data != nullptr) {
      const auto above = sorted.end() - std::ranges::upper_bound(sorted, x);
      level = static_cast<double>(above) / static_cast<double>(sorted.size());
    } else {
      level = exceedance(plan.target, event, x, statistics.weights);
    }
    plan.thresholds.push_back({event, level > 0 ? level : std::nan(""), x});
  }
}

}  // namespace

bool Plan::needs_training_data() const {
  return std::ranges::any_of(models, [](const ModelPlan& m) { return m.needed && !m.file; });
}

Target make_target(const DataSection& data, const EmpiricalTarget& data_rows) {
  if (data.kind == "file") return data_rows;
  if (data.kind == "gaussian_mixture") {
    return make_mixture(data.dimension, data.weights, data.means, data.deviations);
  }
  if (data.kind == "gaussian") return GaussianTarget{data.dimension, data.scale, data.location};
  if (data.kind == "two_point") return TwoPointTarget{data.dimension, data.separation};
  return StudentTTarget{data.dimension, data.nu, data.scale, data.location};
}

Event main_event(const StatisticsSection& statistics) {
  if (statistics.event == "coordinate") return Event::coordinate;
  return statistics.event == "linear" ? Event::linear : Event::norm;
}

std::shared_ptr<const Model> read_weights(const ModelSection& section) {
  if (section.file.empty()) return nullptr;
  try {
    return std::make_shared<const Model>(read_model(section.file));
  } catch (const InputError& error) {
    throw InputError("models." + section.name + ".file: " + error.what());
  }
}

std::string_view event_name(Event event) {
  switch (event) {
    case Event::coordinate:
      return "coordinate";
    case Event::upper:
      return "upper";
    case Event::lower:
      return "lower";
    case Event::linear:
      return "linear";
    case Event::norm:
      break;
  }
  return "norm";
}

Plan make_plan(const Study& study, const std::vector<std::shared_ptr<const Model>>& files,
               const EmpiricalTarget& data_rows) {
  Plan plan;
  plan.study = study;
  plan.target = make_target(study.data, data_rows);
  if (const auto* data = std::get_if<EmpiricalTarget>(&plan.target)) {
    plan.study.data.train_samples = static_cast<std::int64_t>(data->rows(true));
    plan.study.data.test_samples = static_cast<std::int64_t>(data->rows(false));
  }
  plan.event = main_event(study.statistics);
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    plan.models.push_back(plan_model(study, study.models[i], files[i]));
    check_input(
        !plan.models[i].trained() || study.models[i].batch <= plan.study.data.trained_samples(),
        "models." + study.models[i].name + ".batch = " + std::to_string(study.models[i].batch) +
            " exceeds the " + std::to_string(plan.study.data.trained_samples()) +
            " training rows of \"" + study.data.path + "\"",
        "A minibatch is drawn without repetition",
        "Lower batch, data.test_fraction or data.validation_fraction");
  }
  for (const SamplerSection& section : study.samplers) {
    for (EntryPlan& entry : plan_sampler(plan, section)) {
      ask_for_spread(plan.models[entry.model], entry);
      plan.entries.push_back(std::move(entry));
    }
  }
  add_thresholds(plan, plan.event);
  if (study.statistics.separate_tails) {
    add_thresholds(plan, Event::upper);
    add_thresholds(plan, Event::lower);
  }
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    // Every sampler checks its own nu and levels: build each once around a denoiser of no cost.
    make_sampler(plan, i,
                 std::make_shared<PointMassDenoiser>(std::vector<double>(study.data.dimension)));
  }
  return plan;
}

TrainingOptions training_options(const Plan& plan, const ModelPlan& model) {
  const ModelSection& section = model.section;
  TrainingOptions options;
  options.nu = model.nu;
  options.steps = section.steps;
  options.batch = section.batch;
  options.shards = section.shards;
  options.hidden.assign(section.hidden.begin(), section.hidden.end());
  options.learning_rate = section.learning_rate;
  options.beta1 = section.beta1;
  options.beta2 = section.beta2;
  options.weight_decay = section.weight_decay;
  options.level_mean = section.level_mean;
  options.level_deviation = section.level_deviation;
  options.seed = plan.study.study.seed;
  return options;
}

std::shared_ptr<const Denoiser> make_denoiser(const Plan& plan, const ModelPlan& model,
                                              std::shared_ptr<const Model> weights,
                                              const Normalization& normalization,
                                              std::span<const float> training) {
  if (weights) return std::make_shared<NetworkDenoiser>(std::move(weights));
  const int d = dimension(plan.target);
  if (model.section.kind == "point_mass") {
    return std::make_shared<PointMassDenoiser>(std::vector<double>(static_cast<std::size_t>(d)));
  }
  if (is_empirical(plan.study.data, model.section)) {
    return std::make_shared<EmpiricalDenoiser>(training, d, model.nu);
  }
  return exact_denoiser(plan.target, normalization, model.nu);
}

SamplerOptions sampler_options(const EntryPlan& entry) {
  const SamplerSection& section = entry.section;
  SamplerOptions options{.levels = entry.levels,
                         .nu = entry.nu.value_or(INFINITY),
                         .seed = 0,
                         .process = process_of(section)};
  for (const Scheme scheme : entry.kind->schemes) {
    if (scheme_name(scheme) == section.scheme) options.scheme = scheme;
  }
  options.of_ode = of_ode(entry);
  if (section.convention == "stratonovich") options.convention = Convention::stratonovich;
  if (section.convention == "hanggi") options.convention = Convention::hanggi;
  if (section.increments == "student_t") options.increment_nu = section.increment_nu;
  return options;
}

std::vector<double> table_levels(const EntryPlan& entry) {
  return asked_levels(*entry.kind, sampler_options(entry));
}

bool of_ode(const EntryPlan& entry) {
  return entry.section.coefficient == "ode_law";
}

std::shared_ptr<const Denoiser> entry_denoiser(const EntryPlan& entry,
                                               std::shared_ptr<const Denoiser> model,
                                               const ForEachPanel& each) {
  if (!of_ode(entry)) return model;
  return ode_law_denoiser(std::move(model), sampler_options(entry), each);
}

std::shared_ptr<const Denoiser> entry_stand_in(const EntryPlan& entry,
                                               std::shared_ptr<const Denoiser> model) {
  if (!of_ode(entry)) return model;
  const ForEachPanel in_order = [](std::span<LawPanel> panels, const auto& body) {
    for (LawPanel& panel : panels) body(panel);
  };
  const auto flow = std::make_shared<GaussianDenoiser>(std::vector{0.0}, std::vector{1.0});
  SamplerOptions options = sampler_options(entry);
  if (!std::isfinite(options.nu)) options.nu = 3;
  return ode_law_denoiser(std::move(model), flow, options, in_order);
}

bool needs_square(const EntryPlan& entry) {
  return entry.kind->step_law != nullptr &&
         entry.kind->step_law(sampler_options(entry), 3).asks_square;
}

std::uint64_t sampler_seed(const Plan& plan, std::size_t index, std::uint64_t seed) {
  if (!plan.study.study.independent_noise) return seed;
  const Words salt = Stream(seed, Purpose::independence_salt, index).words(0);
  return (std::uint64_t{salt[0]} << 32) | salt[1];
}

std::unique_ptr<Sampler> make_sampler(const Plan& plan, std::size_t index,
                                      std::shared_ptr<const Denoiser> denoiser) {
  return make_sampler(plan, index, std::move(denoiser), plan.study.study.seed);
}

std::unique_ptr<Sampler> make_sampler(const Plan& plan, std::size_t index,
                                      std::shared_ptr<const Denoiser> denoiser,
                                      std::uint64_t seed) {
  const EntryPlan& entry = plan.entries[index];
  SamplerOptions options = sampler_options(entry);
  options.seed = sampler_seed(plan, index, seed);
  return entry.kind->make(std::move(denoiser), options);
}

}  // namespace htdm
