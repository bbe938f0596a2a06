/// What a process has communicated: calls, messages and bytes by kind.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace htdm {

enum class TrafficKind : std::size_t {
  barrier,
  broadcast,
  gather,      ///< what ranks give to one of them: results of blocks, host names
  all_gather,  ///< arrays that every rank completes: weights, losses, tables
  exchange,    ///< rows to columns: gradients
  reduce,      ///< sums, minima and maxima for all: counts, agreements
  deal         ///< requests for blocks and their answers
};
constexpr std::size_t traffic_kinds = 7;

/// Of one kind, on this rank. Bytes are payload that the rank hands to a call or has from it; what
/// MPI sends inside a collective (a tree of about log2 P messages) cannot be seen from here.
struct TrafficCount {
  std::uint64_t calls = 0;     ///< operations of Communicator; one of a large array may be several
  std::uint64_t messages = 0;  ///< point-to-point messages that the rank sent or received itself
  std::uint64_t sent = 0;      ///< bytes
  std::uint64_t received = 0;  ///< bytes
};

/// Counted by the thread that communicates, in groups of more than one rank. Wishes to stop, the
/// messages of failing ranks and what HDF5 sends for stored samples are not in it.
struct Traffic {
  std::array<TrafficCount, traffic_kinds> counts{};
  double serving = 0;  ///< seconds in which this rank, as the root of deals, answered requests

  TrafficCount& operator[](TrafficKind kind) { return counts[static_cast<std::size_t>(kind)]; }
  const TrafficCount& operator[](TrafficKind kind) const {
    return counts[static_cast<std::size_t>(kind)];
  }
};

/// "barrier", "broadcast", ...
constexpr const char* name(TrafficKind kind) {
  constexpr std::array names{"barrier",  "broadcast", "gather", "all_gather",
                             "exchange", "reduce",    "deal"};
  static_assert(names.size() == traffic_kinds);
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace htdm
