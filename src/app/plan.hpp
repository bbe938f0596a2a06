/// The checked plan of a run: what the study asks for, resolved into mathematics.
#pragma once

#include "denoiser/denoiser.hpp"
#include "denoiser/model.hpp"
#include "denoiser/trainer.hpp"
#include "diffusion/normalization.hpp"
#include "diffusion/target.hpp"
#include "io/study.hpp"
#include "samplers/law_panels.hpp"
#include "samplers/sampler.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// One denoiser of the study.
struct ModelPlan {
  ModelSection section;
  double nu = 0;                      ///< of its noise; inf is Gaussian
  std::shared_ptr<const Model> file;  ///< weights that are there already, or null

  bool needed = true;   ///< by what this process samples
  bool spread = false;  ///< whether a sampler asks for E[|x - x0|^2/sigma^2 | x]
  double seconds = 0;   ///< of the training of weights that this run has made before

  bool trained() const { return needed && section.kind == "network" && !file; }
};

/// Batches [first, last) of an entry.
struct BatchRange {
  std::size_t first = 0, last = 0;

  bool empty() const { return first == last; }
};

/// One entry of the results: a sampler at one nu.
struct EntryPlan {
  SamplerSection section;
  const SamplerKind* kind = nullptr;
  std::size_t model = 0;     ///< index into Plan::models
  std::optional<double> nu;  ///< none where it has no meaning
  std::vector<double> levels;
  bool table = false;    ///< sampled with a table in place of the model
  BatchRange batches{};  ///< sampled here: all, or those of a part
};

/// P(event value > threshold) is estimated for each of these.
struct ThresholdPlan {
  Event event = Event::norm;
  double level = 0;      ///< exceedance probability under the target; NaN where none is met
  double threshold = 0;  ///< raw space, distance from the location
};

struct Plan {
  Study study;  ///< with the sizes of the data file in place of the most it may take
  Target target;
  Event event = Event::norm;
  std::vector<ThresholdPlan> thresholds;
  std::vector<ModelPlan> models;
  std::vector<EntryPlan> entries;

  bool needs_training_data() const;
};

/// The target law of `[data]`; rows of a data file are given in `data_rows` and empty otherwise.
Target make_target(const DataSection& data, const EmpiricalTarget& data_rows);

/// The name of an event in study and results files.
std::string_view event_name(Event event);

/// The event that a study asks for, besides separate tails.
Event main_event(const StatisticsSection& statistics);

/// The weights that `section` takes from a file, or null where it names none. Throws InputError
/// naming the key and the file.
std::shared_ptr<const Model> read_weights(const ModelSection& section);

/// The plan of `study`. `files[i]` holds the weights of models[i], null where it has no file.
/// Throws InputError for what only shows once all parts are known: a sampler without its model, a
/// model of another dimension, nu where it has no meaning or no prior.
Plan make_plan(const Study& study, const std::vector<std::shared_ptr<const Model>>& files,
               const EmpiricalTarget& data_rows = {});

/// Options of the trainer for a model that is trained here.
TrainingOptions training_options(const Plan& plan, const ModelPlan& model);

/// The denoiser of `model`: its network (from `weights`), or the exact posterior of the target
/// z-scored by `normalization`, or that of the training sample, which is given z-scored, row after
/// row, and may be empty for others.
std::shared_ptr<const Denoiser> make_denoiser(const Plan& plan, const ModelPlan& model,
                                              std::shared_ptr<const Model> weights,
                                              const Normalization& normalization,
                                              std::span<const float> training = {});

/// What the sampler of an entry is made with, but for the seed.
SamplerOptions sampler_options(const EntryPlan& entry);

/// Whether the coefficient of an entry is that of the law of t_ode.
bool of_ode(const EntryPlan& entry);

/// What an entry is sampled with: the denoiser of its model, or what ode_law_denoiser() makes of
/// it. Collective where `each` is; the same bits for any ranks and threads.
std::shared_ptr<const Denoiser> entry_denoiser(const EntryPlan& entry,
                                               std::shared_ptr<const Denoiser> model,
                                               const ForEachPanel& each);
/// What costs as much a call, with the law of Gaussian data in place of the model's: for timing.
std::shared_ptr<const Denoiser> entry_stand_in(const EntryPlan& entry,
                                               std::shared_ptr<const Denoiser> model);

/// What tables of an entry are needed: at these levels, and of the square besides the gap.
std::vector<double> table_levels(const EntryPlan& entry);
bool needs_square(const EntryPlan& entry);

/// The seed of the sampler of entry `index` in a run with `seed`: the same for all entries unless
/// the study says otherwise.
std::uint64_t sampler_seed(const Plan& plan, std::size_t index, std::uint64_t seed);

/// The sampler of entry `index` at the study's seed.
std::unique_ptr<Sampler> make_sampler(const Plan& plan, std::size_t index,
                                      std::shared_ptr<const Denoiser> denoiser);

/// The same with draws of its own, for rare events; `seed` is rare_seed() of the study's.
std::unique_ptr<Sampler> make_sampler(const Plan& plan, std::size_t index,
                                      std::shared_ptr<const Denoiser> denoiser, std::uint64_t seed);

}  // namespace htdm
