/// Where the time and the memory of a run went, rank by rank.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// What one rank did. Times are thread-seconds: of single threads where threads work on their own,
/// else threads x wall time of what the rank did as a whole.
struct RankReport {
  std::string host;
  std::int32_t threads = 1;
  double training = 0;    ///< drawing training data, gradients of shards, steps of the optimiser
  double tables = 0;      ///< tabulating levels of denoisers
  double sampling = 0;    ///< in blocks of paths
  double statistics = 0;  ///< rank 0: drawing test data, estimates of finished entries
  /// Until the models are written: threads whose shards are done, and the rank while it exchanges
  /// gradients, weights and wishes or waits for the slowest group.
  double training_waiting = 0;
  /// After it: threads without a block, and the rank while blocks' results are gathered and folded,
  /// at the end of an entry, and while rank 0 is at a checkpoint.
  double sampling_waiting = 0;
  double io = 0;             ///< reading and writing checkpoints, models and stored samples
  std::uint64_t blocks = 0;  ///< of paths, sampled
  double peak_memory_bytes = 0;

  double computing() const { return training + tables + sampling + statistics; }
  double waiting() const { return training_waiting + sampling_waiting; }
  double accounted() const { return computing() + waiting() + io; }

  /// The same rank did `other`, too.
  RankReport& operator+=(const RankReport& other);

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& host& threads& training& tables& sampling& statistics;
    archive& training_waiting& sampling_waiting& io& blocks& peak_memory_bytes;
  }
};

/// All ranks of a run, in their order, until its results were about to be written; after a restart,
/// since then.
struct RunReport {
  double seconds = 0;              ///< wall time
  std::int32_t checkpoints = 0;    ///< most that one rank took part in
  double checkpoint_interval = 0;  ///< seconds; 0: only when stopping
  /// Longest that checkpoints held up a rank: gathering the state, writing, waiting for the writer.
  double checkpoint_seconds = 0;
  std::vector<RankReport> ranks;

  /// threads x wall time of a rank.
  double whole(const RankReport& rank) const { return rank.threads * seconds; }
  /// What is not accounted for: making plans, denoisers, samplers, and what is done on one thread.
  double other(const RankReport& rank) const { return whole(rank) - rank.accounted(); }
  /// Share of the wall time that checkpoints held the run up.
  double checkpoint_overhead() const { return seconds > 0 ? checkpoint_seconds / seconds : 0; }
};

/// Shares of all ranks' threads x wall time.
struct TimeShares {
  double computing = 0, waiting = 0, io = 0, other = 0;
};
inline constexpr TimeShares unknown_shares{NAN, NAN, NAN, NAN};
TimeShares time_shares(const RunReport& run);

/// Load imbalance: the most of `part` over its mean over ranks, less 1; NaN where the mean is 0.
double imbalance(std::span<const RankReport> ranks, double RankReport::*part);

/// Two or three lines for people.
std::string run_summary(const RunReport& run);

/// The same and, for more ranks than one, a table: least, median and most, and at most eight ranks,
/// those that waited least (the others wait for them) and most.
std::string run_text(const RunReport& run);

}  // namespace htdm
