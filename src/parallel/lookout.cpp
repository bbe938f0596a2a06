#include "parallel/lookout.hpp"

#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "parallel/giving_up.hpp"

#include <mpi.h>

#include <algorithm>

namespace htdm {
namespace {

constexpr int beat_tag = 1, answer_tag = 2;

}  // namespace

/// Empty messages on a copy of the communicator: beats to rank 0, an answer to each.
struct Lookout::Channel {
  MPI_Comm comm = MPI_COMM_NULL;
  int rank = 0, size = 1;
  double patience;
  double attended;            ///< when this rank last listened
  std::vector<double> heard;  ///< rank 0: when each rank last said something
  double said, asked;         ///< when this rank last beat, and since when it waits for an answer
  bool waiting = false;       ///< for an answer
  std::uint64_t beats = 0;    ///< sent, or on rank 0 received

  Channel(MPI_Comm world, double seconds) : patience(seconds) {
    MPI_Comm_dup(world, &comm);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    attended = said = asked = steady_seconds();
    if (rank == 0) heard.assign(static_cast<std::size_t>(size), attended);
  }

  void send(int to, int tag) const {
    MPI_Request request;
    MPI_Isend(nullptr, 0, MPI_BYTE, to, tag, comm, &request);
    MPI_Request_free(&request);
  }
  /// The rank that it came from.
  int receive(int from, int tag) const {
    MPI_Status status;
    MPI_Recv(nullptr, 0, MPI_BYTE, from, tag, comm, &status);
    return status.MPI_SOURCE;
  }
  bool arrived(int from, int tag) const {
    int here = 0;
    MPI_Iprobe(from, tag, comm, &here, MPI_STATUS_IGNORE);
    return here != 0;
  }

  void answer(double now) {
    const int from = receive(MPI_ANY_SOURCE, beat_tag);
    ++beats;
    heard[static_cast<std::size_t>(from)] = now;
    send(from, answer_tag);
  }

  /// Nobody is accused of silence in a time in which this rank did not listen.
  void attend(double now) {
    const double away = now - attended;
    if (away > patience / 4) {
      for (double& last : heard) last += away;
      asked += away;
    }
    attended = now;
    rank == 0 ? listen(now) : say(now);
  }

  void listen(double now) {
    while (arrived(MPI_ANY_SOURCE, beat_tag)) answer(now);
    for (int other = 1; other < size; ++other) {
      const double silence = now - heard[static_cast<std::size_t>(other)];
      if (silence <= patience) continue;
      give_up("rank " + std::to_string(other) + " has said nothing for " + seconds_text(silence) +
              ", as rank 0 sees it");
    }
  }

  void say(double now) {
    if (waiting && arrived(0, answer_tag)) {
      receive(0, answer_tag);
      waiting = false;
    }
    // The lowest rank speaks first, and ends the others.
    if (waiting && now - asked > patience + std::min(0.5 * rank, patience)) {
      give_up("rank 0 has not answered for " + seconds_text(now - asked) + ", as " + here(rank) +
              " sees it");
    }
    if (waiting || now - said < patience / 4) return;
    send(0, beat_tag);
    ++beats;
    waiting = true;
    said = asked = now;
  }

  void settle() {
    std::uint64_t sent = rank == 0 ? 0 : beats;
    MPI_Allreduce(MPI_IN_PLACE, &sent, 1, MPI_UINT64_T, MPI_SUM, comm);
    while (rank == 0 && beats < sent) answer(0);
    if (waiting) receive(0, answer_tag);
    MPI_Comm_free(&comm);
  }
};

Lookout::Lookout(const Communicator& world, double patience) : look_(std::min(1.0, patience / 20)) {
  HTDM_EXPECTS(patience > 0);
  if (world.size() == 1) return;
  channel_ = std::make_unique<Channel>(*static_cast<const MPI_Comm*>(world.native()), patience);
}

Lookout::~Lookout() = default;

void Lookout::beat() {
  if (!channel_) return;
  const double now = steady_seconds();
  if (now < next_look_) return;
  next_look_ = now + look_;
  channel_->attend(now);
}

Communicator Lookout::watched(const Communicator& ranks) {
  return ranks.attentive([this] { beat(); });
}

void Lookout::close() {
  if (channel_) channel_->settle();
  channel_.reset();
}

}  // namespace htdm
