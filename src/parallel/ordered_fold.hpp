/// Results of blocks, folded in block order whatever ranks and threads produced them.
#pragma once

#include "parallel/communicator.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace htdm {

/// What one block leaves behind.
struct BlockResult {
  std::uint64_t block = 0;
  Bytes bytes;
};

/// Gather the results of blocks [first, last), each of which some rank has among `mine` (in any
/// order), and call fold(block, bytes) on `root` for each block in increasing order. Collective;
/// the root holds all of them, so long runs are cut into windows.
void fold_in_block_order(
    const Communicator& ranks, std::uint64_t first, std::uint64_t last,
    std::span<const BlockResult> mine,
    const std::function<void(std::uint64_t block, std::span<const std::byte>)>& fold, int root = 0);

}  // namespace htdm
