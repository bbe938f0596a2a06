/// Blocks dealt over ranks and threads: each once, in prefixes, and nobody idle beside a queue.
#include "parallel/block_dealer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace htdm {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// How often each block of [0, n) was called, over all ranks.
std::vector<std::uint64_t> totals(const Communicator& world,
                                  const std::vector<std::atomic<std::uint64_t>>& calls) {
  std::vector<std::uint64_t> sums(calls.begin(), calls.end());
  world.sum(std::span(sums));
  return sums;
}

TEST(BlockDealer, CallsEveryBlockOnce) {
  const auto world = Communicator::world();
  for (const int threads : {1, 3}) {
    BlockDealer dealer(world, threads);
    for (const std::uint64_t last : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{500}}) {
      std::vector<std::atomic<std::uint64_t>> calls(600);
      std::atomic<bool> valid{true};
      const std::uint64_t end = dealer.deal(0, last, [&](std::uint64_t block, int thread) {
        ++calls[block];
        if (thread < 0 || thread >= threads) valid = false;
      });
      EXPECT_EQ(end, last);
      EXPECT_TRUE(valid);
      const auto sums = totals(world, calls);
      for (std::uint64_t block = 0; block < sums.size(); ++block) {
        EXPECT_EQ(sums[block], block < last) << block;
      }
    }
    EXPECT_EQ(world.sum(dealer.times().blocks), 501U);
  }
}

TEST(BlockDealer, EndsInAPrefixWhenPaused) {
  const auto world = Communicator::world();
  BlockDealer dealer(world, 2);
  std::vector<std::atomic<std::uint64_t>> calls(10'000);
  std::atomic<int> mine{0};
  const std::uint64_t end = dealer.deal(
      7, calls.size(),
      [&](std::uint64_t block, int) {
        ++calls[block];
        ++mine;
        std::this_thread::sleep_for(Milliseconds(1));
      },
      [&] { return mine > 5; });
  EXPECT_GE(end, 12U);
  EXPECT_LT(end, 2000U);
  const auto sums = totals(world, calls);
  for (std::uint64_t block = 0; block < sums.size(); ++block) {
    EXPECT_EQ(sums[block], 7 <= block && block < end) << block;
  }
}

/// Rank 0 takes 30 ms a block and the others 1 ms. Dealt in turns, rank 0 would work 30 ms n/ranks;
/// dealt to whoever is free, all are done within one of its blocks of each other. Sleeping needs no
/// processor, so this holds on machines of any size.
TEST(BlockDealer, NobodyIdlesWhileAnotherHasMoreThanOneBlockLeft) {
  const auto world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank";
  const auto block_time = Milliseconds(world.is_root() ? 30 : 1);
  BlockDealer dealer(world, 1);
  std::uint64_t mine = 0;
  const auto start = std::chrono::steady_clock::now();
  dealer.deal(0, 300, [&](std::uint64_t, int) {
    ++mine;
    std::this_thread::sleep_for(block_time);
  });
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(world.sum(mine), 300U);
  // 300 blocks at 1/30 + (ranks - 1) a millisecond, one block more, and slack for a busy machine.
  EXPECT_LT(seconds.count(), 0.3 / (world.size() - 1) + 0.03 + 1.0);
  if (world.is_root()) {
    EXPECT_LT(mine, 60U);
  }
}

TEST(BlockDealer, TheRootsSideJobRunsBesideTheBlocks) {
  const auto world = Communicator::world();
  BlockDealer dealer(world, 2);
  std::atomic<std::uint64_t> mine{0};
  int jobs = 0;
  dealer.deal(
      0, 100, [&](std::uint64_t, int) { ++mine; }, {}, [&] { ++jobs; });
  EXPECT_EQ(world.sum(mine.load()), 100U);
  EXPECT_EQ(jobs, world.is_root() ? 1 : 0);
}

TEST(BlockDealer, ThrowsWhatTheLowestBlockThrew) {
  BlockDealer dealer(Communicator{}, 3);  // one rank: others would wait for this one
  for (int repeat = 0; repeat < 20; ++repeat) {
    try {
      dealer.deal(0, 50, [](std::uint64_t block, int) {
        if (block >= 7) throw std::runtime_error(std::to_string(block));
      });
      FAIL() << "nothing thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "7");
    }
  }
}

}  // namespace
}  // namespace htdm
