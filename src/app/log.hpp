/// Messages and progress on standard error; standard output is for results.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace htdm {

/// Silence this process's messages (all ranks but the first).
void silence_log();

void log_info(const std::string& message);
void log_warning(const std::string& message);

/// A bar on a terminal, a plain line every ten seconds elsewhere. Thread-safe; silent when the log
/// is. Shows this rank's share of the work.
class Progress {
 public:
  Progress(std::string label, std::uint64_t total);
  /// Clears the bar.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::uint64_t amount);

 private:
  void print(std::uint64_t done);

  std::string label_;
  std::uint64_t total_;
  bool terminal_;
  std::atomic<std::uint64_t> done_{0};
  std::mutex printing_;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace htdm
