/// Threads that do one piece of work each, again and again.
#pragma once

#include <barrier>
#include <functional>
#include <thread>
#include <vector>

namespace htdm::bench {

/// run() calls work(0) on the caller and work(1), ... on the other threads, and waits for all.
class Team {
 public:
  Team(int threads, std::function<void(int)> work) : work_(std::move(work)), gate_(threads) {
    for (int t = 1; t < threads; ++t) {
      threads_.emplace_back([this, t] { follow(t); });
    }
  }
  ~Team() {
    stop_ = true;
    gate_.arrive_and_wait();
  }

  void run() {
    gate_.arrive_and_wait();
    work_(0);
    gate_.arrive_and_wait();
  }

 private:
  void follow(int t) {
    for (;;) {
      gate_.arrive_and_wait();
      if (stop_) return;
      work_(t);
      gate_.arrive_and_wait();
    }
  }

  std::function<void(int)> work_;
  std::barrier<> gate_;
  bool stop_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace htdm::bench
