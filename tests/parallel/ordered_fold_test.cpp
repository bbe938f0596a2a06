/// The fold sees the same sequence for every number of ranks and threads.
#include "parallel/ordered_fold.hpp"

#include "parallel/block_loop.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace htdm {
namespace {

/// A block's result, a pure function of its id; sums of these depend on their order.
double result_of(std::uint64_t block) {
  const auto x = static_cast<double>(block);
  return std::exp(20 * std::sin(x)) * std::cos(3 * x);
}

double sum_in_order(std::uint64_t first, std::uint64_t last) {
  double sum = 0;
  for (std::uint64_t block = first; block < last; ++block) sum += result_of(block);
  return sum;
}

/// The sum over [first, last) by all ranks, in windows.
double folded_sum(const Communicator& ranks, int threads, std::uint64_t last,
                  std::uint64_t window) {
  double sum = 0;
  for (std::uint64_t from = 0; from < last; from += window) {
    const std::uint64_t to = std::min(last, from + window);
    const BlockRange mine = blocks_of_rank(from, to, ranks.rank(), ranks.size());
    std::vector<BlockResult> results(mine.size());
    for_each_block(threads, mine, [&](std::uint64_t block, int) {
      const double x = result_of(block);
      const auto bytes = std::as_bytes(std::span(&x, 1));
      // Backwards: in which order a rank has its blocks does not matter.
      results[mine.size() - 1 - (block - mine.first) / mine.stride] = {
          block, Bytes(bytes.begin(), bytes.end())};
    });
    fold_in_block_order(ranks, from, to, results,
                        [&](std::uint64_t, std::span<const std::byte> bytes) {
                          double x = 0;
                          std::memcpy(&x, bytes.data(), sizeof x);
                          sum += x;
                        });
  }
  return sum;
}

TEST(OrderedFold, IsEqualForAllShapes) {
  const auto world = Communicator::world();
  // The sum must feel the order, or equality would prove nothing.
  double backwards = 0;
  for (std::uint64_t block = 101; block-- > 0;) backwards += result_of(block);
  ASSERT_NE(backwards, sum_in_order(0, 101));
  for (const int threads : {1, 2, 3}) {
    for (const std::uint64_t window : {3u, 10u, 1000u}) {
      const double sum = folded_sum(world, threads, 101, window);
      EXPECT_EQ(sum, world.is_root() ? sum_in_order(0, 101) : 0.0) << threads << " " << window;
    }
  }
}

TEST(OrderedFold, DeliversBytesOfAnyLengthToAnyRoot) {
  const auto world = Communicator::world();
  const auto bytes_of = [](std::uint64_t block) {
    return Bytes(block % 5, static_cast<std::byte>(block));
  };
  for (int root = 0; root < world.size(); ++root) {
    const BlockRange mine = blocks_of_rank(7, 30, world.rank(), world.size());
    std::vector<BlockResult> results;
    for (std::uint64_t k = 0; k < mine.size(); ++k) {
      results.push_back({mine.block(k), bytes_of(mine.block(k))});
    }
    std::uint64_t next = 7;
    fold_in_block_order(
        world, 7, 30, results,
        [&](std::uint64_t block, std::span<const std::byte> bytes) {
          EXPECT_EQ(block, next++);
          EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), bytes_of(block));
        },
        root);
    EXPECT_EQ(next, world.rank() == root ? 30u : 7u);
  }
}

TEST(OrderedFold, OfNothingCallsNothing) {
  fold_in_block_order(Communicator::world(), 4, 4, {},
                      [](std::uint64_t, std::span<const std::byte>) { FAIL(); });
}

}  // namespace
}  // namespace htdm
