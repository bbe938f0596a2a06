/// A wish of one rank reaches all, by signal and by time.
#include "parallel/stop_request.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace htdm {
namespace {

/// Ask for up to ten seconds.
bool comes_true(StopRequest& stop) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!stop.wanted() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return stop.wanted();
}

// These run in order: a signal that was caught stays caught.

TEST(StopRequest, IsNotWantedByItself) {
  StopRequest stop(Communicator::world());
  EXPECT_FALSE(stop.wanted());
  EXPECT_EQ(stop.reason(), "");
}

TEST(StopRequest, ComesWithTheTimeLimit) {
  StopRequest later(Communicator::world(), 3600);
  EXPECT_FALSE(later.wanted());
  StopRequest stop(Communicator::world(), 0.05);
  EXPECT_TRUE(comes_true(stop));
}

TEST(StopRequest, OfOneRankReachesAll) {
  catch_stop_signals();
  const auto world = Communicator::world();
  StopRequest stop(world);
  world.barrier();
  if (world.rank() == world.size() - 1) std::raise(SIGUSR1);
  EXPECT_TRUE(comes_true(stop));
  EXPECT_EQ(stop.reason(), "SIGUSR1");
}

}  // namespace
}  // namespace htdm
