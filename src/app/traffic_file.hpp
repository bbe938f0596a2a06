/// What the ranks of a run have communicated, as a file.
#pragma once

#include "parallel/communicator.hpp"

#include <string>

namespace htdm {

/// One JSON object a line and rank, in rank order: {"rank", "ranks", "serving" (seconds in which
/// the root answered requests for blocks), "broadcast": {"calls", "messages", "sent", "received"},
/// ...}, with a kind for each TrafficKind.
std::string traffic_line(const Traffic& traffic, int rank, int ranks);

/// The traffic of all ranks up to here into the file that HTDM_TRAFFIC names on rank 0; nothing
/// where it is not set. Collective. Throws AgreedError when the file cannot be written.
void write_traffic(const Communicator& world);

}  // namespace htdm
