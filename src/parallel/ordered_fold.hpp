/// Results of blocks, folded in block order whatever ranks and threads produced them.
#pragma once

#include "parallel/block_loop.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

namespace htdm {

/// Gather the results of blocks [first, last) and call fold(block, bytes) on `root` for each block
/// in increasing order. `mine[k]` is the result of block k of blocks_of_rank(first, last, rank,
/// size). Collective; the root holds the whole window, so long runs are cut into windows.
void fold_in_block_order(
    const Communicator& ranks, std::uint64_t first, std::uint64_t last, std::span<const Bytes> mine,
    const std::function<void(std::uint64_t block, std::span<const std::byte>)>& fold, int root = 0);

/// The same for results that are plain values: fold(block, const T&).
template <class T, class Fold>
requires std::is_trivially_copyable_v<T>
void fold_in_block_order(const Communicator& ranks, std::uint64_t first, std::uint64_t last,
                         const std::vector<T>& mine, Fold&& fold, int root = 0) {
  std::vector<Bytes> bytes;
  bytes.reserve(mine.size());
  for (const T& value : mine) {
    const auto view = std::as_bytes(std::span(&value, 1));
    bytes.emplace_back(view.begin(), view.end());
  }
  fold_in_block_order(
      ranks, first, last, std::span<const Bytes>(bytes),
      [&fold](std::uint64_t block, std::span<const std::byte> result) {
        T value;
        std::memcpy(&value, result.data(), sizeof(T));
        fold(block, static_cast<const T&>(value));
      },
      root);
}

}  // namespace htdm
