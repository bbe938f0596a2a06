/// Wishes to stop, from signals and time limits, made known to all ranks.
#pragma once

#include "parallel/communicator.hpp"

#include <memory>
#include <optional>
#include <string>

namespace htdm {

/// From now on SIGUSR1 and SIGTERM are wishes to stop instead of the end of the process. To be
/// called before MPI starts, which leaves handlers alone that are there already.
void catch_stop_signals();

/// Whether the run should stop at its next checkpoint: a stop signal reached some rank, or its time
/// is nearly over.
///
/// wanted() may be asked at any time by the thread that communicates, and is not collective: ranks
/// learn of a wish at different moments, by messages over the root, so they agree on the place
/// where they stop by their own means. Once true it stays true.
class StopRequest {
 public:
  /// `seconds`: the wish comes by itself after so much time from now. Collective.
  explicit StopRequest(const Communicator& world, std::optional<double> seconds = std::nullopt);
  /// Collective unless an exception is passing through: takes in what is still under way.
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  bool wanted();
  /// The cause that this rank heard of first: "SIGTERM", "SIGUSR1" or "the time limit"; empty while
  /// nothing is wanted.
  const std::string& reason() const { return reason_; }

 private:
  struct Channel;
  void look();

  std::unique_ptr<Channel> channel_;
  std::optional<double> end_;  ///< on the steady clock, in seconds
  std::string reason_;
};

}  // namespace htdm
