/// Whether all ranks are still there while they exchange what only living ranks can exchange.
#pragma once

#include "parallel/communicator.hpp"

#include <memory>

namespace htdm {

/// Every rank says to rank 0 from time to time that it is there, and rank 0 answers. A rank that is
/// silent for `patience` seconds ends the run with a message that names it.
///
/// A rank is there as long as it calls beat(), which watched() communicators do while they wait: so
/// ranks that wait for one that hangs are heard, and that one is not. A rank
/// that did not call beat() itself for a while accuses nobody of that while.
class Lookout {
 public:
  /// Collective, as is close().
  Lookout(const Communicator& world, double patience);
  ~Lookout();
  Lookout(const Lookout&) = delete;
  Lookout& operator=(const Lookout&) = delete;

  /// To be called many times within `patience` by the thread that communicates; costs a look at the
  /// clock nearly always.
  void beat();

  /// The same ranks, calling beat() while they wait for each other (Communicator::attentive). Must
  /// not outlive *this.
  Communicator watched(const Communicator& ranks);

  /// Take in the messages that are still under way. To be called before an end that is no failure.
  void close();

 private:
  struct Channel;

  double look_, next_look_ = 0;       ///< seconds between looks; when the next is due
  std::unique_ptr<Channel> channel_;  ///< none where there is only one rank
};

}  // namespace htdm
