#include "app/merge_sources.hpp"

#include "app/output_folder.hpp"
#include "app/pooling.hpp"
#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace htdm {
namespace {

bool same_normalization(const Normalization& a, const Normalization& b) {
  return a.mean == b.mean && a.deviation == b.deviation && a.transforms == b.transforms;
}

}  // namespace

std::string quoted(const Source& source) {
  return "\"" + source.file + "\"";
}

Source make_source(const std::string& file, const std::filesystem::path& folder, Results results) {
  Source source{file, folder, std::move(results), {}};
  source.study = parse_study(source.results.study, file, ".");
  if (!source.results.sweep.empty()) return source;
  const auto pooled = [](const SamplerResult& s) { return s.pool.has_value(); };
  const auto poolable = [](const SamplerResult& s) { return s.pool.has_value() || s.paths == 0; };
  check_input(std::ranges::any_of(source.results.samplers, pooled) &&
                  std::ranges::all_of(source.results.samplers, poolable),
              quoted(source) + " cannot be pooled: it holds no batches to pool",
              "It was written before schema 1.5, or by htdm law alone",
              "Run its study again with htdm run");
  return source;
}

void sort_by_seed(std::vector<Source>& sources) {
  std::ranges::stable_sort(sources, {}, [](const Source& s) { return s.study.study.seed; });
}

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

void check_sweeps(const std::vector<Source>& sources) {
  const Source& first = sources.front();
  for (const Source& source : sources) {
    const std::string keys =
        differing_keys(first.results.study_no_paths, source.results.study_no_paths);
    check_input(keys.empty() && source.results.sweep == first.results.sweep,
                fmt::format("{} and {} are not of the same sweep{}", quoted(first), quoted(source),
                            keys.empty() ? "" : ": they differ in " + keys),
                "Points of a sweep are merged one by one, from its parts",
                "Merge what htdm run --part has made of one study");
  }
}

}  // namespace htdm
