/// Blocks of work on OpenMP threads.
#pragma once

#include <cstdint>
#include <functional>

namespace htdm {

/// The blocks first, first + stride, ... below last.
struct BlockRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t stride = 1;

  std::uint64_t size() const { return first < last ? (last - first - 1) / stride + 1 : 0; }
  std::uint64_t block(std::uint64_t k) const { return first + k * stride; }
};

/// The blocks of [first, last) that `rank` of `size` ranks takes: first + rank, then every size-th.
BlockRange blocks_of_rank(std::uint64_t first, std::uint64_t last, int rank, int size);

/// Call body(block, thread) once for every block, on `threads` threads (0 <= thread < threads),
/// each taking the next block when it is free. With a Scratch per thread, index it by `thread`.
///
/// A block that throws stops those after it from starting; then the exception of the lowest failing
/// block, the same for any number of threads, is thrown with its type. When more blocks failed, the
/// message of an InputError, NumericalError or other std::exception (as std::runtime_error) says
/// how many.
void for_each_block(int threads, BlockRange blocks,
                    const std::function<void(std::uint64_t block, int thread)>& body);

}  // namespace htdm
