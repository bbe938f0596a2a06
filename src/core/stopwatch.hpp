/// Time on the steady clock, which no setting of the date moves.
#pragma once

#include <chrono>
#include <ctime>

namespace htdm {

/// Seconds since some moment that does not change while the program runs.
inline double steady_seconds() {
  using Seconds = std::chrono::duration<double>;
  return Seconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline double clock_seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Processor time that the calling thread has used.
inline double thread_seconds() {
  return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

/// Processor time that all threads of this process have used.
inline double process_seconds() {
  return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/// Seconds since it was made or restarted.
class Stopwatch {
 public:
  double seconds() const { return steady_seconds() - start_; }
  void restart() { start_ = steady_seconds(); }

 private:
  double start_ = steady_seconds();
};

/// Adds the time until its end to a sum, `times` times.
class AddSeconds {
 public:
  explicit AddSeconds(double& sum, double times = 1) : sum_(sum), times_(times) {}
  ~AddSeconds() { sum_ += times_ * watch_.seconds(); }
  AddSeconds(const AddSeconds&) = delete;
  AddSeconds& operator=(const AddSeconds&) = delete;

 private:
  double& sum_;
  double times_;
  Stopwatch watch_;
};

}  // namespace htdm
