#include "parallel/stop_request.hpp"

#include "core/stopwatch.hpp"

#include <mpi.h>

#include <csignal>
#include <exception>

namespace htdm {
namespace {

volatile std::sig_atomic_t caught_signal = 0;

void note_signal(int signal) {
  caught_signal = signal;
}

constexpr int wish_tag = 1, order_tag = 2;

/// Why: the number of a signal, or one of these.
constexpr int nothing = 0, time_limit = -1;

std::string text_of(int cause) {
  if (cause == nothing) return "";
  return cause == time_limit ? "the time limit" : cause == SIGTERM ? "SIGTERM" : "SIGUSR1";
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGUSR1, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// A rank tells the root its wish; the root orders all others to stop. Messages hold the cause.
struct StopRequest::Channel {
  MPI_Comm comm = MPI_COMM_NULL;
  int rank = 0, size = 1;
  bool told = false;         ///< this rank has sent what it sends
  int cause = nothing;       ///< what it sends
  bool ordered = false;      ///< this rank has received the root's order
  std::uint64_t wishes = 0;  ///< that the root has received

  explicit Channel(MPI_Comm world) {
    MPI_Comm_dup(world, &comm);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
  }

  void send(int to, int tag) const {
    MPI_Request request;
    MPI_Isend(&cause, 1, MPI_INT, to, tag, comm, &request);
    MPI_Request_free(&request);
  }
  int receive(int from, int tag) const {
    int heard = nothing;
    MPI_Recv(&heard, 1, MPI_INT, from, tag, comm, MPI_STATUS_IGNORE);
    return heard;
  }

  void tell(int why) {
    if (told) return;
    told = true;
    cause = why;
    if (rank != 0) return send(0, wish_tag);
    for (int other = 1; other < size; ++other) send(other, order_tag);
  }

  /// The cause that a message brings.
  int hear() {
    int here = 0;
    MPI_Status status;
    if (rank == 0) {
      MPI_Iprobe(MPI_ANY_SOURCE, wish_tag, comm, &here, &status);
      if (here == 0) return nothing;
      ++wishes;
      return receive(status.MPI_SOURCE, wish_tag);
    }
    MPI_Iprobe(0, order_tag, comm, &here, &status);
    if (here == 0) return nothing;
    ordered = true;
    return receive(0, order_tag);
  }

  void settle() {
    std::uint64_t sent = rank != 0 && told ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &sent, 1, MPI_UINT64_T, MPI_SUM, comm);
    int order = told ? 1 : 0;
    MPI_Bcast(&order, 1, MPI_INT, 0, comm);
    if (rank == 0) {
      for (; wishes < sent; ++wishes) receive(MPI_ANY_SOURCE, wish_tag);
    } else if (order != 0 && !ordered) {
      receive(0, order_tag);
    }
    MPI_Comm_free(&comm);
  }
};

StopRequest::StopRequest(const Communicator& world, std::optional<double> seconds) {
  if (world.native() != nullptr && world.size() > 1) {
    channel_ = std::make_unique<Channel>(*static_cast<const MPI_Comm*>(world.native()));
  }
  if (seconds) end_ = steady_seconds() + *seconds;
}

StopRequest::~StopRequest() {
  if (channel_ && std::uncaught_exceptions() == 0) channel_->settle();
}

bool StopRequest::wanted() {
  if (reason_.empty()) look();
  return !reason_.empty();
}

void StopRequest::look() {
  int cause = caught_signal;
  if (cause == nothing && end_ && steady_seconds() >= *end_) cause = time_limit;
  if (cause == nothing && channel_) cause = channel_->hear();
  if (cause != nothing && channel_) channel_->tell(cause);
  reason_ = text_of(cause);
}

}  // namespace htdm
