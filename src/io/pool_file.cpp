#include "io/pool_file.hpp"

#include "io/table.hpp"

namespace htdm {
namespace {

using hdf5::Group;

template <class Table, class Rows>
void batch_columns(Table table, Rows& rows) {
  table.part("batch", rows, [](auto& b) -> auto& { return b.batch; }, {"batch of its run"});
  table.part("seed", rows, [](auto& b) -> auto& { return b.seed; }, {"seed of its run"});
  table.part("paths", rows, [](auto& b) -> auto& { return b.paths; }, {"paths"});
  table.part("nonfinite", rows, [](auto& b) -> auto& { return b.nonfinite; },
             {"paths that are not finite"});
  table.part("first_nonfinite", rows, [](auto& b) -> auto& { return b.first_nonfinite; },
             {"lowest of their numbers, 2^64 - 1 for none"});
  table.part("kept", rows, [](auto& b) -> auto& { return b.kept; },
             {"how many of its first paths are kept"});
  table.part("finite", rows, [](auto& b) -> auto& { return b.moments.n; }, {"paths in moments"});
  table.part("mean", rows, [](auto& b) -> auto& { return b.moments.mean; },
             {"mean of the first component", "raw data units"});
  table.part("m2", rows, [](auto& b) -> auto& { return b.moments.m2; },
             {"sum of squared deviations", "raw data units to the 2"});
  table.part("m3", rows, [](auto& b) -> auto& { return b.moments.m3; },
             {"sum of cubed deviations", "raw data units to the 3"});
  table.part("m4", rows, [](auto& b) -> auto& { return b.moments.m4; },
             {"sum of deviations to the fourth", "raw data units to the 4"});
  table.lists("count", "threshold", rows, [](auto& b) -> auto& { return b.counts; },
              {"paths above each threshold of exceedance/"});
}

/// Bins that hold anything.
void write_histogram(Group group, const MagnitudeHistogram& histogram, const std::string& what) {
  std::vector<std::uint64_t> bins, counts;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    if (histogram.counts()[i] == 0) continue;
    bins.push_back(i);
    counts.push_back(histogram.counts()[i]);
  }
  TableWriter table(std::move(group));
  table.column("bin", bins, {"bin of stats/histogram.hpp, from -inf to +inf"});
  table.column("count", counts, {what});
}

MagnitudeHistogram read_histogram(const Group& pool, const std::string& name) {
  std::vector<std::uint64_t> bins, counts;
  TableReader table(pool.open_group(name));
  table.column("bin", bins, {});
  table.column("count", counts, {});
  MagnitudeHistogram histogram;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (bins[i] >= histogram.counts().size()) pool.fail(name, "has a bin beyond the last");
    histogram.counts()[bins[i]] = counts[i];
  }
  return histogram;
}

}  // namespace

void write_pool(Group group, const PoolData& pool) {
  batch_columns(TableWriter(group.create_group("batches")), pool.batches);
  write_histogram(group.create_group("first_component"), pool.first_component,
                  "first components in the bin, z-space");
  write_histogram(group.create_group("event"), pool.event, "event values in the bin, raw space");
  const std::size_t columns = pool.kept.empty() ? 0 : pool.kept.front().size();
  std::vector<float> values;
  for (const std::vector<float>& row : pool.kept) {
    values.insert(values.end(), row.begin(), row.end());
  }
  group.write_matrix<float>("kept", values, pool.kept.size(), columns,
                            {"samples kept for W1 and Q-Q [component][path], z-space"});
}

PoolData read_pool(const Group& group) {
  PoolData pool;
  batch_columns(TableReader(group.open_group("batches")), pool.batches);
  pool.first_component = read_histogram(group, "first_component");
  pool.event = read_histogram(group, "event");
  const std::vector<float> values = group.read<float>("kept");
  const std::vector<std::uint64_t> shape = group.shape("kept");
  std::uint64_t kept = 0;
  for (const PoolBatch& batch : pool.batches) kept += batch.kept;
  if (shape.size() != 2 || shape[1] != kept) group.fail("kept", "does not fit the batches");
  for (std::uint64_t j = 0; j < shape[0]; ++j) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(j * kept);
    pool.kept.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(kept));
  }
  return pool;
}

}  // namespace htdm
