#include "app/tail.hpp"

#include "app/data_file.hpp"
#include "app/plan.hpp"
#include "core/error.hpp"
#include "io/model_file.hpp"
#include "io/results.hpp"
#include "io/samples_file.hpp"
#include "io/table_reader.hpp"
#include "parallel/block_loop.hpp"
#include "stats/law_tail.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>

namespace htdm {
namespace {

/// Probabilities at which the law of the data is taken: 1e-1 to 1e-15, eight a decade.
constexpr int points_per_decade = 8;
constexpr int deepest_decade = 15;
constexpr double closed_form_error = 1e-12;
constexpr std::uint64_t samples_per_block = 8192;

/// What is asked of a study: events and probabilities.
struct Question {
  Study study;
  std::vector<Event> events;
  std::vector<double> probabilities;

  explicit Question(Study given)
      : study(std::move(given)), probabilities(study.statistics.exceedance_levels) {
    events = {main_event(study.statistics)};
    if (study.statistics.separate_tails) {
      events.insert(events.end(), {Event::upper, Event::lower});
    }
    std::ranges::sort(probabilities, std::ranges::greater());
    probabilities.erase(std::unique(probabilities.begin(), probabilities.end()),
                        probabilities.end());
  }
};

/// Values of every event, in the order of the samples.
using EventColumns = std::vector<std::vector<double>>;

/// Collects the tails of all sources.
class TailCollector {
 public:
  TailCollector(std::vector<std::string> settings, int threads)
      : settings_(std::move(settings)), threads_(threads) {}

  void add(const std::string& path) {
    if (path.ends_with(".toml")) {
      add_study(path);
      return;
    }
    const std::string kind = kind_of(path);
    if (kind == "samples") {
      add_samples(path);
    } else {
      add_laws(path, read_results(path), "");
    }
  }

  TailResults take() { return std::move(results_); }

 private:
  static std::string kind_of(const std::string& path) {
    const std::string remedy =
        "Name a study (.toml; with [data] kind = \"file\" it reports the tails of your own "
        "numbers), a samples.h5 or a results.h5 with laws";
    check_input(std::filesystem::exists(path), "\"" + path + "\" does not exist",
                "There is nothing to report", remedy);
    std::string kind;
    try {
      kind = file_kind(path);
    } catch (const InputError& error) {
      throw InputError(std::string(error.what()) + ". " + remedy + ".");
    }
    check_input(kind == "samples" || kind == "results",
                "\"" + path + "\" is a file of kind " + kind, "It holds neither samples nor laws",
                remedy);
    return kind;
  }

  /// The study of a file, with the settings.
  Question question_of(const std::string& path, const std::string& text) const {
    return Question(parse_study(text, path, "", settings_));
  }

  void add_source(const std::string& path, const std::string& kind, const Study& study) {
    check_input(study.sweep.empty(), "\"" + path + "\" has a [sweep]",
                "Tails are reported for one study", "Choose a point by --set, without [sweep]");
    results_.sources.push_back({path, kind, write_study(study), write_study(study, false)});
  }

  void add_study(const std::string& path) {
    const Question question(read_study(path, settings_));
    const Study& study = question.study;
    add_source(path, "study", study);
    const bool from_file = study.data.kind == "file";
    const Target target = make_target(
        study.data, from_file ? read_data_file(study.data, study.study.seed) : EmpiricalTarget{});
    const auto rows = [&](bool training) {
      const auto* data = std::get_if<EmpiricalTarget>(&target);
      if (data != nullptr) return data->rows(training);
      return static_cast<std::uint64_t>(training ? study.data.train_samples
                                                 : study.data.test_samples);
    };
    TailEntry entry;
    entry.part = "training data";
    add_reports(entry, question, drawn(target, question, Purpose::train_data, rows(true)));
    entry.part = "held-out data";
    add_reports(entry, question, drawn(target, question, Purpose::test_data, rows(false)));
    if (has_law(target) && study.data.kind != "two_point") add_true_law(target, question);
  }

  EventColumns drawn(const Target& target, const Question& question, Purpose purpose,
                     std::uint64_t n) const {
    EventColumns columns(question.events.size(), std::vector<double>(n));
    const auto d = static_cast<std::size_t>(dimension(target));
    for_each_block(threads_, {0, (n + samples_per_block - 1) / samples_per_block},
                   [&](std::uint64_t block, int) {
                     std::vector<double> x(d);
                     const std::uint64_t end = std::min(n, (block + 1) * samples_per_block);
                     for (std::uint64_t i = block * samples_per_block; i < end; ++i) {
                       draw(target, question.study.study.seed, purpose, i, x);
                       for (std::size_t e = 0; e < columns.size(); ++e) {
                         columns[e][i] = event_value(question.events[e], location(target), x,
                                                     question.study.statistics.weights);
                       }
                     }
                   });
    return columns;
  }

  void add_true_law(const Target& target, const Question& question) {
    const std::vector<double>& weights = question.study.statistics.weights;
    for (const Event event : question.events) {
      std::vector<LawPoint> points;
      for (int k = points_per_decade; k <= deepest_decade * points_per_decade; ++k) {
        const double p = std::pow(10, -static_cast<double>(k) / points_per_decade);
        points.push_back({threshold(target, event, p, weights), p, closed_form_error * p});
      }
      TailEntry entry;
      entry.part = "law of the data";
      add_law_report(entry, event, points, question, "law of the data");
    }
  }

  void add_samples(const std::string& path) {
    const SamplesSummary summary = read_samples_header(path);
    const Question question = question_of(path, summary.study);
    add_source(path, "samples", question.study);
    check_input(question.study.stored_samples() > 0, "\"" + path + "\" holds no samples",
                "Whole paths are no sample of the tail's size",
                "Run the study with store.samples = N");
    const double centre = location(make_target(question.study.data, {}));
    for (std::size_t i = 0; i < summary.entries.size(); ++i) {
      const StoredEntry& stored = summary.entries[i].entry;
      EventColumns columns(question.events.size());
      const auto d = static_cast<std::size_t>(stored.normalization.dimension());
      for_each_chunk(
          {path, fmt::format("/samplers/{:03}/sample", i)},
          [&](std::uint64_t, std::span<const double> chunk) {
            for (std::size_t k = 0; k < chunk.size(); k += d) {
              for (std::size_t e = 0; e < columns.size(); ++e) {
                columns[e].push_back(event_value(question.events[e], centre, chunk.subspan(k, d),
                                                 question.study.statistics.weights));
              }
            }
          });
      TailEntry entry;
      entry.part = "generated";
      entry.sampler = stored.name;
      if (stored.nu) entry.nu = *stored.nu;
      add_reports(entry, question, columns);
    }
  }

  /// One report per event of `columns`.
  void add_reports(TailEntry entry, const Question& question, const EventColumns& columns) {
    entry.source = results_.sources.size() - 1;
    std::vector<TailEntry> entries(columns.size(), entry);
    for_each_block(threads_, {0, columns.size()}, [&](std::uint64_t e, int) {
      entries[e].event = event_name(question.events[e]);
      entries[e].report = tail_report(entry.label(), columns[e], {0, question.probabilities});
    });
    results_.tails.insert(results_.tails.end(), entries.begin(), entries.end());
  }

  void add_law_report(TailEntry entry, Event event, const std::vector<LawPoint>& points,
                      const Question& question, const std::string& method) {
    entry.source = results_.sources.size() - 1;
    entry.event = event_name(event);
    const double seconds = entry.report.seconds;
    entry.report = law_tail_report(entry.label(), points, question.probabilities, method);
    entry.report.seconds = seconds;
    results_.tails.push_back(std::move(entry));
  }

  /// Of a sweep, the laws of all points, each with the study of its own.
  void add_laws(const std::string& path, const Results& results, const std::string& point) {
    for (std::size_t p = 0; p < results.points.size(); ++p) {
      add_laws(path, results.points[p], fmt::format(", point {:03}", p));
    }
    if (!results.points.empty()) return;
    const bool any = std::ranges::any_of(results.samplers,
                                         [](const SamplerResult& s) { return s.law.has_value(); });
    check_input(any, "\"" + path + "\" holds no laws", "Its samples are not kept in it",
                "Run htdm law on the study, or name the samples.h5 that store.samples asks for");
    const Question question = question_of(path, results.study);
    check_same_event(path, results.study, question);
    add_source(path + point, "results", question.study);
    for (const SamplerResult& sampler : results.samplers) {
      if (!sampler.law) continue;
      std::vector<LawPoint> points;
      for (std::size_t k = 0; k < sampler.law->survival.size(); ++k) {
        points.push_back({sampler.law->survival_threshold[k], sampler.law->survival[k],
                          sampler.law->survival_error[k]});
      }
      TailEntry entry;
      entry.part = "law";
      entry.sampler = sampler.name;
      if (sampler.nu) entry.nu = *sampler.nu;
      entry.report.seconds = sampler.law->seconds;
      add_law_report(entry, question.events.front(), points, question, "propagated law");
    }
  }

  static void check_same_event(const std::string& path, const std::string& text,
                               const Question& question) {
    const StatisticsSection own = parse_study(text, path, "").statistics;
    const StatisticsSection& asked = question.study.statistics;
    check_input(own.event == asked.event && own.weights == asked.weights,
                "The laws of \"" + path + "\" are of statistics.event = \"" + own.event + "\"",
                "A law is kept for the event of its study only",
                "Run htdm law with the event that is wanted");
  }

  std::vector<std::string> settings_;
  int threads_;
  TailResults results_;
};

}  // namespace

TailResults tail_results(const std::vector<std::string>& sources,
                         const std::vector<std::string>& settings, int threads) {
  TailCollector collector(settings, threads);
  for (const std::string& path : sources) collector.add(path);
  return collector.take();
}

}  // namespace htdm
