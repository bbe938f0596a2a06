#include "app/choose_nu.hpp"

#include "app/data_sets.hpp"
#include "app/law.hpp"
#include "app/log.hpp"
#include "app/training_nu.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "io/estimate_text.hpp"
#include "parallel/session.hpp"
#include "random/draws.hpp"
#include "stats/sorting.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace htdm {
namespace {

constexpr std::uint64_t replicates = 500;
constexpr double law_tolerance = 1e-6, fine_tolerance = 1e-8;

std::string p_words(double p) {
  return p < 1e-99 ? "< 1e-99" : "= " + brief(p, 2);
}

/// All laws that one t_sde is compared by.
struct Contest {
  SamplingNu result;
  NuFamily family;  ///< the candidates, then the rivals
};

class NuChooser {
 public:
  explicit NuChooser(const NuWork& work)
      : work_(work), plan_(work.plan), candidates_(checked_candidates(plan_, work.settings)) {}

  void run(NuReport& report) {
    agree_on_errors(work_.site.world, [&] { draw_rows(report.data); });
    agree_on_errors(work_.site.world, [&] {
      if (work_.site.world.is_root()) report.training = training_nu(rows_);
    });
    std::string last;
    for (const EntryPlan& entry : plan_.entries) {
      if (is_t_sde(entry) && entry.section.name != last) {
        report.samplers.push_back(choose(entry, report.data.counts));
      }
      last = entry.section.name;
    }
  }

 private:
  void draw_rows(NuData& data) {
    const int threads = work_.site.threads;
    TrainingRows rows = draw_training_rows(plan_, threads);
    data.held_out_from =
        fmt::format("{} of the training sample", brief(plan_.study.data.validation_fraction, 2));
    if (rows.held_out.empty()) {
      const auto n = static_cast<std::uint64_t>(plan_.study.data.train_samples);
      rows.held_out = draw_fresh_rows(plan_, std::max<std::uint64_t>(1, n / 4), threads);
      data.held_out_from = "fresh draws of the law";
    }
    rows_.bins.scale = draw_training_data(plan_, threads).normalization;
    rows_.distances = rows_.bins.distances(rows.all);
    const auto d = static_cast<std::size_t>(plan_.study.data.dimension);
    data.dimension = plan_.study.data.dimension;
    data.rows = rows.all.size() / d;
    data.held_out = rows.held_out.size() / d;
    std::vector<double> sorted = rows_.distances;
    sort_ascending(std::span(sorted));
    rows_.bins.edges = halving_edges(sorted, data.held_out, work_.settings.tail);
    rows_.all = std::move(rows.all);
    rows_.held_out = std::move(rows.held_out);
    data.edges = rows_.bins.edges;
    data.counts = rows_.bins.counts(rows_.held_out);
  }

  SamplingNu choose(const EntryPlan& entry, std::span<const std::uint64_t> counts) {
    const Stopwatch watch;
    Contest contest = planned(entry);
    SamplingNu& result = contest.result;
    log_info(fmt::format("{}: {} values of nu and {} rival(s)", result.name, candidates_.size(),
                         result.rivals.size()));
    const bool by_law = plan_.study.data.dimension == 1 && work_.settings.paths == 0;
    std::optional<CountedLaws> counted;
    if (!by_law) {
      counted = count_laws(contest.family, plan_.study.study.seed, paths(counts), work_.site);
      check_finite(result.name, counted->nonfinite_rate());
    }
    const BinLaws laws = by_law ? propagated(contest.family) : counted->laws();
    agree_on_errors(work_.site.world, [&] {
      if (work_.site.world.is_root()) decide(result, laws, counts, counted);
    });
    if (by_law) check_law(contest, laws);
    result.method = by_law ? "law" : "counting";
    result.paths = by_law ? 0 : counted->paths();
    result.seconds = watch.seconds();
    add_doubts(entry, result);
    return result;
  }

  Contest planned(const EntryPlan& entry) const {
    const ModelPlan& model = plan_.models[entry.model];
    Contest contest{{}, {{}, {}, work_.scales[entry.model], rows_.bins}};
    contest.result.name = entry.section.name;
    contest.result.model = entry.section.model;
    contest.result.model_nu = model.nu;
    contest.result.levels = static_cast<int>(entry.levels.size());
    contest.result.candidates = candidates_;
    for (const double nu : candidates_) {
      contest.family.entries.push_back(entry);
      contest.family.entries.back().nu = nu;
    }
    add_rivals(entry, contest);
    for (const EntryPlan& e : contest.family.entries) {
      contest.family.denoisers.push_back(
          entry_denoiser(e, work_.denoisers[e.model], work_.shelf.each()));
    }
    return contest;
  }

  void add_rivals(const EntryPlan& entry, Contest& contest) const {
    const auto add_rival = [&](const EntryPlan& rival, const std::string& name) {
      contest.family.entries.push_back(rival);
      contest.result.rivals.push_back({name, rival.section.coefficient, {}, {}});
    };
    for (const EntryPlan& other : plan_.entries) {
      if (is_t_sde_exact(other) && other.model == entry.model) add_rival(other, other.section.name);
    }
    if (!contest.result.rivals.empty()) return;
    if (const auto rival = exact_counterpart(plan_, entry, *work_.denoisers[entry.model],
                                             contest.result.no_rival)) {
      add_rival(*rival, "exact (added)");
    }
  }

  std::uint64_t paths(std::span<const std::uint64_t> counts) const {
    if (work_.settings.paths > 0) return work_.settings.paths;
    std::uint64_t held_out = 0;
    for (const std::uint64_t count : counts) held_out += count;
    return std::clamp<std::uint64_t>(10 * held_out, 100'000, 1'000'000);
  }

  void check_finite(const std::string& name, double rate) const {
    if (rate <= plan_.study.study.allowed_nonfinite_rate) return;
    throw NumericalError(
        fmt::format("{:.2g} of the paths of samplers.{} are not finite at some nu. Their tails "
                    "would be counted "
                    "wrong. Check the model, leave that nu out of --candidates, or set "
                    "study.allowed_nonfinite_rate to accept the rate.",
                    rate, name));
  }

  BinLaws propagated(const NuFamily& family) const {
    BinLaws laws;
    for (std::size_t c = 0; c < family.entries.size(); ++c) {
      laws.push_back(law_at(family, c, law_tolerance));
    }
    return laws;
  }

  std::vector<double> law_at(const NuFamily& family, std::size_t c, double tolerance) const {
    const LineLaw law =
        output_law(family.entries[c], family.denoisers[c], tolerance, work_.shelf.each());
    return family.bins.probabilities(law, family.model);
  }

  void decide(SamplingNu& result, const BinLaws& laws, std::span<const std::uint64_t> counts,
              const std::optional<CountedLaws>& counted) const {
    const auto uniform = [seed = plan_.study.study.seed](std::uint64_t replicate,
                                                         std::uint64_t draw, std::uint32_t lane) {
      const Words words =
          Stream(seed, Purpose::bootstrap, replicate).words(static_cast<std::uint32_t>(draw), lane);
      return open_uniform(words[0], words[1]);
    };
    Bootstrap bootstrap{replicates,
                        [&](std::uint64_t r, std::uint64_t bin) { return uniform(r, bin, 0); }};
    if (counted) {
      bootstrap.laws = [&](std::uint64_t r) {
        return counted->redrawn([&](std::uint64_t block) { return uniform(r, block, 1); });
      };
    }
    result.choice = choose_nu(candidates_, laws, counts, bootstrap);
    result.law = laws[nearest(result.choice.nu)];
    for (std::size_t k = 0; k < result.rivals.size(); ++k) {
      result.rivals[k].found = result.choice.rivals[k];
      result.rivals[k].law = laws[candidates_.size() + k];
    }
  }

  std::size_t nearest(double nu) const {
    const auto gap = [&](double candidate) { return std::abs(1 / candidate - 1 / nu); };
    return static_cast<std::size_t>(std::ranges::min_element(candidates_, {}, gap) -
                                    candidates_.begin());
  }

  /// The law nearest to the choice and those of the rivals on a finer grid. Collective.
  void check_law(Contest& contest, const BinLaws& laws) const {
    std::vector<double> chosen{contest.result.choice.nu};
    work_.site.world.broadcast(chosen);
    std::vector<std::size_t> asked{nearest(chosen[0])};
    for (std::size_t c = candidates_.size(); c < laws.size(); ++c) asked.push_back(c);
    for (const std::size_t c : asked) {
      const std::vector<double> fine = law_at(contest.family, c, fine_tolerance);
      for (std::size_t b = 0; b < fine.size(); ++b) {
        contest.result.law_error =
            std::max(contest.result.law_error, law_error_bound(fine[b], laws[c][b]) / fine[b]);
      }
    }
  }

  void add_doubts(const EntryPlan& entry, SamplingNu& result) const {
    const std::string shared = shared_doubt(entry, result);
    const NuChoice& choice = result.choice;
    if (choice.at_end) {
      add_sentence(result.doubt,
                   fmt::format("the interval reaches the last candidate: widen --candidates "
                               "beyond {} to {}",
                               brief(candidates_.front()), brief(candidates_.back())));
    }
    if (choice.fit_p_value < doubtful_p) {
      add_sentence(result.doubt,
                   fmt::format("no nu fits (p {}): this is the nearest of laws that are all "
                               "refuted, and another depth (--tail) may choose another",
                               p_words(choice.fit_p_value)));
    }
    add_sentence(result.doubt, shared);
    for (NuRivalResult& rival : result.rivals) {
      const double p = rival.found.fit_p_value;
      if (p < doubtful_p)
        add_sentence(rival.doubt, fmt::format("its law is refuted (p {})", p_words(p)));
      add_sentence(rival.doubt, shared);
    }
  }

  /// What makes the choice and every comparison with it doubtful.
  std::string shared_doubt(const EntryPlan& entry, const SamplingNu& result) const {
    constexpr std::size_t few = 500;
    const std::vector<double> held_out = rows_.bins.distances(rows_.held_out);
    std::string doubt = rows_together(held_out, rows_.bins.edges[rows_.bins.edges.size() / 2]);
    if (held_out.size() < few)
      add_sentence(doubt, fmt::format("only {} held-out rows", held_out.size()));
    if (!plan_.models[entry.model].section.file.empty() &&
        plan_.study.data.validation_samples() > 0) {
      add_sentence(doubt, "models." + entry.section.model +
                              ".file may have been trained on the held-out rows");
    }
    if (result.law_error > 1e-3) {
      add_sentence(doubt, fmt::format("a law's probabilities are wrong by up to {}",
                                      brief(result.law_error, 1)));
    }
    return doubt;
  }

  const NuWork& work_;
  const Plan& plan_;
  std::vector<double> candidates_;
  NuRows rows_;
};

}  // namespace

void choose_nus(const NuWork& work, NuReport& report) {
  NuChooser(work).run(report);
}

}  // namespace htdm
