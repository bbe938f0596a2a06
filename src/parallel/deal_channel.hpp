/// The messages between a rank and the root of a deal. For block_dealer.cpp alone.
#pragma once

#include "parallel/communicator.hpp"

#include <mpi.h>

#include <cstdint>
#include <exception>
#include <optional>

namespace htdm {

/// From a rank to the root: how many blocks it could use (0: it is only there), and how many of its
/// threads have none.
struct DealRequest {
  static constexpr int tag = 1;
  std::uint64_t blocks = 0, idle = 0;
};

/// Back: blocks first, first + 1, ...; a count of 0 ends the deal.
struct DealGrant {
  static constexpr int tag = 2;
  std::uint64_t first = 0, count = 0;
};

/// Keeps clear of all other messages on a copy of the communicator, and counts its own.
class DealChannel {
 public:
  /// Collective, and so is its end unless an exception is passing through.
  explicit DealChannel(const Communicator& world) {
    if (world.native() == nullptr) return;
    MPI_Comm_dup(*static_cast<const MPI_Comm*>(world.native()), &comm_);
  }
  DealChannel(const DealChannel&) = delete;
  DealChannel& operator=(const DealChannel&) = delete;
  ~DealChannel() {
    int finalised = 0;
    MPI_Finalized(&finalised);
    if (comm_ != MPI_COMM_NULL && !finalised && std::uncaught_exceptions() == 0) {
      MPI_Comm_free(&comm_);
    }
  }

  template <class Message>
  void send(const Message& message, int to) const {
    MPI_Send(&message, sizeof message, MPI_BYTE, to, Message::tag, comm_);
    TrafficCount& own = Communicator::traffic()[TrafficKind::deal];
    ++own.messages;
    own.sent += sizeof message;
  }

  /// Waits for it.
  template <class Message>
  Message receive(int from) const {
    Message message;
    MPI_Recv(&message, sizeof message, MPI_BYTE, from, Message::tag, comm_, MPI_STATUS_IGNORE);
    TrafficCount& own = Communicator::traffic()[TrafficKind::deal];
    ++own.messages;
    own.received += sizeof message;
    return message;
  }

  /// Who has sent a message that is here, from one rank or MPI_ANY_SOURCE.
  template <class Message>
  std::optional<int> here(int from) const {
    int found = 0;
    MPI_Status status;
    MPI_Iprobe(from, Message::tag, comm_, &found, &status);
    return found != 0 ? std::optional<int>(status.MPI_SOURCE) : std::nullopt;
  }

  /// How many requests all ranks have sent together. Collective, as is the next.
  std::uint64_t sum(std::uint64_t sent) const {
    ++Communicator::traffic()[TrafficKind::deal].calls;
    MPI_Allreduce(MPI_IN_PLACE, &sent, 1, MPI_UINT64_T, MPI_SUM, comm_);
    return sent;
  }
  std::uint64_t of_root(std::uint64_t value) const {
    MPI_Bcast(&value, 1, MPI_UINT64_T, 0, comm_);
    return value;
  }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

}  // namespace htdm
