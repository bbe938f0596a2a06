#include "io/estimate_text.hpp"
#include "io/tail.hpp"
#include "io/text.hpp"
#include "io/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

constexpr int digits = 4;

/// Estimate and interval; a bound where nothing more is known.
std::string number_text(const TailNumber& n) {
  if (!std::isnan(n.value)) {
    return fmt::format("{} [{}, {}]", brief(n.value, digits), brief(n.interval.low, digits),
                       brief(n.interval.high, digits));
  }
  if (std::isfinite(n.interval.low)) return "not resolved, > " + brief(n.interval.low, digits);
  if (std::isfinite(n.interval.high)) return "not resolved, < " + brief(n.interval.high, digits);
  return "not resolved";
}

std::string number_text(const std::optional<TailNumber>& n) {
  return n ? number_text(*n) : "-";
}

std::string flag(bool doubtful) {
  return doubtful ? "yes" : "no";
}

bool doubtful(const ReturnLevel& level) {
  const auto bad = [](const std::optional<TailNumber>& n) { return n && !n->doubt.empty(); };
  return bad(level.fitted) || bad(level.counted) || bad(level.law);
}

/// "20", "1.00e6": draws of which one is expected beyond a return level.
std::string period_text(double probability) {
  return probability >= 1e-5 ? fmt::format("{:.6g}", 1 / probability) : brief(1 / probability);
}

/// What a tail is of; with its file where several have the same name.
std::string shown_label(const TailResults& results, const TailEntry& entry) {
  const auto same = std::ranges::count_if(results.tails, [&](const TailEntry& other) {
    return other.label() == entry.label() && other.event == entry.event;
  });
  return entry.label() + (same > 1 ? " of " + results.sources[entry.source].path : "");
}

/// One row per tail.
std::vector<Column> index_columns(const TailResults& results) {
  Column label{"tail of", "", {}, true}, event{"event", "", {}, true};
  Column size{"draws", "", {}}, largest{"largest", "", {}};
  Column index{"tail index", "95 % interval", {}, true}, method{"by", "", {}, true};
  Column used{"from", "", {}}, shape{"shape", "95 % interval", {}, true};
  Column fit{"by", "", {}, true}, threshold{"beyond", "", {}}, exceedances{"from", "", {}};
  Column seconds{"seconds", "", {}}, doubt{"doubtful", "", {}, true};
  for (const TailEntry& entry : results.tails) {
    const TailReport& r = entry.report;
    label.cells.push_back(shown_label(results, entry));
    event.cells.push_back(entry.event);
    size.cells.push_back(entry.of_law() ? "-" : fmt::format("{}", r.size));
    largest.cells.push_back(brief(r.largest, digits));
    index.cells.push_back(number_text(r.index));
    method.cells.push_back(r.index.method);
    used.cells.push_back(entry.of_law() ? "-" : fmt::format("{}", r.hill_exceedances));
    shape.cells.push_back(number_text(r.shape));
    fit.cells.push_back(entry.of_law() ? r.shape.method : "likelihood");
    threshold.cells.push_back(brief(r.threshold, digits));
    exceedances.cells.push_back(entry.of_law() ? "-" : fmt::format("{}", r.exceedances));
    seconds.cells.push_back(r.seconds > 0 ? brief(r.seconds) : "-");
    doubt.cells.push_back(flag(!r.index.doubt.empty() || !r.shape.doubt.empty()));
  }
  return {label, event, size, largest,   seconds,     index, method,
          used,  shape, fit,  threshold, exceedances, doubt};
}

/// One row per tail and probability.
std::vector<Column> level_columns(const TailResults& results) {
  Column label{"return levels of", "", {}, true}, event{"event", "", {}, true};
  Column probability{"beyond", "", {}}, period{"one in", "", {}};
  Column fitted{"fitted, or by a law", "95 % interval", {}, true};
  Column counted{"counted", "95 % interval", {}, true}, doubt{"doubtful", "", {}, true};
  for (const TailEntry& entry : results.tails) {
    for (const ReturnLevel& level : entry.report.return_levels) {
      label.cells.push_back(shown_label(results, entry));
      event.cells.push_back(entry.event);
      probability.cells.push_back(brief(level.probability, 2));
      period.cells.push_back(period_text(level.probability));
      fitted.cells.push_back(number_text(level.law ? level.law : level.fitted));
      counted.cells.push_back(number_text(level.counted));
      doubt.cells.push_back(flag(doubtful(level)));
    }
  }
  return {label, event, probability, period, fitted, counted, doubt};
}

/// Doubts that a tail has, sentence by sentence, each with the numbers that it is about.
class Doubts {
 public:
  void add(const std::string& what, const TailNumber& number) {
    ++numbers_;
    std::string rest = number.doubt;
    while (!rest.empty()) {
      const std::size_t end = rest.find("; ");
      add(what, rest.substr(0, end));
      rest = end == std::string::npos ? "" : rest.substr(end + 2);
    }
  }

  void print(std::string& out, const std::string& label) const {
    for (const auto& [doubt, names] : doubts_) {
      const std::string about = names.size() == numbers_ ? "all numbers" : joined(names);
      out += fmt::format("{}: doubtful ({}), {}.\n", label, about, doubt);
    }
  }

 private:
  void add(const std::string& what, const std::string& sentence) {
    auto found =
        std::ranges::find_if(doubts_, [&](const auto& doubt) { return doubt.first == sentence; });
    if (found == doubts_.end()) found = doubts_.insert(found, {sentence, {}});
    found->second.push_back(what);
  }

  std::size_t numbers_ = 0;
  std::vector<std::pair<std::string, std::vector<std::string>>> doubts_;
};

void print_doubts(std::string& out, const TailResults& results, const TailEntry& entry) {
  Doubts doubts;
  doubts.add("tail index", entry.report.index);
  doubts.add("shape", entry.report.shape);
  for (const ReturnLevel& level : entry.report.return_levels) {
    const std::string at = " at " + brief(level.probability, 2);
    if (level.fitted) doubts.add("fitted" + at, *level.fitted);
    if (level.counted) doubts.add("counted" + at, *level.counted);
    if (level.law) doubts.add("law" + at, *level.law);
  }
  doubts.print(out, shown_label(results, entry) + ", " + entry.event);
}

}  // namespace

std::string TailEntry::label() const {
  if (sampler.empty()) return part;
  const std::string name = std::isnan(nu) ? sampler : fmt::format("{} (nu {:.4g})", sampler, nu);
  return part == "law" ? "law of " + name : name;
}

std::string tail_text(const TailResults& results) {
  std::string text;
  print_table(text, index_columns(results), 2);
  print_table(text, level_columns(results), 4);
  for (const TailEntry& entry : results.tails) print_doubts(text, results, entry);
  text +=
      "Tail index: a in P(X > x) ~ x^-a; shape: of the generalised Pareto law beyond a threshold, "
      "1/a of a power law.\nA return level is exceeded with the probability beside it, by one draw "
      "in so many. Fitted: generalised Pareto,\nprofile likelihood; counted: order statistics, "
      "which "
      "give a bound where less than one draw is expected.\n";
  return text;
}

}  // namespace htdm
