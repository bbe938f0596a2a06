#include "io/run_report.hpp"

#include "io/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace htdm {
namespace {

/// Ranks that a table lists at most.
constexpr std::size_t most_listed = 8;

std::string percent(double share) {
  if (std::isnan(share)) return "-";
  return fmt::format("{:.1f} %", 100 * share);
}

/// A column of the table: a number of every rank, and how it is written.
struct Measure {
  Column column;
  std::function<double(const RankReport&)> value;
  std::function<std::string(double)> text;
};

std::vector<Measure> measures(const RunReport& run) {
  const auto share = [&run](const char* title, double (RankReport::*part)() const) {
    return Measure{{title, "", {}},
                   [&run, part](const RankReport& r) { return (r.*part)() / run.whole(r); },
                   percent};
  };
  std::vector<Measure> all{share("computing", &RankReport::computing),
                           share("waiting", &RankReport::waiting)};
  all.push_back(
      {{"I/O", "", {}}, [&run](const RankReport& r) { return r.io / run.whole(r); }, percent});
  all.push_back({{"other", "", {}},
                 [&run](const RankReport& r) { return run.other(r) / run.whole(r); },
                 percent});
  all.push_back({{"blocks", "", {}},
                 [](const RankReport& r) { return static_cast<double>(r.blocks); },
                 [](double n) { return fmt::format("{:.0f}", n); }});
  all.push_back({{"ms/block", "", {}},
                 [](const RankReport& r) {
                   return r.blocks > 0 ? 1e3 * r.sampling / static_cast<double>(r.blocks)
                                       : std::numeric_limits<double>::quiet_NaN();
                 },
                 [](double ms) { return ms > 0 ? fmt::format("{:.3g}", ms) : "-"; }});
  all.push_back({{"memory", "", {}},
                 [](const RankReport& r) { return r.peak_memory_bytes / 1e6; },
                 [](double mb) { return fmt::format("{:.0f} MB", mb); }});
  return all;
}

/// The ranks to list, in their order: all, or as many that waited least as that waited most.
std::vector<std::size_t> listed_ranks(const RunReport& run) {
  std::vector<std::size_t> ranks(run.ranks.size());
  std::iota(ranks.begin(), ranks.end(), std::size_t{0});
  if (ranks.size() <= most_listed) return ranks;
  std::ranges::stable_sort(ranks, {}, [&](std::size_t r) { return run.ranks[r].waiting(); });
  ranks.erase(ranks.begin() + most_listed / 2, ranks.end() - most_listed / 2);
  std::ranges::sort(ranks);
  return ranks;
}

std::string rank_table(const RunReport& run) {
  const std::vector<std::size_t> listed = listed_ranks(run);
  Column name{"rank", "", {"least", "median", "most"}, true};
  Column host{"host", "", {"", "", ""}, true};
  for (const std::size_t r : listed) {
    name.cells.push_back(fmt::format("{}", r));
    host.cells.push_back(run.ranks[r].host);
  }
  std::vector<Column> columns{name, host};
  for (Measure& measure : measures(run)) {
    std::vector<double> sorted;
    for (const RankReport& rank : run.ranks) {
      if (const double value = measure.value(rank); !std::isnan(value)) sorted.push_back(value);
    }
    std::ranges::sort(sorted);
    const std::size_t last = sorted.empty() ? 0 : sorted.size() - 1;
    for (const std::size_t at : {std::size_t{0}, last / 2, last}) {
      measure.column.cells.push_back(sorted.empty() ? "-" : measure.text(sorted[at]));
    }
    for (const std::size_t r : listed) {
      measure.column.cells.push_back(measure.text(measure.value(run.ranks[r])));
    }
    columns.push_back(std::move(measure.column));
  }
  std::string out;
  print_table(out, columns, 1);
  return out;
}

}  // namespace

RankReport& RankReport::operator+=(const RankReport& other) {
  for (double RankReport::*time :
       {&RankReport::training, &RankReport::tables, &RankReport::sampling, &RankReport::statistics,
        &RankReport::training_waiting, &RankReport::sampling_waiting, &RankReport::io}) {
    this->*time += other.*time;
  }
  blocks += other.blocks;
  peak_memory_bytes = std::max(peak_memory_bytes, other.peak_memory_bytes);
  return *this;
}

TimeShares time_shares(const RunReport& run) {
  TimeShares sum;
  double whole = 0;
  for (const RankReport& rank : run.ranks) {
    whole += run.whole(rank);
    sum.computing += rank.computing();
    sum.waiting += rank.waiting();
    sum.io += rank.io;
    sum.other += run.other(rank);
  }
  if (whole <= 0) return {};
  return {sum.computing / whole, sum.waiting / whole, sum.io / whole, sum.other / whole};
}

double imbalance(std::span<const RankReport> ranks, double RankReport::*part) {
  double sum = 0, most = 0;
  for (const RankReport& rank : ranks) {
    sum += rank.*part;
    most = std::max(most, rank.*part);
  }
  if (sum <= 0) return std::numeric_limits<double>::quiet_NaN();
  return most * static_cast<double>(ranks.size()) / sum - 1;
}

std::string run_summary(const RunReport& run) {
  const TimeShares share = time_shares(run);
  std::string text = fmt::format(
      "{:.1f} s on {} rank(s); their threads: computing {}, waiting {}, at files {}, other {}.\n",
      run.seconds, run.ranks.size(), percent(share.computing), percent(share.waiting),
      percent(share.io), percent(share.other));
  if (run.ranks.size() > 1) {
    text += fmt::format("Load imbalance (most over mean, less 1): training {}, sampling {}.\n",
                        percent(imbalance(run.ranks, &RankReport::training)),
                        percent(imbalance(run.ranks, &RankReport::sampling)));
  }
  double memory = 0;
  for (const RankReport& rank : run.ranks) memory = std::max(memory, rank.peak_memory_bytes);
  text += fmt::format("Most memory of a rank: {:.0f} MB. ", memory / 1e6);
  if (run.checkpoints == 0) return text + "No checkpoint was taken.\n";
  return text + fmt::format("{} checkpoint(s) held the run up for {:.3g} s, {:.2g} % of it{}.\n",
                            run.checkpoints, run.checkpoint_seconds,
                            100 * run.checkpoint_overhead(),
                            run.checkpoint_interval > 0
                                ? fmt::format(" (interval {:g} s)", run.checkpoint_interval)
                                : "");
}

std::string run_text(const RunReport& run) {
  return run_summary(run) + (run.ranks.size() > 1 ? "\n" + rank_table(run) : "");
}

}  // namespace htdm
