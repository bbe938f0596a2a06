/// Ranks that are there are not accused, however they spend their time; endings_test.sh has those
/// that are not.
#include "parallel/lookout.hpp"

#include "core/stopwatch.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace htdm {
namespace {

constexpr double patience = 1;

/// Beats for `seconds`, as work between messages does.
void work(Lookout& lookout, double seconds) {
  for (const Stopwatch watch; watch.seconds() < seconds;) {
    lookout.beat();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST(Lookout, WaitingAndWorkingRanksAreThere) {
  const auto world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank";
  Lookout lookout(world, patience);
  const Communicator watched = lookout.watched(world);
  for (const int late : {0, world.size() - 1}) {
    if (world.rank() == late) work(lookout, 1.5 * patience);
    EXPECT_FALSE(watched.any(false));
  }
  lookout.close();
}

/// As where all ranks wait for a disk.
TEST(Lookout, NobodyIsAccusedByThoseWhoDidNotListen) {
  const auto world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank";
  Lookout lookout(world, patience);
  work(lookout, 0.5 * patience);
  std::this_thread::sleep_for(std::chrono::duration<double>(1.6 * patience));
  EXPECT_FALSE(lookout.watched(world).any(false));
  lookout.close();
}

TEST(Lookout, ClosesWithMessagesUnderWay) {
  const auto world = Communicator::world();
  for (int turn = 0; turn < 20; ++turn) {
    Lookout lookout(world, 0.01);
    if (!world.is_root()) work(lookout, 0.006);  // rank 0 has not listened yet
    lookout.close();
    lookout.beat();  // nothing any more
  }
}

}  // namespace
}  // namespace htdm
