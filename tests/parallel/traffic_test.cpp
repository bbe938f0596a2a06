/// Calls, messages and bytes are counted as they are moved, on any number of ranks.
#include "parallel/traffic.hpp"

#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"
#include "parallel/ordered_fold.hpp"

#include <gtest/gtest.h>

#include <span>
#include <vector>

namespace htdm {
namespace {

/// What `body` adds to the counts of a kind.
template <class Body>
TrafficCount counted(TrafficKind kind, Body&& body) {
  const TrafficCount before = Communicator::traffic()[kind];
  body();
  const TrafficCount after = Communicator::traffic()[kind];
  return {after.calls - before.calls, after.messages - before.messages, after.sent - before.sent,
          after.received - before.received};
}

void expect(const TrafficCount& count, std::uint64_t calls, std::uint64_t messages,
            std::uint64_t sent, std::uint64_t received) {
  EXPECT_EQ(count.calls, calls);
  EXPECT_EQ(count.messages, messages);
  EXPECT_EQ(count.sent, sent);
  EXPECT_EQ(count.received, received);
}

class TrafficTest : public ::testing::Test {
 protected:
  const Communicator world_ = Communicator::world();
  const std::uint64_t ranks_ = static_cast<std::uint64_t>(world_.size());
  const std::uint64_t me_ = static_cast<std::uint64_t>(world_.rank());
  const std::uint64_t many_ = ranks_ > 1 ? 1 : 0;  ///< one rank has no traffic
};

TEST_F(TrafficTest, Collectives) {
  expect(counted(TrafficKind::barrier, [&] { world_.barrier(); }), many_, 0, 0, 0);

  std::vector<std::byte> data(100);
  const bool last = me_ + 1 == ranks_;
  expect(counted(TrafficKind::broadcast,
                 [&] { world_.broadcast(std::span(data), static_cast<int>(ranks_) - 1); }),
         many_, 0, last ? 100 * many_ : 0, last ? 0 : 100);

  std::vector<std::uint64_t> values(5);
  expect(counted(TrafficKind::reduce, [&] { world_.sum(std::span(values)); }), many_, 0, 40 * many_,
         40 * many_);
  expect(counted(TrafficKind::reduce, [&] { world_.any(false); }), many_, 0, 8 * many_, 8 * many_);

  // Rank r owns 10 (r + 1) bytes.
  std::vector<std::size_t> counts;
  for (std::size_t r = 0; r < ranks_; ++r) counts.push_back(10 * (r + 1));
  std::vector<char> whole(5 * ranks_ * (ranks_ + 1));
  const std::uint64_t mine = 10 * (me_ + 1);
  expect(counted(TrafficKind::all_gather,
                 [&] { world_.all_gather_in_place(std::span(whole), counts); }),
         many_, 0, many_ * mine, many_ * (whole.size() - mine));
}

TEST_F(TrafficTest, RowsToColumns) {
  const std::vector<std::size_t> rows(ranks_, 2), columns(ranks_, 3);
  std::vector<float> matrix(2 * ranks_ * 3 * ranks_);
  const std::uint64_t others = ranks_ - 1, bytes = others * 2 * 3 * sizeof(float);
  expect(counted(TrafficKind::exchange,
                 [&] { world_.rows_to_columns(std::span(matrix), 3 * ranks_, rows, columns); }),
         many_, 2 * others, bytes, bytes);
}

// Every rank but the last of several has one block of 20 bytes, with 16 of its header.
TEST_F(TrafficTest, Folding) {
  std::vector<BlockResult> mine;
  const bool gives = ranks_ == 1 || me_ + 1 < ranks_;
  if (gives) mine.push_back({me_, Bytes(20)});
  const std::uint64_t blocks = ranks_ > 1 ? ranks_ - 1 : 1;
  const TrafficCount count = counted(TrafficKind::gather, [&] {
    fold_in_block_order(world_, 0, blocks, mine, [](std::uint64_t, std::span<const std::byte>) {});
  });
  if (world_.is_root()) {
    expect(count, many_, many_ * (blocks - 1), 0, many_ * (8 * (ranks_ - 1) + 36 * (blocks - 1)));
  } else {
    expect(count, 1, gives ? 1 : 0, gives ? 44 : 8, 0);
  }
}

/// Every request of a rank is answered once, and the root sees them all.
TEST_F(TrafficTest, DealingIsPairs) {
  BlockDealer dealer(world_, 1);
  const double serving = Communicator::traffic().serving;
  const TrafficCount count =
      counted(TrafficKind::deal, [&] { dealer.deal(0, 200, [](std::uint64_t, int) {}); });
  EXPECT_EQ(count.calls, many_);
  std::vector<std::uint64_t> sums{world_.is_root() ? 0 : count.sent,
                                  world_.is_root() ? 0 : count.received};
  world_.sum(std::span(sums));
  EXPECT_EQ(sums[0] % 16, 0U);
  EXPECT_GE(sums[0], 16 * (ranks_ - 1));
  EXPECT_EQ(sums[1] % 16, 0U);
  if (world_.is_root()) {
    EXPECT_EQ(count.received, sums[0]);
    EXPECT_EQ(count.sent, sums[1]);
    EXPECT_EQ(count.messages, (sums[0] + sums[1]) / 16);
    EXPECT_EQ(Communicator::traffic().serving > serving, ranks_ > 1);
  } else {
    EXPECT_EQ(count.messages, (count.sent + count.received) / 16);
  }
}

TEST_F(TrafficTest, PartsCountIntoTheSame) {
  const Communicator part = world_.split(static_cast<int>(me_ % 2), 0);
  const std::uint64_t counts = part.size() > 1 ? 1 : 0;
  expect(counted(TrafficKind::reduce, [&] { part.max(1.0); }), counts, 0, 8 * counts, 8 * counts);
}

}  // namespace
}  // namespace htdm
