/// What the threads of one rank do with the blocks that their rank was given.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

namespace htdm {

/// A queue of blocks between the thread that communicates and `threads` that work. Thread-safe.
class Shift {
 public:
  using Body = std::function<void(std::uint64_t block, int thread)>;

  /// `wanted_seconds`: of work that is asked for at a time.
  Shift(int threads, const Body& body, double wanted_seconds);

  /// For the thread that communicates: blocks first, first + 1, ... to work on; no more to come.
  void give(std::uint64_t first, std::uint64_t count);
  void close();

  /// Threads that have nothing to do, and blocks that the rank could use now: none while its queue
  /// is long enough, else about `wanted_seconds` of work.
  struct Need {
    std::uint64_t idle = 0, blocks = 0;
  };
  Need need() const;
  /// Whether a thread has nothing to do.
  bool idle() const;
  /// Whether nobody works any more, as all is done or something has failed.
  bool finished() const;
  bool failed() const;
  /// Sleep until a thread has nothing to do, at most for `seconds`.
  void wait(double seconds);
  /// The block that has been worked on for longer than `seconds`, if there is one.
  std::optional<std::uint64_t> stuck(double seconds) const;

  /// For a working thread: `first_job`, then blocks until the shift is closed or has failed.
  void work(int thread, const std::function<void()>& first_job);
  /// One block, if there is one, by the thread that communicates, where it is the only one.
  void work_alone();
  void has_no_other_thread() { idle_ = 1; }

  /// Throws what a thread threw: the side job's exception, or that of the lowest block.
  void rethrow() const;
  double busy_seconds() const;
  std::uint64_t blocks() const;

 private:
  std::optional<std::uint64_t> next(int thread);
  std::uint64_t take(int thread);
  void run(std::uint64_t block, int thread);
  void fail(std::uint64_t block);

  struct Current {
    std::uint64_t block = 0;
    double since = 0;  ///< on the steady clock; 0: none
  };

  int threads_;
  const Body& body_;
  double wanted_seconds_;
  mutable std::mutex mutex_;
  std::condition_variable ready_, attention_;
  std::deque<std::uint64_t> queue_;
  std::vector<Current> current_;
  std::uint64_t idle_ = 0, done_ = 0;
  double busy_ = 0;
  bool closed_ = false;
  std::uint64_t failed_ = std::numeric_limits<std::uint64_t>::max();
  std::exception_ptr exception_;
};

}  // namespace htdm
