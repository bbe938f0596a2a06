#include "app/study_run.hpp"

#include "app/column_tails.hpp"
#include "app/data_file.hpp"
#include "app/data_sets.hpp"
#include "app/environment.hpp"
#include "app/exact_model.hpp"
#include "app/law.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/pooling.hpp"
#include "app/rank_times.hpp"
#include "app/rare.hpp"
#include "app/sample_store.hpp"
#include "app/sampling_stage.hpp"
#include "app/summary.hpp"
#include "app/tables.hpp"
#include "app/trajectories.hpp"
#include "core/isa.hpp"
#include "core/stopwatch.hpp"
#include "io/archive.hpp"
#include "io/digest.hpp"
#include "io/model_file.hpp"
#include "parallel/binding.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace htdm {
namespace {

/// Weights named by `file` keys: read once, sent to all.
std::vector<std::shared_ptr<const Model>> share_model_files(const Study& study,
                                                            const Communicator& world) {
  std::vector<Bytes> bytes(study.models.size());
  agree_on_errors(world, [&] {
    if (!world.is_root()) return;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (const auto weights = read_weights(study.models[i])) bytes[i] = model_to_bytes(*weights);
    }
  });
  std::vector<std::shared_ptr<const Model>> models(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    world.broadcast(bytes[i]);
    if (!bytes[i].empty()) models[i] = std::make_shared<const Model>(model_from_bytes(bytes[i]));
  }
  return models;
}

/// All ranks compute with the best instruction set that all of them have, or with HTDM_ISA.
void agree_on_isa(const Communicator& world) {
  agree_on_errors(world, [] {
    if (const char* wanted = std::getenv("HTDM_ISA")) use_isa(parse_isa(wanted));
  });
  use_isa(static_cast<Isa>(world.min(static_cast<std::int64_t>(current_isa()))));
}

void write_weights(const std::string& output, const Model& model, const Provenance& provenance) {
  const std::filesystem::path folder = std::filesystem::path(output) / "models";
  std::filesystem::create_directories(folder);
  write_model((folder / (model.name + ".h5")).string(), model, provenance);
}

ModelResult describe(const ModelPlan& plan, const TrainedModel& trained,
                     const Normalization& normalization) {
  ModelResult result;
  result.name = plan.section.name;
  result.kind = plan.section.kind;
  result.nu = plan.nu;
  result.normalization = trained.weights ? trained.weights->normalization : normalization;
  result.seconds = trained.seconds;
  if (trained.weights) {
    result.steps = trained.weights->steps;
    result.loss = trained.weights->loss;
    if (!trained.weights->spread.empty()) {
      result.spread = trained.weights->spread;
      result.spread->layers.clear();
    }
    result.weights_sha256 = weights_sha256(*trained.weights);
  }
  return result;
}

}  // namespace

Study share_study(const std::string& path, const std::vector<std::string>& overrides,
                  const Communicator& world) {
  std::string text;
  agree_on_errors(world, [&] {
    if (world.is_root()) text = write_study(read_study(path, overrides));
  });
  world.broadcast(text);
  return parse_study(text, path, ".");
}

// A launcher that binds to one core makes them do so.
void warn_of_crowding(const Communicator& world) {
  const int threads = default_threads();
  const auto bound = static_cast<int>(bound_processors().size());
  if (world.any(threads > bound)) {
    log_warning(
        fmt::format("{} threads per rank are more than the processors some rank is bound to (rank "
                    "0: {}). They share them. Lower OMP_NUM_THREADS or widen the binding.",
                    threads, bound));
  }
}

Provenance run_provenance(const Study& study, const std::string& command, int threads,
                          const Communicator& world) {
  Provenance provenance = current_provenance(study.study.seed);
  provenance.command = command;
  provenance.isa = name(current_isa());
  provenance.ranks = world.size();
  provenance.threads = threads;
  provenance.tile = static_cast<std::int64_t>(tile_size(study.data.dimension));
  const std::string mine = compact_list(bound_processors());
  for (const Bytes& cpus : world.gather(std::as_bytes(std::span(mine)))) {
    if (!provenance.binding.empty()) provenance.binding += " | ";
    provenance.binding.append(reinterpret_cast<const char*>(cpus.data()), cpus.size());
  }
  return provenance;
}

StudyRun::StudyRun(const Study& study, const std::string& command, const Communicator& world,
                   const std::optional<Part>& part, DataShelf* shelf)
    : world_(world), threads_(default_threads()) {
  agree_on_isa(world_);
  const auto files = share_model_files(study, world_);
  DataShelf mine;
  const EmpiricalTarget data = (shelf != nullptr ? *shelf : mine).rows(study, world_);
  agree_on_errors(world_, [&] {
    plan_ = make_plan(study, files, data);
    if (part) select_part(plan_, *part);
  });
  results_.part = part;
  results_.provenance = run_provenance(study, command, threads_, world_);
  work_.host = results_.provenance.host;
  work_.threads = threads_;
  results_.study = write_study(study);
  results_.study_no_paths = write_study(study, false);
}

std::string StudyRun::identity() const {
  std::string identity = run_identity(plan_.study);
  if (results_.part) {
    identity += fmt::format("\n[part]\npart = \"{}\"\n", part_text(*results_.part));
  }
  for (const ModelPlan& model : plan_.models) {
    if (!model.file) continue;
    identity += fmt::format("\n[weights.{}]\nsha256 = \"{}\"\n", model.section.name,
                            weights_sha256(*model.file));
  }
  if (const auto* data = std::get_if<EmpiricalTarget>(&plan_.target)) {
    Digest rows;
    rows.numbers(*data->train).numbers(*data->test);
    identity += fmt::format("\n[rows]\nsha256 = \"{}\"\n", rows.finish_hex());
  }
  return identity;
}

void StudyRun::use(std::size_t model, const TrainedModel& trained) {
  plan_.models[model].file = trained.weights;
  plan_.models[model].seconds = trained.seconds;
}

void StudyRun::use_models_of(const std::string& output, const std::optional<Results>& before) {
  std::vector<Bytes> bytes(plan_.models.size());
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    check_input(!before->part, "The results in \"" + output + "\" are one part of a study",
                "Laws and trajectories belong to whole results", "Merge the parts first");
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (!plan_.models[i].trained()) continue;
      const std::string& name = plan_.models[i].section.name;
      const std::string file = output + "/models/" + name + ".h5";
      const Model model = read_model(file);
      const auto known = std::ranges::find(before->models, name, &ModelResult::name);
      check_input(known != before->models.end() && known->weights_sha256 == weights_sha256(model),
                  "\"" + file + "\" does not hold the weights behind the results",
                  "What stands beside counts must be of the same denoiser",
                  "Use --force to start again, or another --output");
      bytes[i] = model_to_bytes(model);
    }
  });
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    world_.broadcast(bytes[i]);
    if (bytes[i].empty()) continue;
    plan_.models[i].file = std::make_shared<const Model>(model_from_bytes(bytes[i]));
  }
}

Results StudyRun::law(const std::string& output, const std::optional<Results>& before,
                      bool densities) {
  const Stopwatch total;
  const bool add = world_.any(before.has_value());
  if (add) use_models_of(output, before);
  train();
  if (!add) write_models(output);
  MarginalShelf marginals(plan_.target, panel_loop(world_, threads_));
  std::vector<LawResult> laws;
  for (const EntryPlan& entry : plan_.entries) {
    log_info(fmt::format("law of {}{}", entry.section.name,
                         entry.nu ? fmt::format(" nu {}", *entry.nu) : ""));
    const auto denoiser = entry_denoiser(entry, denoisers_[entry.model], marginals.each());
    laws.push_back(law_result(plan_, entry, denoiser, results_.models[entry.model].normalization,
                              marginals, densities));
  }
  results_.provenance.seconds_total = total.seconds();
  results_.provenance.peak_memory_bytes = world_.max(peak_memory_bytes());
  if (!world_.is_root()) return std::move(results_);
  if (add) {
    results_ = *before;
  } else {
    for (const EntryPlan& entry : plan_.entries) results_.samplers.push_back(unsampled(entry));
  }
  for (std::size_t i = 0; i < laws.size(); ++i) results_.samplers[i].law = laws[i];
  return std::move(results_);
}

Results StudyRun::run(const std::string& output, RunControl* control) {
  const Stopwatch total;
  log_info(fmt::format("study \"{}\": {} rank(s) x {} thread(s), {}", plan_.study.study.name,
                       world_.size(), threads_, results_.provenance.isa));
  if (world_.is_root()) warn_of_no_variance(plan_);
  agree_on_errors(world_, [&] {
    if (!world_.is_root() || !plan_.study.store.stores()) return;
    check_space(output, samples_file_size(samples_header(plan_)), samples_path(output));
  });
  train(control);
  write_models(output);
  std::optional<SamplesWriter> store = open_store(output);
  SamplingStage(plan_, denoisers_, world_, threads_, store ? &*store : nullptr, control, results_,
                work_)
      .run();
  if (store) {
    const AddSeconds watch(work_.io, threads_);
    store->finish();
  }
  results_.provenance.seconds_total = total.seconds();
  work_.peak_memory_bytes = peak_memory_bytes();
  results_.run = run_report(results_.provenance.seconds_total, work_, control, world_);
  results_.provenance.peak_memory_bytes = world_.max(work_.peak_memory_bytes);
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    // What an earlier run stored goes with the results that it belonged to.
    std::filesystem::create_directories(output);
    if (!store) std::filesystem::remove(samples_path(output));
    std::erase_if(results_.models, [&](const ModelResult& model) {
      return !std::ranges::find(plan_.models, model.name, [](const ModelPlan& m) {
                return m.section.name;
              })->needed;
    });
    write_results(output + "/results.h5", results_);
    if (control != nullptr) control->remove_all();
  });
  return std::move(results_);
}

void StudyRun::train(RunControl* control) {
  const Stopwatch watch;
  TrainingData data;
  {
    const RestIsWaiting rest(work_, &RankReport::training_waiting);
    agree_on_errors(world_, [&] {
      const AddSeconds drawing(work_.training, threads_);
      if (plan_.needs_training_data()) data = draw_training_data(plan_, threads_);
    });
  }
  const std::vector<TrainedModel> trained =
      train_models(plan_, data, world_, threads_, work_, control);
  for (std::size_t i = 0; i < trained.size(); ++i) {
    const ModelPlan& model = plan_.models[i];
    const Normalization scale =
        exact_normalization(plan_.study.data, model.section, data.normalization);
    results_.models.push_back(describe(model, trained[i], scale));
    denoisers_.push_back(model.needed
                             ? make_denoiser(plan_, model, trained[i].weights, scale, data.samples)
                             : nullptr);
  }
  results_.provenance.seconds_training = watch.seconds();
  for (const TrainedModel& model : trained) weights_.push_back(model.weights);
}

void StudyRun::write_models(const std::string& output) {
  const RestIsWaiting rest(work_, &RankReport::training_waiting);
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    const AddSeconds watch(work_.io, threads_);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const auto& weights = weights_[i];
      if (weights && plan_.models[i].needed) write_weights(output, *weights, results_.provenance);
    }
  });
}

std::optional<SamplesWriter> StudyRun::open_store(const std::string& output) {
  if (!plan_.study.store.stores()) return std::nullopt;
  const AddSeconds watch(work_.io, threads_);
  return std::optional<SamplesWriter>(std::in_place, samples_path(output), stored_header(), world_);
}

SamplesHeader StudyRun::stored_header() const {
  SamplesHeader header = samples_header(plan_);
  header.provenance = results_.provenance;
  header.study = results_.study;
  header.study_no_paths = results_.study_no_paths;
  for (std::size_t i = 0; i < header.entries.size(); ++i) {
    header.entries[i].normalization = results_.models[plan_.entries[i].model].normalization;
  }
  return header;
}

void StudyRun::trajectories(const std::string& output, const std::optional<Results>& before) {
  if (world_.any(before.has_value())) use_models_of(output, before);
  train();
  SamplesHeader header = stored_header();
  header.trajectories = true;
  record_trajectories(plan_, denoisers_, trajectories_path(output), std::move(header), world_,
                      threads_);
}

RareResults StudyRun::rare(const std::string& output, const std::optional<Results>& before) {
  const Stopwatch total;
  if (world_.any(before.has_value())) use_models_of(output, before);
  train();
  MarginalShelf marginals(plan_.target, panel_loop(world_, threads_));
  TableShelf tables;
  BlockDealer dealer(world_, threads_, watchdog_seconds());
  RareResults found;
  for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
    const EntryPlan& entry = plan_.entries[i];
    const std::shared_ptr<const Denoiser> denoiser =
        entry_denoiser(entry, denoisers_[entry.model], marginals.each());
    const std::shared_ptr<const Denoiser> used =
        entry.table ? tables.table(entry, denoiser, world_, threads_) : denoiser;
    found.entries.push_back(
        rare_entry({plan_, i, denoiser, used, results_.models[entry.model].normalization, marginals,
                    dealer, world_, threads_}));
  }
  found.provenance = results_.provenance;
  found.provenance.seconds_total = total.seconds();
  found.provenance.peak_memory_bytes = world_.max(peak_memory_bytes());
  found.study = results_.study;
  found.study_no_paths = results_.study_no_paths;
  return found;
}

NuReport StudyRun::choose_nu(const std::string& output, const std::optional<Results>& before,
                             const NuSettings& settings) {
  const Stopwatch total;
  keep_models_of_t_sde(plan_);
  if (world_.any(before.has_value())) use_models_of(output, before);
  train();
  MarginalShelf marginals(plan_.target, panel_loop(world_, threads_));
  TableShelf tables;
  BlockDealer dealer(world_, threads_, watchdog_seconds());
  std::vector<Normalization> scales;
  for (const ModelResult& model : results_.models) scales.push_back(model.normalization);
  NuReport report;
  choose_nus({plan_,
              denoisers_,
              std::move(scales),
              settings,
              marginals,
              {world_, threads_, dealer, tables}},
             report);
  report.provenance = results_.provenance;
  report.provenance.seconds_total = total.seconds();
  report.provenance.peak_memory_bytes = world_.max(peak_memory_bytes());
  report.study = results_.study;
  return report;
}

}  // namespace htdm
