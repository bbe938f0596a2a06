/// Sampling one entry of the results over ranks and threads.
#pragma once

#include "app/block_table.hpp"
#include "app/entry_sample.hpp"
#include "app/plan.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"
#include "samplers/sampler.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace htdm {

class EntryStore;
class BlockWorker;
class Progress;

/// The paths of the batches that an entry is given, cut into blocks inside batches, dealt to
/// whichever rank and thread is free, their floating sums folded in block order. What is done is
/// always a prefix of these blocks.
class EntrySampling {
 public:
  /// A `store` is told of every window of blocks; `sampler` is then its own. All that is given must
  /// outlive this.
  EntrySampling(const Plan& plan, const EntryPlan& entry, const Sampler& sampler,
                const Normalization& normalization, const Communicator& world, int threads,
                EntryStore* store = nullptr);
  ~EntrySampling();

  /// Go on after the blocks before `next_block`, of which `sample` (on rank 0) is what they left.
  /// Where paths are stored, those before are drawn once more for the store. Collective.
  void resume(std::uint64_t next_block, EntrySample sample, BlockDealer& dealer);

  bool done() const { return next_ == last_; }
  std::uint64_t next_block() const { return next_; }

  /// Sample the next window of blocks, or less where `pause` says so (BlockDealer::deal).
  /// Collective.
  void advance(BlockDealer& dealer, const std::function<bool()>& pause = {},
               const std::function<void()>& side_job = {});

  /// What all blocks so far left, complete on rank 0. Collective.
  EntrySample sample() const;

 private:
  std::uint64_t window() const;
  void fold(std::uint64_t block, std::span<const std::byte> result);

  const Plan& plan_;
  const Sampler& sampler_;
  const Normalization& normalization_;
  const Communicator world_;
  int threads_;
  EntryStore* store_;
  BlockTable table_;
  std::vector<BlockWorker> workers_;
  EntrySample sample_;  ///< on rank 0: of earlier runs, and what is folded
  std::unique_ptr<Progress> progress_;
  std::uint64_t next_, last_;  ///< blocks to come
  double seconds_ = 0;
};

/// All paths of an entry at once. Collective.
EntrySample sample_entry(const Plan& plan, const EntryPlan& entry, const Sampler& sampler,
                         const Normalization& normalization, const Communicator& world, int threads,
                         EntryStore* store = nullptr);

/// The noise level at which path `path` first has a component that is not finite, found by running
/// it again in double precision; 0 when it does not happen there.
double first_nonfinite_level(const Plan& plan, std::size_t entry, const Denoiser& denoiser,
                             std::uint64_t path);

}  // namespace htdm
