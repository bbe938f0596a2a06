/// The blocks that the paths of an entry are cut into.
#pragma once

#include "io/study.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace htdm {

/// The paths of a block: a fixed cut of (batches x batch_size) that knows nothing of the layout.
class BlockTable {
 public:
  explicit BlockTable(const StatisticsSection& statistics)
      : batch_size_(static_cast<std::uint64_t>(statistics.batch_size)),
        block_size_(static_cast<std::uint64_t>(statistics.block_size)),
        per_batch_((batch_size_ + block_size_ - 1) / block_size_),
        size_(per_batch_ * static_cast<std::uint64_t>(statistics.batches)) {}

  std::uint64_t size() const { return size_; }
  std::uint64_t largest() const { return std::min(block_size_, batch_size_); }
  /// The first block of `batch`.
  std::uint64_t first_block(std::size_t batch) const { return batch * per_batch_; }
  std::size_t batch(std::uint64_t block) const { return block / per_batch_; }
  std::uint64_t first_path(std::uint64_t block) const {
    return batch(block) * batch_size_ + (block % per_batch_) * block_size_;
  }
  std::size_t paths(std::uint64_t block) const {
    return std::min(block_size_, batch_size_ - (block % per_batch_) * block_size_);
  }
  /// The block that `path` is in.
  std::uint64_t block(std::uint64_t path) const {
    return path / batch_size_ * per_batch_ + path % batch_size_ / block_size_;
  }

 private:
  std::uint64_t batch_size_, block_size_, per_batch_, size_;
};

}  // namespace htdm
