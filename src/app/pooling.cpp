#include "app/pooling.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace htdm {
namespace {

/// Where a batch is: its row in a pool, and its first kept sample there.
struct Place {
  const PoolData* pool;
  const PoolBatch* batch;
  std::uint64_t first_kept;
};

std::vector<Place> in_order(std::span<const PoolData* const> pools) {
  std::vector<Place> places;
  for (const PoolData* pool : pools) {
    std::uint64_t kept = 0;
    for (const PoolBatch& batch : pool->batches) {
      places.push_back({pool, &batch, kept});
      kept += batch.kept;
    }
  }
  std::ranges::sort(places, {},
                    [](const Place& p) { return std::tuple(p.batch->seed, p.batch->batch); });
  return places;
}

/// Batch `place` as batch `b` of `sample`.
void put_batch(EntrySample& sample, const Place& place, std::size_t b, std::uint64_t batch_size,
               std::uint64_t wanted) {
  const PoolBatch& batch = *place.batch;
  std::uint64_t first_nonfinite = ExceedanceCounts::none;
  if (batch.nonfinite > 0) {
    first_nonfinite = batch.first_nonfinite - batch.batch * batch_size + b * batch_size;
  }
  auto next = batch.counts.begin();
  for (std::vector<ExceedanceCounts>& event : sample.tally.counts) {
    ExceedanceCounts& counts = event[b];
    const auto size = static_cast<std::ptrdiff_t>(counts.count.size());
    HTDM_EXPECTS(batch.counts.end() - next >= size);
    std::copy(next, next + size, counts.count.begin());
    next += size;
    counts.paths = batch.paths;
    counts.nonfinite = batch.nonfinite;
    counts.first_nonfinite = first_nonfinite;
  }
  sample.moments[b] = Moments(batch.moments);
  const auto first = static_cast<std::ptrdiff_t>(place.first_kept);
  for (std::size_t j = 0; j < sample.kept.size(); ++j) {
    const std::uint64_t left = wanted - std::min<std::uint64_t>(wanted, sample.kept[j].size());
    const auto take = static_cast<std::ptrdiff_t>(std::min(batch.kept, left));
    const auto begin = place.pool->kept[j].begin() + first;
    sample.kept[j].insert(sample.kept[j].end(), begin, begin + take);
  }
}

}  // namespace

Part parse_part(const std::string& text) {
  Part part;
  const char* const end = text.data() + text.size();
  auto [slash, error] = std::from_chars(text.data(), end, part.index);
  bool good = error == std::errc{} && slash != end && *slash == '/';
  if (good) {
    const auto [last, second] = std::from_chars(slash + 1, end, part.count);
    good = second == std::errc{} && last == end && part.index < part.count;
  }
  check_input(good, "--part " + text + " is no part",
              "A part is I/N, the I-th of N, with I from 0 to N - 1", "Write --part 0/4");
  return part;
}

std::string part_text(const Part& part) {
  return std::to_string(part.index) + "/" + std::to_string(part.count);
}

void select_part(Plan& plan, const Part& part) {
  const auto batches = static_cast<std::uint64_t>(plan.study.statistics.batches);
  const std::uint64_t units = batches * plan.entries.size();
  check_input(part.count <= units,
              "--part asks for " + std::to_string(part.count) + " parts of " +
                  std::to_string(units) + " units",
              "A unit is one batch of one sampler at one nu, and is not cut",
              "Ask for fewer parts, or set more statistics.batches");
  check_input(!plan.study.store.stores(), "--part with [store]",
              "Stored samples of parts cannot be put together", "Remove [store], or --part");
  const std::uint64_t first = units * part.index / part.count;
  const std::uint64_t last = units * (part.index + 1) / part.count;
  std::vector<bool> used(plan.models.size()), mine(plan.models.size());
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    EntryPlan& entry = plan.entries[i];
    const auto inside = [&](std::uint64_t unit) {
      return static_cast<std::size_t>(std::clamp(unit, i * batches, (i + 1) * batches) -
                                      i * batches);
    };
    entry.batches = {inside(first), inside(last)};
    used[entry.model] = true;
    if (!entry.batches.empty()) mine[entry.model] = true;
  }
  for (std::size_t m = 0; m < plan.models.size(); ++m) {
    plan.models[m].needed = mine[m] || (!used[m] && part.index == 0);
  }
}

PoolData pool_of(const Plan& plan, const EntryPlan& entry, const EntrySample& sample) {
  const auto size = static_cast<std::uint64_t>(plan.study.statistics.batch_size);
  const std::uint64_t all_kept = kept_paths(plan);
  PoolData pool{{}, sample.tally.first_component, sample.tally.event, sample.kept};
  for (std::size_t b = entry.batches.first; b < entry.batches.last; ++b) {
    const ExceedanceCounts& main = sample.tally.counts[0][b];
    PoolBatch batch;
    batch.seed = plan.study.study.seed;
    batch.batch = b;
    batch.paths = main.paths;
    batch.nonfinite = main.nonfinite;
    batch.first_nonfinite = main.first_nonfinite;
    batch.kept = std::min(size, all_kept - std::min(all_kept, b * size));
    for (const std::vector<ExceedanceCounts>& event : sample.tally.counts) {
      batch.counts.insert(batch.counts.end(), event[b].count.begin(), event[b].count.end());
    }
    batch.moments = sample.moments[b].sums();
    pool.batches.push_back(std::move(batch));
  }
  return pool;
}

EntrySample pooled_sample(const Plan& plan, std::span<const PoolData* const> pools) {
  EntrySample sample = empty_sample(plan);
  const std::vector<Place> places = in_order(pools);
  HTDM_EXPECTS(places.size() == sample.moments.size());
  for (std::size_t b = 0; b < places.size(); ++b) {
    put_batch(sample, places[b], b, static_cast<std::uint64_t>(plan.study.statistics.batch_size),
              kept_paths(plan));
  }
  for (const PoolData* pool : pools) {
    sample.tally.first_component.merge(pool->first_component);
    sample.tally.event.merge(pool->event);
  }
  return sample;
}

}  // namespace htdm
