#include "parallel/block_loop.hpp"

#include "core/error.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <string>

namespace htdm {
namespace {

/// Keeps the exception of the lowest failing block and counts the others.
class FailureCollector {
 public:
  /// Whether `block` may still start: no block before it has failed.
  bool may_start(std::uint64_t block) const { return block < lowest_.load(); }

  void keep_current_exception(std::uint64_t block) {
    const std::lock_guard lock(mutex_);
    ++failures_;
    if (block >= lowest_) return;
    lowest_ = block;
    exception_ = std::current_exception();
  }

  void rethrow() const {
    if (!exception_) return;
    if (failures_ == 1) std::rethrow_exception(exception_);
    const std::string others = " (" + std::to_string(failures_ - 1) + " more blocks failed)";
    try {
      std::rethrow_exception(exception_);
    } catch (const InputError& error) {
      throw InputError(error.what() + others);
    } catch (const NumericalError& error) {
      throw NumericalError(error.what() + others);
    } catch (const std::exception& error) {
      throw std::runtime_error(error.what() + others);
    }
  }

 private:
  std::mutex mutex_;
  std::atomic<std::uint64_t> lowest_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t failures_ = 0;
  std::exception_ptr exception_;
};

}  // namespace

BlockRange blocks_of_rank(std::uint64_t first, std::uint64_t last, int rank, int size) {
  HTDM_EXPECTS(0 <= rank && rank < size);
  return {std::min(last, first + static_cast<std::uint64_t>(rank)), last,
          static_cast<std::uint64_t>(size)};
}

void for_each_block(int threads, BlockRange blocks,
                    const std::function<void(std::uint64_t block, int thread)>& body) {
  HTDM_EXPECTS(threads >= 1);
  FailureCollector failures;
  const std::uint64_t n = blocks.size();
  // Blocks before a failing one always run, in whatever order they are handed out: which failure is
  // the lowest does not depend on timing.
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (std::uint64_t k = 0; k < n; ++k) {
    const std::uint64_t block = blocks.block(k);
    if (!failures.may_start(block)) continue;
    try {
      body(block, omp_get_thread_num());
    } catch (...) {
      failures.keep_current_exception(block);
    }
  }
  failures.rethrow();
}

}  // namespace htdm
