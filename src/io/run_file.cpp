#include "io/run_file.hpp"

#include "io/table.hpp"

#include <numeric>

namespace htdm {
namespace {

using hdf5::Group;

template <class Table, class Rows>
void rank_columns(Table& table, Rows& rows) {
  const auto seconds = [&](const char* name, double RankReport::*part, const char* what) {
    table.part(name, rows, [part](auto& r) -> auto& { return r.*part; }, {what, "s"});
  };
  table.part("host", rows, [](auto& r) -> auto& { return r.host; }, {"where it ran"});
  table.part("threads", rows, [](auto& r) -> auto& { return r.threads; }, {"threads"});
  seconds("training", &RankReport::training, "thread-seconds training");
  seconds("tables", &RankReport::tables, "thread-seconds tabulating denoisers");
  seconds("sampling", &RankReport::sampling, "thread-seconds in blocks of paths");
  seconds("statistics", &RankReport::statistics, "thread-seconds making estimates");
  seconds("training_waiting", &RankReport::training_waiting,
          "thread-seconds waiting until models are written");
  seconds("sampling_waiting", &RankReport::sampling_waiting, "thread-seconds waiting after that");
  seconds("io", &RankReport::io, "thread-seconds reading and writing files");
  table.part("blocks", rows, [](auto& r) -> auto& { return r.blocks; }, {"blocks sampled"});
  table.part("peak_memory_bytes", rows, [](auto& r) -> auto& { return r.peak_memory_bytes; },
             {"largest resident memory", "bytes"});
}

template <class Run, class Visit>
void run_attributes(Run& run, Visit visit) {
  visit("seconds", run.seconds);
  visit("checkpoints", run.checkpoints);
  visit("checkpoint_interval", run.checkpoint_interval);
  visit("checkpoint_seconds", run.checkpoint_seconds);
}

}  // namespace

void write_run(Group group, const RunReport& run) {
  run_attributes(run, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  // What follows from the rest, for those who read the file by other means.
  group.set_attribute("checkpoint_overhead", run.checkpoint_overhead());
  group.set_attribute("training_imbalance", imbalance(run.ranks, &RankReport::training));
  group.set_attribute("sampling_imbalance", imbalance(run.ranks, &RankReport::sampling));
  std::vector<std::int32_t> ranks(run.ranks.size());
  std::iota(ranks.begin(), ranks.end(), 0);
  TableWriter table(std::move(group));
  table.column("rank", ranks, {"rank"});
  rank_columns(table, run.ranks);
}

RunReport read_run(Group group) {
  RunReport run;
  run_attributes(run, [&]<class T>(const char* name, T& v) { v = group.attribute<T>(name); });
  std::vector<std::int32_t> ranks;
  TableReader table(std::move(group));
  table.column("rank", ranks, {});
  rank_columns(table, run.ranks);
  return run;
}

}  // namespace htdm
