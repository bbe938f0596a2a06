/// Blocks of work dealt to whichever rank and thread is free.
#pragma once

#include "parallel/communicator.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace htdm {

class DealChannel;

/// What a rank did while blocks were dealt.
struct DealTimes {
  double busy = 0;     ///< thread-seconds in blocks
  double waiting = 0;  ///< thread-seconds without one
  std::uint64_t blocks = 0;

  DealTimes& operator+=(const DealTimes& other);
};

/// Deals blocks in increasing order to the threads of all ranks, each getting the next when it is
/// free, so that no rank idles while another has more than one block a thread waiting (none where a
/// block takes more than 50 ms), however uneven blocks are.
///
/// The root hands out runs of blocks on request: about 50 ms of work, or more where so many ranks
/// ask that it could not answer them all, and fewer towards the end. On every rank the main thread
/// attends to messages and `threads` further OpenMP threads work; only the main thread
/// communicates. A rank that says nothing for `patience` seconds, or a block that takes so long,
/// ends the deal with a message that names the rank.
class BlockDealer {
 public:
  /// Collective, and so is its end.
  BlockDealer(const Communicator& world, int threads, double patience = 600);
  ~BlockDealer();
  BlockDealer(const BlockDealer&) = delete;
  BlockDealer& operator=(const BlockDealer&) = delete;

  /// Call body(block, thread) once for each block of [first, end), 0 <= thread < threads, and
  /// return end: `last`, or less where `pause` held on the root before; the main thread of every
  /// rank asks it all the time, so that it can attend to messages. Blocks that were handed out are
  /// finished. `side_job`, where there is one, is work
  /// of the root alone that one of its threads does first. Collective; `end` is the same
  /// everywhere.
  ///
  /// Of blocks that throw, the exception of the lowest on this rank is thrown here, and the side
  /// job's before any; the other ranks then wait, so the program has to end (Session does that).
  std::uint64_t deal(std::uint64_t first, std::uint64_t last,
                     const std::function<void(std::uint64_t block, int thread)>& body,
                     const std::function<bool()>& pause = {},
                     const std::function<void()>& side_job = {});

  /// Of all deals so far.
  const DealTimes& times() const { return times_; }

 private:
  class Attendant;

  const Communicator world_;
  int threads_;
  double patience_;
  std::unique_ptr<DealChannel> channel_;
  DealTimes times_;
};

}  // namespace htdm
