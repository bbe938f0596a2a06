/// Replicas of an estimate of rare events over ranks and threads.
#pragma once

#include "app/plan.hpp"
#include "diffusion/normalization.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"
#include "samplers/importance.hpp"
#include "samplers/splitting.hpp"
#include "stats/exceedance.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace htdm {

/// The event's number of denoised states in z-space. For one thread at a time.
Score event_score(const Normalization& scale, const EventValue& event);

enum class RareMethod { splitting, importance, counting, law };

/// As in study files.
std::string rare_method_name(RareMethod method);

/// Replicas of one method at one event of one entry. A replica is a block, a pure
/// function of (study, replica), so results do not depend on ranks, threads and tile.
class Replicas {
 public:
  /// `thresholds` increase; `paths` of a replica. Not for RareMethod::law. All that is given must
  /// outlive this.
  Replicas(const Plan& plan, std::size_t entry, RareMethod method,
           std::shared_ptr<const Denoiser> denoiser, const Normalization& scale,
           const EventValue& event, std::vector<double> thresholds, std::size_t paths,
           const Communicator& world, int threads);

  /// Go on until there are `count`. Collective.
  void extend(std::uint64_t count, BlockDealer& dealer);
  /// Leave out all that are there: further ones have the numbers after theirs.
  void leave_out();

  RareMethod method() const { return method_; }
  /// Whether its starts are weighted, though its steps have noise: then least_rare_share() matters.
  bool starts_may_not_decide() const { return method_ == RareMethod::importance && noisy_; }
  std::size_t paths_of_one() const { return paths_; }
  int calls_per_path() const { return sampler_->network_calls_per_path(); }
  const std::vector<double>& thresholds() const { return thresholds_; }
  /// In order, the same on all ranks.
  const std::vector<ReplicaResult>& results() const { return results_; }
  /// Of all threads, for the replicas in results().
  double cpu_seconds() const { return cpu_seconds_; }

 private:
  ReplicaResult sample(std::uint64_t replica, const Score& score, Scratch& scratch) const;
  Bytes to_bytes(const ReplicaResult& result, double seconds) const;
  void append(std::span<const std::byte> bytes);

  RareMethod method_;
  bool noisy_;
  std::unique_ptr<Sampler> sampler_;
  std::vector<double> thresholds_;
  std::size_t paths_;
  SplittingOptions splitting_;
  ImportanceOptions importance_;
  const Communicator world_;
  std::vector<Score> scores_;  ///< one per thread, as scratch is
  std::vector<Scratch> scratch_;
  std::uint64_t first_ = 0;  ///< number of the first result
  std::vector<ReplicaResult> results_;
  double cpu_seconds_ = 0;
};

}  // namespace htdm
