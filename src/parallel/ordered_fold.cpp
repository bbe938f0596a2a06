#include "parallel/ordered_fold.hpp"

#include "core/error.hpp"

namespace htdm {
namespace {

/// Results one after the other, each behind its length.
Bytes packed(std::span<const Bytes> results) {
  Bytes all;
  std::size_t size = 0;
  for (const Bytes& result : results) size += sizeof(std::uint64_t) + result.size();
  all.reserve(size);
  for (const Bytes& result : results) {
    const std::uint64_t length = result.size();
    const auto header = std::as_bytes(std::span(&length, 1));
    all.insert(all.end(), header.begin(), header.end());
    all.insert(all.end(), result.begin(), result.end());
  }
  return all;
}

/// Takes the next result off the front of what a rank sent.
std::span<const std::byte> next_result(std::span<const std::byte>& rest) {
  std::uint64_t length = 0;
  std::memcpy(&length, rest.data(), sizeof length);
  const auto result = rest.subspan(sizeof length, length);
  rest = rest.subspan(sizeof length + length);
  return result;
}

}  // namespace

void fold_in_block_order(
    const Communicator& ranks, std::uint64_t first, std::uint64_t last, std::span<const Bytes> mine,
    const std::function<void(std::uint64_t block, std::span<const std::byte>)>& fold, int root) {
  HTDM_EXPECTS(mine.size() == blocks_of_rank(first, last, ranks.rank(), ranks.size()).size());
  const std::vector<Bytes> all = ranks.gather(packed(mine), root);
  if (ranks.rank() != root) return;
  std::vector<std::span<const std::byte>> rest(all.begin(), all.end());
  for (std::uint64_t block = first; block < last; ++block) {
    fold(block, next_result(rest[(block - first) % all.size()]));
  }
}

}  // namespace htdm
