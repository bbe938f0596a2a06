#include "parallel/block_dealer.hpp"

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "parallel/deal_channel.hpp"
#include "parallel/giving_up.hpp"
#include "parallel/shift.hpp"

#include <omp.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace htdm {
namespace {

/// How often the main thread looks for messages: each time takes a core from the threads that work
/// for some microseconds, so rarely, unless one of them has nothing to do.
constexpr double look_seconds = 1e-3, look_seconds_idle = 2e-4;

/// What the root is asked at most, by all ranks together: it answers some hundred thousand a second
/// (jobs/scaling).
constexpr double most_requests_per_second = 50'000;

/// Time between two messages of one of `ranks` ranks to the root: at least `seconds`, and more
/// where they would be too many for it.
double message_interval(double seconds, int ranks) {
  return std::max(seconds, ranks / most_requests_per_second);
}

/// Work that a rank asks for at a time, and how often it says that it is there.
constexpr double wanted_seconds = 0.05, beat_seconds = 1;

}  // namespace

/// One deal, as the main thread of a rank attends to it.
class BlockDealer::Attendant {
 public:
  Attendant(BlockDealer& dealer, Shift& shift, std::uint64_t first, std::uint64_t last,
            const std::function<bool()>& pause)
      : channel_(*dealer.channel_),
        rank_(dealer.world_.rank()),
        size_(dealer.world_.size()),
        patience_(dealer.patience_),
        shift_(shift),
        next_(first),
        last_(last),
        pause_(pause),
        heard_(static_cast<std::size_t>(size_), steady_seconds()),
        beat_(std::min(message_interval(beat_seconds, size_), patience_ / 4)) {}

  void attend(bool alone) {
    while (!done()) {
      if ((pause_ && pause_()) || shift_.failed()) last_ = next_;
      const bool busy = rank_ == 0 ? deal() : ask();
      if (const auto block = shift_.stuck(patience_)) {
        give_up(here(rank_) + " has been working on block " + std::to_string(*block) +
                " for more than " + seconds_text(patience_));
      }
      if (alone) {
        shift_.work_alone();
      } else if (!busy) {
        shift_.wait(shift_.idle() ? look_seconds_idle : look_seconds);
      }
    }
  }

  /// Take in the messages that are still under way; the first block not dealt, on all ranks.
  std::uint64_t settle() {
    if (size_ == 1) return next_;
    const std::uint64_t sent = channel_.sum(sent_);
    if (rank_ == 0) {
      for (; received_ < sent; ++received_) channel_.receive<DealRequest>(MPI_ANY_SOURCE);
    }
    next_ = channel_.of_root(next_);
    return next_;
  }

 private:
  bool done() const { return shift_.finished() && (rank_ != 0 || dismissed_ == size_ - 1); }

  DealGrant take(const DealRequest& request) {
    const std::uint64_t left = last_ - next_;
    const std::uint64_t share = left / (4 * static_cast<std::uint64_t>(size_));
    const std::uint64_t count =
        std::min({left, request.blocks, std::max<std::uint64_t>({request.idle, share, 1})});
    next_ += count;
    return {next_ - count, count};
  }

  /// The root's turn; whether there was anything to do.
  bool deal() {
    bool busy = false;
    if (const Shift::Need need = shift_.need(); need.blocks > 0) {
      const DealGrant grant = take({need.blocks, need.idle});
      grant.count > 0 ? shift_.give(grant.first, grant.count) : shift_.close();
      busy = true;
    }
    if (size_ == 1) return busy;
    if (answer_requests()) busy = true;
    look_for_silence();
    return busy;
  }

  /// Answer all requests that are here; whether there were any.
  bool answer_requests() {
    const double start = steady_seconds();
    bool any = false;
    while (const auto other = channel_.here<DealRequest>(MPI_ANY_SOURCE)) {
      serve(*other);
      any = true;
    }
    if (any) Communicator::traffic().serving += steady_seconds() - start;
    return any;
  }

  /// Once a beat: with very many ranks one look at all of them takes as long as many answers.
  void look_for_silence() {
    const double now = steady_seconds();
    if (now - looked_ < beat_) return;
    looked_ = now;
    for (int other = 1; other < size_; ++other) {
      const double silence = now - heard_[static_cast<std::size_t>(other)];
      if (silence > patience_) {
        give_up("rank " + std::to_string(other) + " has said nothing for " + seconds_text(silence) +
                ", as rank 0 sees it");
      }
    }
  }

  void serve(int other) {
    const auto request = channel_.receive<DealRequest>(other);
    ++received_;
    double& heard = heard_[static_cast<std::size_t>(other)];
    heard = steady_seconds();
    if (request.blocks == 0) return;
    const DealGrant grant = take(request);
    channel_.send(grant, other);
    if (grant.count > 0) return;
    ++dismissed_;
    heard += 1e300;  // it has nothing left to say
  }

  /// Another rank's turn.
  bool ask() {
    if (asked_) return listen();
    if (dismissed_ > 0) return false;
    if (const Shift::Need need = shift_.need(); need.blocks > 0) {
      asked_ = true;
      heard_[0] = steady_seconds();
      send({need.blocks, need.idle});
      return true;
    }
    if (steady_seconds() - said_ > beat_) send({});
    return false;
  }

  bool listen() {
    if (!channel_.here<DealGrant>(0)) {
      // The lowest rank speaks first, and ends the others.
      if (steady_seconds() - heard_[0] > patience_ + 0.5 * rank_) {
        give_up("rank 0 has not answered for " + seconds_text(patience_) + ", as " +
                htdm::here(rank_) + " sees it");
      }
      if (steady_seconds() - said_ > beat_) send({});
      return false;
    }
    const auto grant = channel_.receive<DealGrant>(0);
    asked_ = false;
    if (grant.count > 0) {
      shift_.give(grant.first, grant.count);
    } else {
      dismissed_ = 1;
      shift_.close();
    }
    return true;
  }

  void send(const DealRequest& request) {
    channel_.send(request, 0);
    ++sent_;
    said_ = steady_seconds();
  }

  const DealChannel& channel_;
  int rank_, size_;
  double patience_;
  Shift& shift_;
  std::uint64_t next_, last_;  ///< what the root has still to deal
  const std::function<bool()>& pause_;
  std::vector<double> heard_;  ///< when each rank last said something
  double beat_;
  double said_ = steady_seconds(), looked_ = said_;
  bool asked_ = false;
  int dismissed_ = 0;  ///< ranks that were told the end; on another rank than the root, itself
  std::uint64_t sent_ = 0, received_ = 0;
};

DealTimes& DealTimes::operator+=(const DealTimes& other) {
  busy += other.busy;
  waiting += other.waiting;
  blocks += other.blocks;
  return *this;
}

BlockDealer::BlockDealer(const Communicator& world, int threads, double patience)
    : world_(world),
      threads_(threads),
      patience_(patience),
      channel_(std::make_unique<DealChannel>(world)) {
  HTDM_EXPECTS(threads >= 1 && patience > 0);
}

BlockDealer::~BlockDealer() = default;

std::uint64_t BlockDealer::deal(std::uint64_t first, std::uint64_t last,
                                const std::function<void(std::uint64_t, int)>& body,
                                const std::function<bool()>& pause,
                                const std::function<void()>& side_job) {
  HTDM_EXPECTS(first <= last);
  const double start = steady_seconds();
  Shift shift(threads_, body, message_interval(wanted_seconds, world_.size()));
  Attendant attendant(*this, shift, first, last, pause);
#pragma omp parallel num_threads(threads_ + 1)
  {
    const int me = omp_get_thread_num();
    const bool alone = omp_get_num_threads() == 1;
    const bool first_of_root = world_.is_root() && me == 1 - static_cast<int>(alone);
    if (alone) {
      shift.has_no_other_thread();
      if (side_job && first_of_root) side_job();
    }
    if (me == 0) {
      attendant.attend(alone);
    } else {
      shift.work(me - 1, first_of_root ? side_job : std::function<void()>());
    }
  }
  shift.rethrow();
  const std::uint64_t end = attendant.settle();
  times_ += {shift.busy_seconds(), threads_ * (steady_seconds() - start) - shift.busy_seconds(),
             shift.blocks()};
  return end;
}

}  // namespace htdm
