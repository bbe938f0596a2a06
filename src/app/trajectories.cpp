#include "app/trajectories.hpp"

#include "app/basins.hpp"
#include "app/environment.hpp"
#include "app/law.hpp"
#include "app/log.hpp"
#include "app/path_recorder.hpp"
#include "app/tables.hpp"
#include "core/error.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace htdm {
namespace {

/// What one thread needs to go through blocks by tiles.
class TileLoop {
 public:
  explicit TileLoop(int dimension)
      : tile_(tile_size(dimension)),
        stride_(padded(tile_)),
        z_(stride_ * static_cast<std::size_t>(dimension)) {}

  /// sample(first_path, out, scratch) for every tile of a block.
  template <class Sample>
  void run(const BlockTable& table, std::uint64_t block, Sample sample) {
    const std::size_t paths = table.paths(block);
    for (std::size_t done = 0; done < paths; done += tile_) {
      sample(table.first_path(block) + done,
             Tile<float>{z_.data(), std::min(tile_, paths - done), stride_}, scratch_);
    }
  }

 private:
  std::size_t tile_, stride_;
  AlignedVector<float> z_;
  Scratch scratch_;
};

/// One thread's part of counting.
struct Counter {
  TileLoop tiles;
  std::unique_ptr<PathRecorder> recorder;
  BasinTally tally;
};

void check_finite(const Plan& plan, const EntryPlan& entry, const BasinTally& tally,
                  const Communicator& world) {
  const std::uint64_t bad = tally.nonfinite_paths(), good = tally.finite_paths();
  const double rate = static_cast<double>(bad) / static_cast<double>(bad + good);
  agree_on_errors(world, [&] {
    if (good > 0 && rate <= plan.study.study.allowed_nonfinite_rate) return;
    throw NumericalError(fmt::format(
        "{} of {} paths of samplers.{} are not finite. Their basins are not known. Check the "
        "model, or set study.allowed_nonfinite_rate to accept the rate.",
        bad, bad + good, entry.section.name));
  });
}

}  // namespace

BasinResult count_basins(const Plan& plan, std::size_t index,
                         const std::shared_ptr<const Denoiser>& denoiser, const TwoPoints& points,
                         BlockDealer& dealer, const Communicator& world, int threads) {
  const EntryPlan& entry = plan.entries[index];
  const BlockTable table(plan.study.statistics);
  std::vector<Counter> counters;
  for (int t = 0; t < threads; ++t) {
    counters.push_back(
        {TileLoop(denoiser->dimension()),
         std::make_unique<PathRecorder>(denoiser, entry.levels.size(),
                                        [&](std::shared_ptr<const Denoiser> recording) {
                                          return make_sampler(plan, index, std::move(recording));
                                        }),
         BasinTally(plan, entry, points)});
  }
  dealer.deal(0, table.size(), [&](std::uint64_t block, int thread) {
    Counter& counter = counters[static_cast<std::size_t>(thread)];
    counter.tiles.run(table, block, [&](std::uint64_t first, Tile<float> out, Scratch& scratch) {
      counter.recorder->sample_tile(first, out, scratch);
      counter.tally.add(table.batch(block), *counter.recorder, out);
    });
  });
  BasinTally all(plan, entry, points);
  for (const Counter& counter : counters) all.merge(counter.tally);
  all.sum_over_ranks(world);
  check_finite(plan, entry, all, world);
  return all.result();
}

void store_paths(const Plan& plan, EntryStore& store, BlockDealer& dealer, int threads) {
  const BlockTable table(plan.study.statistics);
  std::vector<TileLoop> tiles;
  for (int t = 0; t < threads; ++t) tiles.emplace_back(store.sampler().dimension());
  constexpr std::uint64_t most = 1024;
  for (std::uint64_t first = 0; first < store.blocks();) {
    const std::uint64_t last = std::min(store.blocks(), first + store.window(first, most));
    dealer.deal(first, last, [&](std::uint64_t block, int thread) {
      tiles[static_cast<std::size_t>(thread)].run(
          table, block, [&](std::uint64_t path, Tile<float> out, Scratch& scratch) {
            store.sampler().sample_tile(path, out, scratch);
          });
    });
    store.write(first, last);
    first = last;
  }
}

void record_trajectories(const Plan& plan,
                         const std::vector<std::shared_ptr<const Denoiser>>& denoisers,
                         const std::string& path, SamplesHeader header, const Communicator& world,
                         int threads) {
  TableShelf tables;
  BlockDealer dealer(world, threads, watchdog_seconds());
  std::vector<std::shared_ptr<const Denoiser>> used;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const EntryPlan& entry = plan.entries[i];
    used.push_back(entry_denoiser(entry, denoisers[entry.model], panel_loop(world, threads)));
    if (entry.table) used[i] = tables.table(entry, used[i], world, threads);
    const auto points = two_points(plan.target, header.entries[i].normalization);
    if (!points) continue;
    log_info(fmt::format("basins of {}{}", entry.section.name,
                         entry.nu ? fmt::format(" nu {}", *entry.nu) : ""));
    header.entries[i].basins = count_basins(plan, i, used[i], *points, dealer, world, threads);
  }
  SamplesWriter writer(path, header, world);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    EntryStore store(plan, i, used[i], header.entries[i].normalization, writer, world, threads);
    store_paths(plan, store, dealer, threads);
  }
  writer.finish();
}

}  // namespace htdm
