#include "app/merge.hpp"

#include "app/data_file.hpp"
#include "app/data_sets.hpp"
#include "app/output_folder.hpp"
#include "app/pooling.hpp"
#include "app/summary.hpp"
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

struct Source {
  std::string file;
  Results results;
  Study study;
};

std::string quoted(const Source& source) {
  return "\"" + source.file + "\"";
}

std::vector<Source> read_sources(const std::vector<std::string>& files) {
  std::vector<Source> sources;
  for (const std::string& file : files) {
    Source source{file, read_results(file), {}};
    source.study = parse_study(source.results.study, file, ".");
    const bool any = std::ranges::any_of(source.results.samplers,
                                         [](const SamplerResult& s) { return s.pool.has_value(); });
    const bool all = std::ranges::all_of(source.results.samplers, [](const SamplerResult& s) {
      return s.pool.has_value() || s.paths == 0;
    });
    check_input(any && all, quoted(source) + " cannot be pooled: it holds no batches to pool",
                "It was written before schema 1.5, or by htdm law alone",
                "Run its study again with htdm run");
    sources.push_back(std::move(source));
  }
  std::ranges::stable_sort(sources, {}, [](const Source& s) { return s.study.study.seed; });
  return sources;
}

/// Files may differ in their seed and in how many batches they have, parts of one seed not.
void check_studies(const std::vector<Source>& sources) {
  const auto comparable = [](Study study, bool same_run) {
    if (!same_run) {
      study.study.seed = 0;
      study.statistics.batches = 1;
    }
    return write_study(study, false);
  };
  for (const Source& a : sources) {
    for (const Source& b : sources) {
      const bool same_run =
          a.results.part && b.results.part && a.study.study.seed == b.study.study.seed;
      const std::string keys =
          differing_keys(comparable(a.study, same_run), comparable(b.study, same_run));
      check_input(keys.empty(),
                  fmt::format("{} and {} are of other studies: they differ in {}", quoted(a),
                              quoted(b), keys),
                  "Only study.seed and the number of batches may differ",
                  "Merge results of one study");
      check_input(!same_run || a.results.part->count == b.results.part->count,
                  fmt::format("{} is one of {} parts, and {} one of {}", quoted(a),
                              a.results.part ? a.results.part->count : 0, quoted(b),
                              b.results.part ? b.results.part->count : 0),
                  "They cut the study at other places", "Merge parts of one cut");
    }
  }
}

bool same_normalization(const Normalization& a, const Normalization& b) {
  return a.mean == b.mean && a.deviation == b.deviation && a.transforms == b.transforms;
}

/// Every model of the files once, as long as they agree on it.
std::map<std::string, const ModelResult*> common_models(const std::vector<Source>& sources) {
  std::map<std::string, const ModelResult*> models;
  std::map<std::string, const Source*> owners;
  for (const Source& source : sources) {
    for (const ModelResult& model : source.results.models) {
      const auto [known, is_new] = models.emplace(model.name, &model);
      if (is_new) owners[model.name] = &source;
      const bool same = known->second->weights_sha256 == model.weights_sha256 &&
                        same_normalization(known->second->normalization, model.normalization);
      check_input(
          same,
          fmt::format("{} and {} have other {} in models.{}", quoted(*owners[model.name]),
                      quoted(source), model.weights_sha256.empty() ? "z-scoring" : "weights",
                      model.name),
          "Samples of different models are not samples of one law",
          fmt::format("Train once, and give all runs that file as models.{}.file", model.name));
    }
  }
  return models;
}

/// Thresholds of the entries; all files that sampled an entry agree.
void check_thresholds(const std::vector<Source>& sources) {
  const auto thresholds = [](const SamplerResult& s) {
    std::vector<double> values;
    for (const ExceedanceResult& e : s.exceedance) values.push_back(e.threshold);
    return values;
  };
  const Source* first = nullptr;
  std::vector<double> known;
  for (const Source& source : sources) {
    for (const SamplerResult& s : source.results.samplers) {
      if (!s.pool) continue;
      if (first == nullptr) known = thresholds(s);
      if (first == nullptr) first = &source;
      check_input(known == thresholds(s),
                  quoted(*first) + " and " + quoted(source) + " have other thresholds",
                  "Levels of data from a file are met by the test sample, which the seed chooses",
                  "Give statistics.thresholds, or data.split = \"time\"");
    }
  }
}

/// No batch twice; of every seed that is there in parts, all of them.
void check_batches(const std::vector<Source>& sources) {
  std::map<std::uint64_t, std::set<std::uint64_t>> found;
  std::map<std::uint64_t, std::uint64_t> wanted;
  std::map<std::tuple<std::size_t, std::uint64_t, std::uint64_t>, const Source*> batches;
  for (const Source& source : sources) {
    for (std::size_t i = 0; i < source.results.samplers.size(); ++i) {
      const SamplerResult& s = source.results.samplers[i];
      if (!s.pool) continue;
      for (const PoolBatch& b : s.pool->batches) {
        const auto [known, is_new] = batches.emplace(std::tuple(i, b.seed, b.batch), &source);
        check_input(is_new,
                    fmt::format("{} and {} overlap: both have batch {} of seed {} of samplers.{}",
                                quoted(*known->second), quoted(source), b.batch, b.seed, s.name),
                    "The same paths would be counted twice",
                    "Name every file once; runs to be pooled need other seeds (study.seed)");
      }
    }
    if (!source.results.part) continue;
    found[source.study.study.seed].insert(source.results.part->index);
    wanted[source.study.study.seed] = source.results.part->count;
  }
  for (const auto& [seed, count] : wanted) {
    std::vector<std::string> missing;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!found[seed].contains(i)) missing.push_back(part_text({i, count}));
    }
    check_input(missing.empty(),
                fmt::format("Of the parts of seed {} (such as {}) are missing: {}", seed,
                            quoted(sources.front()), fmt::join(missing, ", ")),
                "Their paths are part of the study", "Run them with --part and name them too");
  }
}

/// The weights of `model`, from a models folder beside any of the files.
Model find_weights(const std::vector<Source>& sources, const ModelResult& model) {
  for (const Source& source : sources) {
    const fs::path file = fs::path(source.file).parent_path() / "models" / (model.name + ".h5");
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

}  // namespace

Merged merge_results(const std::vector<std::string>& files, const std::string& command,
                     int threads) {
  const std::vector<Source> sources = read_sources(files);
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
    merged.models.push_back(find_weights(sources, results.models[i]));
    if (!study.models[i].file.empty()) {
      weights[i] = std::make_shared<const Model>(merged.models.back());
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

}  // namespace htdm
