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

/// Processor time that the calling thread has used.
inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
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
