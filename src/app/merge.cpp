#include "app/merge.hpp"

#include "app/data_file.hpp"
#include "app/data_sets.hpp"
#include "app/merge_sources.hpp"
#include "app/pooling.hpp"
#include "app/summary.hpp"
#include "app/sweep_run.hpp"
#include "core/error.hpp"
#include "io/digest.hpp"
#include "io/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

namespace htdm {
namespace {

namespace fs = std::filesystem;

/// The weights of `model`, from a models folder beside any of the files.
Model find_weights(const std::vector<Source>& sources, const ModelResult& model) {
  for (const Source& source : sources) {
    const fs::path file = source.folder / "models" / (model.name + ".h5");
    if (!fs::exists(file)) continue;
    Model weights = read_model(file.string());
    if (weights_sha256(weights) == model.weights_sha256) return weights;
  }
  fail_input(fmt::format("The weights of models.{} are in no folder models/ beside {}", model.name,
                         quoted(sources.front())),
             "Merged results come with their models", "Put the file back where the run wrote it");
}

/// The study of all batches together.
Study pooled_study(const std::vector<Source>& sources) {
  Study study = sources.front().study;
  std::size_t batches = 0;
  for (const Source& source : sources) {
    const SamplerResult& first = source.results.samplers.front();
    if (first.pool) batches += first.pool->batches.size();
  }
  study.statistics.batches = static_cast<int>(batches);
  return study;
}

MergedFile origin(const Source& source) {
  const Provenance& p = source.results.provenance;
  const std::optional<Part>& part = source.results.part;
  const std::optional<RunReport>& run = source.results.run;
  return {source.file,
          p.created,
          p.host,
          p.command,
          part ? part_text(*part) : "",
          p.seed,
          p.seconds_total,
          run ? time_shares(*run) : unknown_shares};
}

Provenance merged_provenance(const std::vector<Source>& sources, const std::string& command,
                             int threads) {
  Provenance provenance = current_provenance(sources.front().study.study.seed);
  provenance.command = command;
  provenance.isa = sources.front().results.provenance.isa;
  provenance.tile = sources.front().results.provenance.tile;
  provenance.threads = threads;
  for (const Source& source : sources) {
    const Provenance& p = source.results.provenance;
    provenance.seconds_total += p.seconds_total;
    provenance.seconds_training += p.seconds_training;
    provenance.seconds_sampling += p.seconds_sampling;
    provenance.seconds_statistics += p.seconds_statistics;
    provenance.peak_memory_bytes = std::max(provenance.peak_memory_bytes, p.peak_memory_bytes);
  }
  return provenance;
}

SamplerResult merge_entry(const Plan& plan, std::size_t index, const std::vector<Source>& sources,
                          const Summariser& summariser, const Normalization& scale, int threads) {
  std::vector<const PoolData*> pools;
  const SamplerResult* first = nullptr;
  double seconds = 0;
  for (const Source& source : sources) {
    const SamplerResult& s = source.results.samplers[index];
    if (!s.pool) continue;
    if (first == nullptr) first = &s;
    check_input(s.denoiser == first->denoiser &&
                    (s.table_error == first->table_error || std::isnan(s.table_error)),
                quoted(source) + " sampled samplers." + s.name + " through another table",
                "Its instruction set may differ from that of the others",
                "Set the same HTDM_ISA for all runs");
    pools.push_back(&*s.pool);
    seconds += s.seconds;
  }
  const EntryPlan& entry = plan.entries[index];
  EntrySample sample = pooled_sample(plan, pools);
  sample.seconds = seconds;
  PoolData pool{{}, sample.tally.first_component, sample.tally.event, sample.kept};
  for (const PoolData* part : pools) {
    pool.batches.insert(pool.batches.end(), part->batches.begin(), part->batches.end());
  }
  std::ranges::sort(pool.batches, {},
                    [](const PoolBatch& b) { return std::tuple(b.seed, b.batch); });
  std::uint64_t left = pool.kept.front().size();
  for (PoolBatch& batch : pool.batches) {
    batch.kept = std::min(batch.kept, left);
    left -= batch.kept;
  }
  SamplerResult result =
      summariser.summarise(entry, std::move(sample), scale, first->network_calls_per_path, threads);
  result.denoiser = first->denoiser;
  result.table_error = first->table_error;
  result.pool = std::move(pool);
  return result;
}

Merged merge_sources(std::vector<Source> sources, const std::string& command, int threads) {
  sort_by_seed(sources);
  check_studies(sources);
  check_batches(sources);
  const auto known = common_models(sources);
  check_thresholds(sources);
  Merged merged;
  Results& results = merged.results;
  const Study study = pooled_study(sources);
  std::vector<std::shared_ptr<const Model>> weights(study.models.size());
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    results.models.push_back(*known.at(study.models[i].name));
    if (results.models[i].weights_sha256.empty()) continue;
    merged.models.push_back({"models", find_weights(sources, results.models[i])});
    if (!study.models[i].file.empty()) {
      weights[i] = std::make_shared<const Model>(merged.models.back().model);
    }
  }
  EmpiricalTarget rows;
  if (study.data.kind == "file") rows = read_data_file(study.data, study.study.seed);
  const Plan plan = make_plan(study, weights, rows);
  results.provenance = merged_provenance(sources, command, threads);
  results.study = write_study(study);
  results.study_no_paths = write_study(study, false);
  results.test_samples = static_cast<std::uint64_t>(plan.study.data.test_samples);
  for (const Source& source : sources) results.merged.push_back(origin(source));
  const Summariser summariser(plan, draw_test_data(plan, threads), threads);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const Normalization& scale = results.models[plan.entries[i].model].normalization;
    results.samplers.push_back(merge_entry(plan, i, sources, summariser, scale, threads));
  }
  return merged;
}

/// Every point merged on its own.
Merged merge_points(std::vector<Source> sources, const std::string& command, int threads) {
  check_sweeps(sources);
  sort_by_seed(sources);
  Merged merged;
  Results& all = merged.results;
  all.sweep = sources.front().results.sweep;
  for (std::size_t p = 0; p < all.sweep.size(); ++p) {
    std::vector<Source> of_point;
    for (Source& source : sources) {
      of_point.push_back(make_source(fmt::format("{}, point {}", source.file, point_name(p)),
                                     point_path(source.folder.string(), p),
                                     std::move(source.results.points[p])));
    }
    Merged point = merge_sources(std::move(of_point), command, threads);
    for (Weights& weights : point.models) {
      weights.folder = point_path("", p) + "/" + weights.folder;
      merged.models.push_back(std::move(weights));
    }
    all.points.push_back(std::move(point.results));
  }
  all.provenance = merged_provenance(sources, command, threads);
  all.study = sources.front().results.study;
  all.study_no_paths = sources.front().results.study_no_paths;
  all.test_samples = all.points.front().test_samples;
  for (const Source& source : sources) all.merged.push_back(origin(source));
  return merged;
}

}  // namespace

Merged merge_results(const std::vector<std::string>& files, const std::string& command,
                     int threads) {
  std::vector<Source> sources;
  for (const std::string& file : files) {
    sources.push_back(make_source(file, fs::path(file).parent_path(), read_results(file)));
  }
  const auto swept = [](const Source& s) { return !s.results.sweep.empty(); };
  return std::ranges::any_of(sources, swept) ? merge_points(std::move(sources), command, threads)
                                             : merge_sources(std::move(sources), command, threads);
}

}  // namespace htdm
