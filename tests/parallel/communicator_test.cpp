/// Collectives on any number of ranks, and on none.
#include "parallel/communicator.hpp"

#include "parallel/pieces.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace htdm {
namespace {

/// Bytes that differ between ranks in content and length; rank 1 has none.
Bytes bytes_of(int rank) {
  return Bytes(rank == 1 ? 0 : 10 * rank + 3, static_cast<std::byte>(rank));
}

TEST(NullCommunicator, IsOneRank) {
  const Communicator none;
  EXPECT_EQ(none.rank(), 0);
  EXPECT_EQ(none.size(), 1);
  EXPECT_TRUE(none.is_root());
  none.barrier();
  std::string text = "kept";
  none.broadcast(text);
  EXPECT_EQ(text, "kept");
  EXPECT_EQ(none.gather(bytes_of(2)), std::vector<Bytes>{bytes_of(2)});
  EXPECT_EQ(none.all_gather(bytes_of(2)), std::vector<Bytes>{bytes_of(2)});
  EXPECT_EQ(none.sum(std::uint64_t{5}), 5u);
  EXPECT_EQ(none.min(-3), -3);
  EXPECT_EQ(none.max(2.5), 2.5);
  EXPECT_FALSE(none.any(false));
  EXPECT_EQ(none.split(1, 0).size(), 1);
}

/// Those that wait in MPI, and those that do something meanwhile.
class Collectives : public testing::TestWithParam<bool> {
 protected:
  static Communicator all() {
    const Communicator world = Communicator::world();
    return GetParam() ? world.attentive([] {}) : world;
  }
};
INSTANTIATE_TEST_SUITE_P(, Collectives, testing::Bool(), [](const auto& parameter) {
  return parameter.param ? "Attentive" : "Blocking";
});

TEST_P(Collectives, BroadcastsFromAnyRootWithItsSize) {
  const auto world = all();
  for (int root = 0; root < world.size(); ++root) {
    std::vector<double> numbers(world.rank() + 1, world.rank());
    std::string text(3 * world.rank(), 'a');
    world.broadcast(numbers, root);
    world.broadcast(text, root);
    EXPECT_EQ(numbers, std::vector<double>(root + 1, root));
    EXPECT_EQ(text, std::string(3 * root, 'a'));
  }
}

TEST_P(Collectives, GathersInRankOrder) {
  const auto world = all();
  std::vector<Bytes> expected;
  for (int r = 0; r < world.size(); ++r) expected.push_back(bytes_of(r));
  EXPECT_EQ(world.all_gather(bytes_of(world.rank())), expected);
  for (int root = 0; root < world.size(); ++root) {
    const auto all = world.gather(bytes_of(world.rank()), root);
    EXPECT_EQ(all, world.rank() == root ? expected : std::vector<Bytes>{});
  }
}

TEST_P(Collectives, CompletesArraysInPlace) {
  const auto world = all();
  std::vector<std::size_t> counts;  // 0, 3, 6, ... elements
  for (int r = 0; r < world.size(); ++r) counts.push_back(3 * r);
  std::vector<float> expected, mine;
  for (int r = 0; r < world.size(); ++r) {
    for (std::size_t k = 0; k < counts[r]; ++k) {
      expected.push_back(static_cast<float>(r) + 0.25f);
      mine.push_back(r == world.rank() ? expected.back() : -1);
    }
  }
  world.all_gather_in_place(std::span(mine), counts);
  EXPECT_EQ(mine, expected);
}

// Rank r writes r + 1 rows (none on the last but one of several) of a matrix whose element (i, j)
// is 1000 i + j, and gets its r + 2 columns; what is nobody's stays.
TEST_P(Collectives, TurnsRowsIntoColumns) {
  const auto world = all();
  const auto n = static_cast<std::size_t>(world.size());
  const auto me = static_cast<std::size_t>(world.rank());
  std::vector<std::size_t> rows, columns;
  for (std::size_t r = 0; r < n; ++r) {
    rows.push_back(n > 2 && r == n - 2 ? 0 : r + 1);
    columns.push_back(r + 2);
  }
  const std::size_t height = std::accumulate(rows.begin(), rows.end(), std::size_t{0});
  const std::size_t width = std::accumulate(columns.begin(), columns.end(), std::size_t{0});
  const std::size_t stride = width + 3;
  const auto before = [me](const std::vector<std::size_t>& of) {
    return std::accumulate(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(me),
                           std::size_t{0});
  };
  const auto inside = [me](std::size_t i, std::size_t first, const std::vector<std::size_t>& of) {
    return i >= first && i < first + of[me];
  };
  std::vector<int> matrix(height * stride, -1), expected(matrix);
  for (std::size_t i = 0; i < height; ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      const int value = static_cast<int>(1000 * i + j);
      const bool mine = inside(i, before(rows), rows);
      if (mine) matrix[i * stride + j] = value;
      if (mine || inside(j, before(columns), columns)) expected[i * stride + j] = value;
    }
  }
  world.rows_to_columns(std::span(matrix), stride, rows, columns);
  EXPECT_EQ(matrix, expected);
}

TEST_P(Collectives, ReducesExactly) {
  const auto world = all();
  const auto n = static_cast<std::uint64_t>(world.size());
  const auto rank = static_cast<std::uint64_t>(world.rank());
  const std::uint64_t large = (std::uint64_t{1} << 61) + 1;  // a double would round it
  std::vector<std::uint64_t> values{rank, large, 7};
  world.sum(values);
  EXPECT_EQ(values, (std::vector<std::uint64_t>{n * (n - 1) / 2, n * large, 7 * n}));
  EXPECT_EQ(world.sum(rank + 1), n * (n + 1) / 2);
  EXPECT_EQ(world.min(-world.rank()), -(world.size() - 1));
  EXPECT_EQ(world.max(std::int64_t{world.rank()}), world.size() - 1);
  EXPECT_EQ(world.max(0.5 * world.rank()), 0.5 * (world.size() - 1));
  EXPECT_TRUE(world.any(world.rank() == world.size() - 1));
  EXPECT_FALSE(world.any(false));
}

TEST(Communicator, DoesOtherThingsWhileItWaits) {
  const auto world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank";
  int calls = 0;
  const Communicator attentive = world.attentive([&] { ++calls; });
  if (world.is_root()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(attentive.max(std::int64_t{world.rank()}), world.size() - 1);
  if (!world.is_root()) {
    EXPECT_GT(calls, 0);
  }
}

TEST(Communicator, SplitsByColorInOrderOfKeys) {
  const auto world = Communicator::world();
  const int color = world.rank() % 2;
  const Communicator part = world.split(color, -world.rank());
  const int members = (world.size() + 1 - color) / 2;
  EXPECT_EQ(part.size(), members);
  EXPECT_EQ(part.rank(), members - 1 - world.rank() / 2);
  EXPECT_EQ(part.max(std::int64_t{world.rank()}) % 2, color);
  const Communicator copy = part;
  copy.barrier();
}

TEST(Pieces, CoverEverythingOnceAndKeepTheLimit) {
  using Piece = std::pair<std::size_t, std::size_t>;
  const auto pieces = [](std::size_t size, std::size_t limit) {
    std::vector<Piece> all;
    for_each_piece(size, limit, [&](std::size_t at, std::size_t n) { all.push_back({at, n}); });
    return all;
  };
  EXPECT_EQ(pieces(0, 4), std::vector<Piece>{});
  EXPECT_EQ(pieces(4, 4), (std::vector<Piece>{{0, 4}}));
  EXPECT_EQ(pieces(10, 4), (std::vector<Piece>{{0, 4}, {4, 4}, {8, 2}}));
  const std::size_t all = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(pieces(all, all / 2),
            (std::vector<Piece>{{0, all / 2}, {all / 2, all / 2}, {all - 1, 1}}));
}

}  // namespace
}  // namespace htdm
