#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/digest.hpp"
#include "io/file_header.hpp"
#include "io/seal.hpp"
#include "io/table.hpp"
#include "io/tail.hpp"
#include "stats/tail_trust.hpp"

#include <fmt/format.h>

#include <cmath>

namespace htdm {
namespace {

using hdf5::Group;

/// A number of a tail as a row: what it is, and for which probability.
struct NumberRow {
  double probability = std::numeric_limits<double>::quiet_NaN();
  std::string quantity;
  TailNumber number;
};

std::vector<NumberRow> number_rows(const TailReport& r) {
  return {{std::nan(""), "index", r.index}, {std::nan(""), "shape", r.shape}};
}

std::vector<NumberRow> level_rows(const TailReport& r) {
  std::vector<NumberRow> rows;
  const auto add = [&](double p, const char* quantity, const std::optional<TailNumber>& number) {
    if (number) rows.push_back({p, quantity, *number});
  };
  for (const ReturnLevel& level : r.return_levels) {
    add(level.probability, "fitted", level.fitted);
    add(level.probability, "counted", level.counted);
    add(level.probability, "law", level.law);
  }
  return rows;
}

void take_rows(TailReport& r, const std::vector<NumberRow>& numbers,
               const std::vector<NumberRow>& levels) {
  for (const NumberRow& row : numbers) (row.quantity == "index" ? r.index : r.shape) = row.number;
  for (const NumberRow& row : levels) {
    if (r.return_levels.empty() || r.return_levels.back().probability != row.probability) {
      r.return_levels.push_back({row.probability, {}, {}, {}});
    }
    ReturnLevel& level = r.return_levels.back();
    (row.quantity == "fitted"    ? level.fitted
     : row.quantity == "counted" ? level.counted
                                 : level.law) = row.number;
  }
}

template <class Table, class Rows>
void number_columns(Table table, Rows& rows, bool levels) {
  const std::string units = levels ? raw_units : "1";
  const auto column = [&](const char* name, auto part, const hdf5::Label& label) {
    table.part(name, rows, part, label);
  };
  if (levels) {
    column("probability", [](auto& r) -> auto& { return r.probability; },
           {"probability that a draw is beyond the return level"});
  }
  column("quantity", [](auto& r) -> auto& { return r.quantity; },
         {levels ? "fitted, counted (order statistics) or law" : "index (tail index) or shape"});
  column("value", [](auto& r) -> auto& { return r.number.value; },
         {"estimate; NaN where it is not resolved, then low or high is a bound", units});
  column("low", [](auto& r) -> auto& { return r.number.interval.low; },
         {"lower end of its 95 % interval", units});
  column("high", [](auto& r) -> auto& { return r.number.interval.high; },
         {"upper end of its 95 % interval", units});
  column("method", [](auto& r) -> auto& { return r.number.method; }, {"how it was estimated"});
  column("doubt", [](auto& r) -> auto& { return r.number.doubt; },
         {"why not to believe the interval; empty for no doubt"});
}

template <class Table, class Rows>
void survival_columns(Table table, Rows& rows, const PlotTrust& trust) {
  const auto column = [&](const char* name, auto part, const hdf5::Label& label) {
    table.part(name, rows, part, label);
  };
  column("threshold", [](auto& p) -> auto& { return p.threshold; },
         {"threshold of the event", raw_units});
  column("probability", [](auto& p) -> auto& { return p.probability; }, {"probability beyond it"});
  column("low", [](auto& p) -> auto& { return p.interval.low; }, {"lower end of its interval"});
  column("high", [](auto& p) -> auto& { return p.interval.high; }, {"upper end of its interval"});
  column("index", [](auto& p) -> auto& { return p.index; },
         {"local tail index of a law, else NaN"});
  column("index_low", [](auto& p) -> auto& { return p.index_interval.low; }, {"its lower bound"});
  column("index_high", [](auto& p) -> auto& { return p.index_interval.high; }, {"its upper bound"});
  write_trust(table, trust.method, trust.doubtful);
}

const std::string largest_ones = "how many of the largest draws are taken";

template <class Table, class Rows>
void hill_columns(Table table, Rows& rows, const PlotTrust& trust) {
  table.part("exceedances", rows, [](auto& t) -> auto& { return t.k; }, {largest_ones});
  table.part("value", rows, [](auto& t) -> auto& { return t.alpha; }, {"tail index, Hill"});
  table.part("low", rows, [](auto& t) -> auto& { return t.interval.low; }, {"lower end, 95 %"});
  table.part("high", rows, [](auto& t) -> auto& { return t.interval.high; }, {"upper end, 95 %"});
  write_trust(table, trust.method, trust.doubtful);
}

template <class Table, class Rows>
void excess_columns(Table table, Rows& rows, const PlotTrust& trust) {
  table.part("threshold", rows, [](auto& m) -> auto& { return m.threshold; },
             {"threshold of the event", raw_units});
  table.part("exceedances", rows, [](auto& m) -> auto& { return m.exceedances; }, {largest_ones});
  table.part("value", rows, [](auto& m) -> auto& { return m.value; },
             {"mean distance of what is beyond the threshold", raw_units});
  table.part("low", rows, [](auto& m) -> auto& { return m.interval.low; },
             {"lower end, 95 %", raw_units});
  table.part("high", rows, [](auto& m) -> auto& { return m.interval.high; },
             {"upper end, 95 %", raw_units});
  write_trust(table, trust.method, trust.doubtful);
}

template <class Table, class Rows>
void stability_columns(Table table, Rows& rows, const PlotTrust& trust) {
  table.part("threshold", rows, [](auto& f) -> auto& { return f.threshold; },
             {"threshold of the event", raw_units});
  table.part("exceedances", rows, [](auto& f) -> auto& { return f.exceedances; }, {largest_ones});
  table.part("shape", rows, [](auto& f) -> auto& { return f.law.shape; },
             {"shape of the generalised Pareto law beyond it"});
  table.part("low", rows, [](auto& f) -> auto& { return f.shape_interval.low; },
             {"lower end, 95 %"});
  table.part("high", rows, [](auto& f) -> auto& { return f.shape_interval.high; },
             {"upper end, 95 %"});
  table.part("scale", rows, [](auto& f) -> auto& { return f.law.scale; },
             {"scale of it", raw_units});
  write_trust(table, trust.method, trust.doubtful);
}

template <class Entry, class Visit>
void tail_attributes(Entry& entry, Visit visit) {
  visit("part", entry.part);
  visit("sampler", entry.sampler);
  visit("nu", entry.nu);
  visit("event", entry.event);
  visit("name", entry.report.name);
  visit("draws", entry.report.size);
  visit("seconds", entry.report.seconds);
  visit("largest", entry.report.largest);
  visit("index_exceedances", entry.report.hill_exceedances);
  visit("threshold", entry.report.threshold);
  visit("exceedances", entry.report.exceedances);
  visit("scale", entry.report.scale);
}

/// The tables that are members of the report; `open` gives each its writer or reader.
template <class Report, class Open>
void report_tables(Report& report, Open open) {
  survival_columns(open("survival"), report.survival, survival_trust(report));
  hill_columns(open("hill_plot"), report.hill_plot, hill_trust(report));
  excess_columns(open("mean_excess"), report.mean_excess, excess_trust(report));
  stability_columns(open("stability"), report.stability, stability_trust(report));
}

void write_entry(Group group, const TailEntry& entry) {
  tail_attributes(entry, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  group.set_attribute("source", static_cast<std::uint64_t>(entry.source));
  const auto open = [&](const char* name) { return TableWriter(group.create_group(name)); };
  const std::vector<NumberRow> numbers = number_rows(entry.report);
  const std::vector<NumberRow> levels = level_rows(entry.report);
  number_columns(open("numbers"), numbers, false);
  number_columns(open("return_levels"), levels, true);
  report_tables(entry.report, open);
}

TailEntry read_entry(const Group& group, std::size_t sources) {
  TailEntry entry;
  tail_attributes(entry, [&]<class T>(const char* name, T& v) { v = group.attribute<T>(name); });
  entry.source = group.attribute<std::uint64_t>("source");
  if (entry.source >= sources) group.fail("source", "names none of the sources");
  const auto open = [&](const char* name) { return TableReader(group.open_group(name)); };
  std::vector<NumberRow> numbers, levels;
  number_columns(open("numbers"), numbers, false);
  number_columns(open("return_levels"), levels, true);
  take_rows(entry.report, numbers, levels);
  report_tables(entry.report, open);
  return entry;
}

template <class Table, class Rows>
void source_columns(Table table, Rows& rows) {
  table.part("path", rows, [](auto& s) -> auto& { return s.path; }, {"file"});
  table.part("kind", rows, [](auto& s) -> auto& { return s.kind; }, {"study, samples or results"});
  table.part("study", rows, [](auto& s) -> auto& { return s.study; }, {"resolved study, TOML"});
  table.part("study_without_paths", rows, [](auto& s) -> auto& { return s.study_no_paths; },
             {"resolved study without file paths, TOML"});
}

TailResults tail_as(const std::string& path, const std::string& shown) {
  const hdf5::File file = hdf5::File::open(path, shown);
  const Group root = file.root();
  check_header(root, "tail", shown);
  TailResults results;
  results.provenance = read_provenance(root);
  source_columns(TableReader(root.open_group("sources")), results.sources);
  const Group tails = root.open_group("tails");
  const std::size_t count = tails.members().size();
  for (std::size_t i = 0; i < count; ++i) {
    results.tails.push_back(
        read_entry(tails.open_group(fmt::format("{:03}", i)), results.sources.size()));
  }
  return results;
}

void add(Digest& digest, const std::vector<NumberRow>& rows) {
  digest.integer(rows.size());
  for (const NumberRow& row : rows) {
    const TailNumber& n = row.number;
    digest.number(row.probability).text(row.quantity).number(n.value).number(n.interval.low);
    digest.number(n.interval.high).text(n.method).text(n.doubt);
  }
}

/// The tables of a report, each as numbers.
void add_tables(Digest& digest, const TailReport& r) {
  for (const SurvivalPoint& p : r.survival) {
    digest.number(p.threshold).number(p.probability).number(p.interval.low);
    digest.number(p.interval.high).number(p.index).number(p.index_interval.low);
    digest.number(p.index_interval.high);
  }
  for (const TailIndex& t : r.hill_plot) {
    digest.integer(t.k).number(t.alpha).number(t.interval.low).number(t.interval.high);
  }
  for (const MeanExcess& m : r.mean_excess) {
    digest.number(m.threshold).integer(m.exceedances).number(m.value);
    digest.number(m.interval.low).number(m.interval.high);
  }
  for (const ThresholdFit& f : r.stability) {
    digest.number(f.threshold).integer(f.exceedances).number(f.law.shape).number(f.law.scale);
    digest.number(f.shape_interval.low).number(f.shape_interval.high);
  }
}

}  // namespace

void write_tail(const std::string& path, const TailResults& results) {
  const hdf5::File file = hdf5::File::create(path);
  Group root = file.root();
  write_header(root, "tail", results.provenance);
  source_columns(TableWriter(root.create_group("sources")), results.sources);
  Group tails = root.create_group("tails");
  for (std::size_t i = 0; i < results.tails.size(); ++i) {
    write_entry(tails.create_group(fmt::format("{:03}", i)), results.tails[i]);
  }
  std::vector<std::byte> bytes = file.bytes();
  append_seal(bytes);
  write_aside(path, bytes, [&](const std::string& partial) {
    check_input(tail_digest(tail_as(partial, path)) == tail_digest(results),
                path + " does not read back as written",
                "The disk or the network file system is at fault", "Choose another folder");
  });
}

TailResults read_tail(const std::string& path) {
  return tail_as(path, path);
}

std::string tail_digest(const TailResults& results) {
  Digest digest;
  digest.text("htdm tail 1").integer(results.sources.size()).integer(results.tails.size());
  for (const TailSource& s : results.sources) digest.text(s.kind).text(s.study_no_paths);
  for (const TailEntry& entry : results.tails) {
    const TailReport& r = entry.report;
    digest.integer(entry.source).text(entry.part).text(entry.sampler).number(entry.nu);
    digest.text(entry.event).integer(r.size).number(r.largest).integer(r.hill_exceedances);
    digest.number(r.threshold).integer(r.exceedances).number(r.scale);
    add(digest, number_rows(r));
    add(digest, level_rows(r));
    add_tables(digest, r);
  }
  return digest.finish_hex();
}

}  // namespace htdm
