/// The second half of a run: every entry sampled, stored, counted and summarised.
#pragma once

#include "app/plan.hpp"
#include "app/run_control.hpp"
#include "app/sampling.hpp"
#include "app/summary.hpp"
#include "app/tables.hpp"
#include "io/results.hpp"
#include "io/samples_file.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace htdm {

/// Samples the entries of a plan one after the other. While the ranks sample one, a thread of the
/// root summarises the one before.
///
/// With a `control`, what is done of the current entry is left in the series "sampling", finished
/// entries in "entry-NNN", and a wish to stop ends in StoppedAtCheckpoint on all ranks.
class SamplingStage {
 public:
  /// `results` holds the models' results and gets those of the samplers, in the plan's order and on
  /// rank 0; what this rank does is added to `work`. All that is given must outlive this.
  /// Collective, as are all members.
  SamplingStage(const Plan& plan, const std::vector<std::shared_ptr<const Denoiser>>& denoisers,
                const Communicator& world, int threads, SamplesWriter* writer, RunControl* control,
                Results& results, RankReport& work);

  void run();

 private:
  /// What an earlier run left of an entry; blocks before `next_block` are done (0: nothing is).
  struct Earlier {
    bool saved = false;  ///< finished, and in a series of its own
    std::uint64_t next_block = 0;
    EntrySample sample;  ///< on the root
  };

  Earlier earlier(std::size_t index);
  std::uint64_t all_blocks(const EntryPlan& entry) const;
  void skip(const EntryPlan& entry);
  void sample_entry(std::size_t index);
  void advance(EntrySampling& sampling, std::size_t index);
  EntrySample finish(const EntrySampling& sampling);
  void keep(std::size_t index, const EntrySampling& sampling, bool stopping);
  void summarise(std::size_t index, EntrySample sample, const Denoiser& denoiser,
                 const TableDenoiser* table, int calls);
  void count_work();
  void do_side_job(int threads);
  void agree_on_side_job();

  const Plan& plan_;
  const std::vector<std::shared_ptr<const Denoiser>>& denoisers_;
  const Communicator world_;
  int threads_;
  SamplesWriter* writer_;
  RunControl* control_;
  Results& results_;
  RankReport& work_;
  BlockDealer dealer_;
  TableShelf tables_;
  std::unique_ptr<Summariser> summariser_;
  std::function<void()> side_job_;  ///< on the root: what one of its threads does beside the blocks
  std::exception_ptr side_failure_;
  double stored_ = 0;  ///< seconds of the writer that are counted
  /// Finished entries that no checkpoint holds yet.
  std::vector<std::pair<std::size_t, Bytes>> unsaved_;
};

}  // namespace htdm
