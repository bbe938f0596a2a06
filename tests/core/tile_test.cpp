#include "core/tile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace htdm {
namespace {

bool on_cache_line(const void* p) {
  return reinterpret_cast<std::uintptr_t>(p) % 64 == 0;
}

TEST(Padding, RoundsUpToWholeVectors) {
  EXPECT_EQ(padded(0), 0U);
  EXPECT_EQ(padded(1), 16U);
  EXPECT_EQ(padded(16), 16U);
  EXPECT_EQ(padded(17), 32U);
}

TEST(Tile, RowsAreOneStrideApart) {
  AlignedVector<float> data(3 * 32);
  const Tile<float> tile{data.data(), 20, 32};
  tile.row(2)[19] = 5;
  EXPECT_EQ(data[2 * 32 + 19], 5);
  const Tile<const float> view = tile;
  EXPECT_EQ(view.row(2)[19], 5);
  EXPECT_EQ(view.paths, 20U);
  EXPECT_EQ(view.stride, 32U);
}

TEST(AlignedVector, StartsOnACacheLine) {
  for (const std::size_t n : {1, 3, 17, 1000}) {
    EXPECT_TRUE(on_cache_line(AlignedVector<float>(n).data()));
    EXPECT_TRUE(on_cache_line(AlignedVector<double>(n).data()));
  }
}

TEST(Scratch, IsAlignedWritableAndGrows) {
  Scratch scratch;
  for (const std::size_t n : {1, 16, 1000, 100000}) {
    float* p = scratch.floats(3, n);
    EXPECT_TRUE(on_cache_line(p));
    std::fill_n(p, n, 1.0F);
  }
}

TEST(Scratch, KeepsItsMemoryForSmallerRequests) {
  Scratch scratch;
  float* large = scratch.floats(0, 1000);
  EXPECT_EQ(scratch.floats(0, 10), large);
  EXPECT_EQ(scratch.floats(0, 1000), large);
}

TEST(Scratch, SlotsNeverOverlap) {
  Scratch scratch;
  constexpr std::size_t n = 64;
  for (std::size_t slot = 0; slot < 8; ++slot) {
    std::fill_n(scratch.floats(slot, n), n, static_cast<float>(slot));
  }
  for (std::size_t slot = 0; slot < 8; ++slot) {
    const float* p = scratch.floats(slot, n);
    EXPECT_TRUE(std::all_of(p, p + n, [slot](float x) { return x == static_cast<float>(slot); }));
  }
}

}  // namespace
}  // namespace htdm
