#include "parallel/block_dealer.hpp"

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "parallel/giving_up.hpp"
#include "parallel/shift.hpp"

#include <mpi.h>
#include <omp.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <vector>

namespace htdm {
namespace {

/// How often the main thread looks for messages: each time takes a core from the threads that work
/// for some microseconds, so rarely, unless one of them has nothing to do.
constexpr double look_seconds = 1e-3, look_seconds_idle = 2e-4;

/// How often a rank says that it is there.
constexpr double beat_seconds = 1;

constexpr int request_tag = 1, grant_tag = 2;

/// From a rank to the root: how many blocks it could use (0: it is only there), and how many of its
/// threads have none. Back: blocks first, first + 1, ...; a count of 0 ends the deal.
struct Request {
  std::uint64_t blocks = 0, idle = 0;
};
struct Grant {
  std::uint64_t first = 0, count = 0;
};

}  // namespace

/// Messages of a deal keep clear of all others on a copy of the communicator.
struct BlockDealer::Channel {
  MPI_Comm comm = MPI_COMM_NULL;

  explicit Channel(const Communicator& world) {
    if (world.native() == nullptr) return;
    MPI_Comm_dup(*static_cast<const MPI_Comm*>(world.native()), &comm);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    int finalised = 0;
    MPI_Finalized(&finalised);
    if (comm != MPI_COMM_NULL && !finalised && std::uncaught_exceptions() == 0) {
      MPI_Comm_free(&comm);
    }
  }
};

/// One deal, as the main thread of a rank attends to it.
class BlockDealer::Attendant {
 public:
  Attendant(BlockDealer& dealer, Shift& shift, std::uint64_t first, std::uint64_t last,
            const std::function<bool()>& pause)
      : comm_(dealer.channel_->comm),
        rank_(dealer.world_.rank()),
        size_(dealer.world_.size()),
        patience_(dealer.patience_),
        shift_(shift),
        next_(first),
        last_(last),
        pause_(pause),
        heard_(static_cast<std::size_t>(size_), steady_seconds()) {}

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
    std::uint64_t sent = sent_;
    MPI_Allreduce(MPI_IN_PLACE, &sent, 1, MPI_UINT64_T, MPI_SUM, comm_);
    if (rank_ == 0) {
      for (; received_ < sent; ++received_) {
        Request request;
        MPI_Recv(&request, sizeof request, MPI_BYTE, MPI_ANY_SOURCE, request_tag, comm_,
                 MPI_STATUS_IGNORE);
      }
    }
    MPI_Bcast(&next_, 1, MPI_UINT64_T, 0, comm_);
    return next_;
  }

 private:
  bool done() const { return shift_.finished() && (rank_ != 0 || dismissed_ == size_ - 1); }

  Grant take(const Request& request) {
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
      const Grant grant = take({need.blocks, need.idle});
      grant.count > 0 ? shift_.give(grant.first, grant.count) : shift_.close();
      busy = true;
    }
    for (int here = 1; size_ > 1 && here != 0;) {
      MPI_Status status;
      MPI_Iprobe(MPI_ANY_SOURCE, request_tag, comm_, &here, &status);
      if (here != 0) serve(status.MPI_SOURCE);
      busy = busy || here != 0;
    }
    for (int other = 1; other < size_; ++other) {
      const double silence = steady_seconds() - heard_[static_cast<std::size_t>(other)];
      if (silence > patience_) {
        give_up("rank " + std::to_string(other) + " has said nothing for " + seconds_text(silence) +
                ", as rank 0 sees it");
      }
    }
    return busy;
  }

  void serve(int other) {
    Request request;
    MPI_Recv(&request, sizeof request, MPI_BYTE, other, request_tag, comm_, MPI_STATUS_IGNORE);
    ++received_;
    double& heard = heard_[static_cast<std::size_t>(other)];
    heard = steady_seconds();
    if (request.blocks == 0) return;
    const Grant grant = take(request);
    MPI_Send(&grant, sizeof grant, MPI_BYTE, other, grant_tag, comm_);
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
    if (steady_seconds() - said_ > std::min(beat_seconds, patience_ / 4)) send({});
    return false;
  }

  bool listen() {
    int here = 0;
    MPI_Iprobe(0, grant_tag, comm_, &here, MPI_STATUS_IGNORE);
    if (here == 0) {
      // The lowest rank speaks first, and ends the others.
      if (steady_seconds() - heard_[0] > patience_ + 0.5 * rank_) {
        give_up("rank 0 has not answered for " + seconds_text(patience_) + ", as " +
                htdm::here(rank_) + " sees it");
      }
      if (steady_seconds() - said_ > std::min(beat_seconds, patience_ / 4)) send({});
      return false;
    }
    Grant grant;
    MPI_Recv(&grant, sizeof grant, MPI_BYTE, 0, grant_tag, comm_, MPI_STATUS_IGNORE);
    asked_ = false;
    if (grant.count > 0) {
      shift_.give(grant.first, grant.count);
    } else {
      dismissed_ = 1;
      shift_.close();
    }
    return true;
  }

  void send(const Request& request) {
    MPI_Send(&request, sizeof request, MPI_BYTE, 0, request_tag, comm_);
    ++sent_;
    said_ = steady_seconds();
  }

  MPI_Comm comm_;
  int rank_, size_;
  double patience_;
  Shift& shift_;
  std::uint64_t next_, last_;  ///< what the root has still to deal
  const std::function<bool()>& pause_;
  std::vector<double> heard_;  ///< when each rank last said something
  double said_ = steady_seconds();
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
      channel_(std::make_unique<Channel>(world)) {
  HTDM_EXPECTS(threads >= 1 && patience > 0);
}

BlockDealer::~BlockDealer() = default;

std::uint64_t BlockDealer::deal(std::uint64_t first, std::uint64_t last,
                                const std::function<void(std::uint64_t, int)>& body,
                                const std::function<bool()>& pause,
                                const std::function<void()>& side_job) {
  HTDM_EXPECTS(first <= last);
  const double start = steady_seconds();
  Shift shift(threads_, body);
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
