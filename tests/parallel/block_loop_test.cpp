/// Blocks on threads: each once, and exceptions leave the loop.
#include "parallel/block_loop.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace htdm {
namespace {

TEST(BlockRange, SharesOutEveryBlockOnce) {
  for (const int size : {1, 2, 3, 7}) {
    std::multiset<std::uint64_t> seen;
    for (int rank = 0; rank < size; ++rank) {
      const BlockRange range = blocks_of_rank(10, 15, rank, size);
      for (std::uint64_t k = 0; k < range.size(); ++k) seen.insert(range.block(k));
    }
    EXPECT_EQ(seen, (std::multiset<std::uint64_t>{10, 11, 12, 13, 14})) << size;
  }
  EXPECT_EQ(blocks_of_rank(5, 5, 0, 1).size(), 0u);
  EXPECT_EQ(blocks_of_rank(5, 3, 0, 1).size(), 0u);
}

TEST(ForEachBlock, CallsEveryBlockOnceOnValidThreads) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> calls(100);
    std::atomic<bool> valid{true};
    for_each_block(threads, {3, 100, 4}, [&](std::uint64_t block, int thread) {
      ++calls[block];
      if (thread < 0 || thread >= threads) valid = false;
    });
    EXPECT_TRUE(valid);
    for (std::uint64_t block = 0; block < 100; ++block) {
      EXPECT_EQ(calls[block], block >= 3 && block % 4 == 3) << block;
    }
  }
}

TEST(ForEachBlock, UsesItsThreads) {
  // Each of two blocks waits for the other: one thread would wait in vain.
  std::atomic<int> here{0};
  std::atomic<int> met{0};
  for_each_block(2, {0, 2, 1}, [&](std::uint64_t, int) {
    ++here;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (here < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    met += here == 2;
  });
  EXPECT_EQ(met, 2);
}

std::string message_of_failing_loop(int threads) {
  try {
    for_each_block(threads, {0, 200, 1}, [](std::uint64_t block, int) {
      if (block == 60) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (block >= 60) throw InputError("block " + std::to_string(block));
    });
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

TEST(ForEachBlock, RethrowsTheLowestFailureWithItsType) {
  EXPECT_EQ(message_of_failing_loop(1), "block 60");
  for (const int threads : {2, 4}) {
    for (int repeat = 0; repeat < 10; ++repeat) {
      const std::string message = message_of_failing_loop(threads);
      EXPECT_EQ(message.substr(0, 8), "block 60") << message;
    }
  }
}

TEST(ForEachBlock, CountsTheOtherFailures) {
  std::atomic<int> here{0};
  try {
    for_each_block(2, {0, 2, 1}, [&](std::uint64_t block, int) {
      ++here;
      while (here < 2) std::this_thread::yield();
      throw NumericalError("block " + std::to_string(block));
    });
    FAIL() << "nothing was thrown";
  } catch (const NumericalError& error) {
    EXPECT_STREQ(error.what(), "block 0 (1 more blocks failed)");
  }
}

TEST(ForEachBlock, RunsAllBlocksBeforeAFailureAndNotAllAfter) {
  std::vector<std::atomic<int>> calls(10'000);
  const auto run = [&] {
    for_each_block(2, {0, calls.size(), 1}, [&](std::uint64_t block, int) {
      if (block == 50) throw 1;
      ++calls[block];
    });
  };
  EXPECT_THROW(run(), int);
  for (std::uint64_t block = 0; block < 50; ++block) EXPECT_EQ(calls[block], 1) << block;
  EXPECT_EQ(calls.back(), 0);
}

}  // namespace
}  // namespace htdm
