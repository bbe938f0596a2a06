#include "app/sampling.hpp"

#include "app/environment.hpp"
#include "app/log.hpp"
#include "app/sample_store.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "parallel/ordered_fold.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>

namespace htdm {

/// Samples blocks on one thread and adds them to that thread's tally.
class BlockWorker {
 public:
  BlockWorker(const Plan& plan, const Sampler& sampler, const Normalization& normalization)
      : sampler_(sampler),
        normalization_(normalization),
        events_(planned_events(plan)),
        kept_(kept_paths(plan)),
        tile_(tile_size(sampler.dimension())),
        stride_(padded(tile_)),
        z_(stride_ * static_cast<std::size_t>(sampler.dimension())),
        raw_(z_.size()),
        values_(tile_),
        tally_(plan) {}

  const Tally& tally() const { return tally_; }

  /// The block's part of what is folded in order: its moments, then its kept samples, row by row.
  Bytes run(const BlockTable& table, std::uint64_t block) {
    const std::uint64_t first = table.first_path(block);
    const std::size_t paths = table.paths(block);
    const std::size_t keep = kept_ > first ? std::min<std::uint64_t>(paths, kept_ - first) : 0;
    MomentStream moments;
    Bytes result(sizeof(Moments) +
                 keep * sizeof(float) * static_cast<std::size_t>(sampler_.dimension()));
    for (std::size_t done = 0; done < paths; done += tile_) {
      const Tile<float> z{z_.data(), std::min(tile_, paths - done), stride_};
      sampler_.sample_tile(first + done, z, scratch_);
      count(table.batch(block), first + done, z, moments);
      keep_samples(z, done, keep, result);
    }
    std::memcpy(result.data(), &moments.result(), sizeof(Moments));
    return result;
  }

 private:
  void count(std::size_t batch, std::uint64_t first_path, Tile<const float> z,
             MomentStream& moments) {
    const std::span<double> values(values_.data(), z.paths);
    const auto d = static_cast<std::size_t>(sampler_.dimension());
    const Tile<double> x{raw_.data(), z.paths, z.stride};
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t i = 0; i < z.paths; ++i) {
        x.row(j)[i] = normalization_.to_raw(z.row(j)[i], static_cast<int>(j));
      }
    }
    // Backwards, so that `values` ends with those of the study's main event.
    for (std::size_t e = events_.size(); e-- > 0;) {
      event_values(x, d, events_[e].value, values);
      tally_.counts[e][batch].add(first_path, values, events_[e].thresholds);
    }
    tally_.event.add(std::span<const double>(values));
    tally_.first_component.add(std::span<const float>(z.row(0), z.paths));
    for (std::size_t i = 0; i < z.paths; ++i) {
      if (std::isfinite(values[i])) moments.add(x.row(0)[i]);
    }
  }

  void keep_samples(Tile<const float> z, std::size_t done, std::size_t keep, Bytes& result) const {
    if (done >= keep) return;
    const std::size_t n = std::min(z.paths, keep - done);
    for (std::size_t j = 0; j < static_cast<std::size_t>(sampler_.dimension()); ++j) {
      std::memcpy(result.data() + sizeof(Moments) + (j * keep + done) * sizeof(float), z.row(j),
                  n * sizeof(float));
    }
  }

  const Sampler& sampler_;
  const Normalization& normalization_;
  std::vector<PlannedEvent> events_;
  std::uint64_t kept_;
  std::size_t tile_, stride_;
  AlignedVector<float> z_;
  std::vector<double> raw_, values_;
  Tally tally_;
  Scratch scratch_;
};

namespace {

/// The least path id over ranks; none is the largest number.
std::uint64_t lowest(std::uint64_t path, const Communicator& world) {
  // No path id reaches 2^63, so "none" may stand for the largest signed number.
  constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
  const std::int64_t mine = path == ExceedanceCounts::none ? none : static_cast<std::int64_t>(path);
  const std::int64_t least = world.min(mine);
  return least == none ? ExceedanceCounts::none : static_cast<std::uint64_t>(least);
}

/// Sums over all ranks, complete on rank 0.
void sum_over_ranks(Tally& tally, const Communicator& world) {
  for (std::vector<ExceedanceCounts>& event : tally.counts) {
    for (ExceedanceCounts& batch : event) {
      world.sum(std::span(batch.count));
      batch.paths = world.sum(batch.paths);
      batch.nonfinite = world.sum(batch.nonfinite);
      batch.first_nonfinite = lowest(batch.first_nonfinite, world);
    }
  }
  world.sum(tally.event.counts());
  world.sum(tally.first_component.counts());
}

/// Passes every call on and remembers the first level at which its input was not finite.
class ProbeDenoiser : public Denoiser {
 public:
  explicit ProbeDenoiser(const Denoiser& inner) : inner_(inner) {}
  int dimension() const override { return inner_.dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    look(sigma, x);
    inner_.gap(sigma, x, gap);
  }
  bool knows_square() const override { return inner_.knows_square(); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    look(sigma, x);
    inner_.posterior(sigma, x, out);
  }

  mutable double found = 0;

 private:
  void look(double sigma, Tile<const double> x) const {
    for (std::size_t j = 0; j < static_cast<std::size_t>(dimension()); ++j) {
      for (std::size_t i = 0; i < x.paths; ++i) {
        if (!std::isfinite(x.row(j)[i]) && found == 0) found = sigma;
      }
    }
  }

  const Denoiser& inner_;
};

}  // namespace

EntrySampling::EntrySampling(const Plan& plan, const EntryPlan& entry, const Sampler& sampler,
                             const Normalization& normalization, const Communicator& world,
                             int threads, EntryStore* store)
    : plan_(plan),
      sampler_(sampler),
      normalization_(normalization),
      world_(world),
      threads_(threads),
      store_(store),
      table_(plan.study.statistics),
      sample_(empty_sample(plan)),
      next_(table_.first_block(entry.batches.first)),
      last_(table_.first_block(entry.batches.last)) {
  for (int t = 0; t < threads; ++t) workers_.emplace_back(plan, sampler, normalization);
  const std::string label =
      "sampling " + entry.section.name + (entry.nu ? " nu " + std::to_string(*entry.nu) : "");
  progress_ = std::make_unique<Progress>(label, last_ - next_);
}

EntrySampling::~EntrySampling() = default;

void EntrySampling::resume(std::uint64_t next_block, EntrySample sample, BlockDealer& dealer) {
  HTDM_EXPECTS(next_ <= next_block && next_block <= last_);
  progress_->advance(next_block - next_);
  const std::uint64_t again = store_ != nullptr ? std::min(next_block, store_->blocks()) : 0;
  std::vector<BlockWorker> uncounted;
  for (int t = 0; t < threads_; ++t) uncounted.emplace_back(plan_, sampler_, normalization_);
  while (next_ < again) {
    const std::uint64_t end =
        dealer.deal(next_, std::min(again, next_ + window()), [&](std::uint64_t block, int thread) {
          uncounted[static_cast<std::size_t>(thread)].run(table_, block);
        });
    store_->write(next_, end);
    next_ = end;
  }
  next_ = next_block;
  if (world_.is_root()) sample_ = std::move(sample);
}

/// A window bounds what the root holds at a time; its size is free, as folding is in block order.
std::uint64_t EntrySampling::window() const {
  const auto largest = std::max<std::uint64_t>(
      1024, 64 * static_cast<std::uint64_t>(world_.size()) * static_cast<std::uint64_t>(threads_));
  return store_ != nullptr ? store_->window(next_, largest) : largest;
}

void EntrySampling::advance(BlockDealer& dealer, const std::function<bool()>& pause,
                            const std::function<void()>& side_job) {
  const AddSeconds watch(seconds_);
  std::mutex mutex;
  std::vector<BlockResult> mine;
  const std::uint64_t end = dealer.deal(
      next_, std::min(last_, next_ + window()),
      [&](std::uint64_t block, int thread) {
        Bytes result = workers_[static_cast<std::size_t>(thread)].run(table_, block);
        progress_->advance(static_cast<std::uint64_t>(world_.size()));
        const std::lock_guard lock(mutex);
        mine.push_back({block, std::move(result)});
      },
      pause, side_job);
  fold_in_block_order(
      world_, next_, end, mine,
      [&](std::uint64_t block, std::span<const std::byte> result) { fold(block, result); });
  if (store_ != nullptr) store_->write(next_, end);
  next_ = end;
}

void EntrySampling::fold(std::uint64_t block, std::span<const std::byte> result) {
  Moments moments;
  std::memcpy(&moments, result.data(), sizeof(Moments));
  sample_.moments[table_.batch(block)].merge(moments);
  const std::size_t rows = sample_.kept.size();
  const std::size_t n = (result.size() - sizeof(Moments)) / sizeof(float) / rows;
  const auto* samples = reinterpret_cast<const float*>(result.data() + sizeof(Moments));
  for (std::size_t j = 0; j < rows; ++j) {
    sample_.kept[j].insert(sample_.kept[j].end(), samples + j * n, samples + (j + 1) * n);
  }
}

EntrySample EntrySampling::sample() const {
  Tally counted(plan_);
  for (const BlockWorker& worker : workers_) counted.merge(worker.tally());
  sum_over_ranks(counted, world_);
  EntrySample total = sample_;
  total.tally.merge(counted);
  total.seconds += world_.max(seconds_);
  return total;
}

EntrySample sample_entry(const Plan& plan, const EntryPlan& entry, const Sampler& sampler,
                         const Normalization& normalization, const Communicator& world, int threads,
                         EntryStore* store) {
  BlockDealer dealer(world, threads);
  EntrySampling sampling(plan, entry, sampler, normalization, world, threads, store);
  while (!sampling.done()) sampling.advance(dealer);
  return sampling.sample();
}

double first_nonfinite_level(const Plan& plan, std::size_t entry, const Denoiser& denoiser,
                             std::uint64_t path) {
  const auto probe = std::make_shared<ProbeDenoiser>(denoiser);
  std::vector<double> out(static_cast<std::size_t>(denoiser.dimension()));
  make_sampler(plan, entry, probe)->sample_path(path, out);
  return probe->found;
}

}  // namespace htdm
