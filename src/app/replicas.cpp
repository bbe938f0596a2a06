#include "app/replicas.hpp"

#include "app/environment.hpp"
#include "core/stopwatch.hpp"
#include "parallel/ordered_fold.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <mutex>
#include <utility>

namespace htdm {
namespace {

/// The numbers of a replica in front of its thresholds.
struct ReplicaHead {
  std::uint64_t paths, calls, nonfinite;
  double seconds;
};

}  // namespace

Score event_score(const Normalization& scale, const EventValue& event) {
  return [scale, event, raw = std::vector<double>()](Tile<const float> z,
                                                     std::span<double> values) mutable {
    const auto d = static_cast<std::size_t>(scale.dimension());
    raw.resize(d * z.stride);
    const Tile<double> x{raw.data(), z.paths, z.stride};
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t i = 0; i < z.paths; ++i) {
        x.row(j)[i] = scale.to_raw(z.row(j)[i], static_cast<int>(j));
      }
    }
    event_values(x, d, event, values);
  };
}

std::string rare_method_name(RareMethod method) {
  constexpr std::array names{"splitting", "importance", "counting", "law"};
  return names[static_cast<std::size_t>(method)];
}

Replicas::Replicas(const Plan& plan, std::size_t entry, RareMethod method,
                   std::shared_ptr<const Denoiser> denoiser, const Normalization& scale,
                   const EventValue& event, std::vector<double> thresholds, std::size_t paths,
                   const Communicator& world, int threads)
    : method_(method),
      noisy_(plan.entries[entry].kind->step_law != nullptr),
      thresholds_(std::move(thresholds)),
      paths_(paths),
      world_(world),
      scores_(static_cast<std::size_t>(threads), event_score(scale, event)),
      scratch_(static_cast<std::size_t>(threads)) {
  const EntryPlan& planned = plan.entries[entry];
  const std::uint64_t seed = rare_seed(plan.study.study.seed);
  sampler_ = make_sampler(plan, entry, std::move(denoiser), seed);
  const std::size_t tile = tile_size(sampler_->dimension());
  splitting_ = {.thresholds = thresholds_,
                .particles = paths,
                .killed = plan.study.rare.killed,
                .seed = sampler_seed(plan, entry, seed),
                .steps = planned.levels.size() - 1,
                .tile = tile};
  importance_ = {.thresholds = thresholds_,
                 .points = paths,
                 .seed = splitting_.seed,
                 .sigma_max = planned.levels.front(),
                 .nu = planned.nu.value_or(INFINITY),
                 .tile = tile};
}

ReplicaResult Replicas::sample(std::uint64_t replica, const Score& score, Scratch& scratch) const {
  if (method_ == RareMethod::splitting) {
    return split(*sampler_, score, splitting_, replica, scratch);
  }
  const auto draw = method_ == RareMethod::importance ? sample_importance : sample_counting;
  return draw(*sampler_, score, importance_, replica, scratch);
}

void Replicas::extend(std::uint64_t count, BlockDealer& dealer) {
  if (count <= results_.size()) return;
  const std::uint64_t first = first_ + results_.size(), last = first_ + count;
  std::mutex mutex;
  std::vector<BlockResult> mine;
  dealer.deal(first, last, [&](std::uint64_t replica, int thread) {
    const double start = thread_seconds();
    const auto t = static_cast<std::size_t>(thread);
    const ReplicaResult result = sample(replica, scores_[t], scratch_[t]);
    Bytes bytes = to_bytes(result, thread_seconds() - start);
    const std::lock_guard lock(mutex);
    mine.push_back({replica, std::move(bytes)});
  });
  Bytes all;
  fold_in_block_order(world_, first, last, mine,
                      [&](std::uint64_t, std::span<const std::byte> bytes) {
                        all.insert(all.end(), bytes.begin(), bytes.end());
                      });
  world_.broadcast(all);
  append(all);
}

void Replicas::leave_out() {
  first_ += results_.size();
  results_.clear();
  cpu_seconds_ = 0;
}

Bytes Replicas::to_bytes(const ReplicaResult& result, double seconds) const {
  const ReplicaHead head{result.paths, result.calls, result.nonfinite, seconds};
  const auto thresholds = std::as_bytes(std::span(result.at));
  Bytes bytes(sizeof head + thresholds.size());
  std::memcpy(bytes.data(), &head, sizeof head);
  std::memcpy(bytes.data() + sizeof head, thresholds.data(), thresholds.size());
  return bytes;
}

void Replicas::append(std::span<const std::byte> bytes) {
  const std::size_t tail = thresholds_.size() * sizeof(ThresholdEstimate);
  for (; !bytes.empty(); bytes = bytes.subspan(sizeof(ReplicaHead) + tail)) {
    ReplicaHead head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    ReplicaResult result{.at = std::vector<ThresholdEstimate>(thresholds_.size()),
                         .paths = head.paths,
                         .calls = head.calls,
                         .nonfinite = head.nonfinite};
    std::memcpy(result.at.data(), bytes.data() + sizeof head, tail);
    results_.push_back(std::move(result));
    cpu_seconds_ += head.seconds;
  }
}

}  // namespace htdm
