#include "parallel/ordered_fold.hpp"

#include "core/error.hpp"

#include <array>
#include <cstring>

namespace htdm {
namespace {

/// Block and length in front of every result.
using Header = std::array<std::uint64_t, 2>;

/// Results one after the other.
Bytes packed(std::span<const BlockResult> results) {
  Bytes all;
  std::size_t size = 0;
  for (const BlockResult& result : results) size += sizeof(Header) + result.bytes.size();
  all.reserve(size);
  for (const BlockResult& result : results) {
    const Header header{result.block, result.bytes.size()};
    const auto head = std::as_bytes(std::span(header));
    all.insert(all.end(), head.begin(), head.end());
    all.insert(all.end(), result.bytes.begin(), result.bytes.end());
  }
  return all;
}

/// Puts what a rank sent where its blocks belong.
void unpack(std::span<const std::byte> sent, std::uint64_t first,
            std::vector<std::span<const std::byte>>& results) {
  while (!sent.empty()) {
    Header header;
    std::memcpy(header.data(), sent.data(), sizeof header);
    HTDM_EXPECTS(header[0] - first < results.size());
    results[header[0] - first] = sent.subspan(sizeof header, header[1]);
    sent = sent.subspan(sizeof header + header[1]);
  }
}

}  // namespace

void fold_in_block_order(
    const Communicator& ranks, std::uint64_t first, std::uint64_t last,
    std::span<const BlockResult> mine,
    const std::function<void(std::uint64_t block, std::span<const std::byte>)>& fold, int root) {
  const std::vector<Bytes> all = ranks.gather(packed(mine), root);
  if (ranks.rank() != root) return;
  std::vector<std::span<const std::byte>> results(last - first);
  for (const Bytes& sent : all) unpack(sent, first, results);
  for (std::uint64_t block = first; block < last; ++block) fold(block, results[block - first]);
}

}  // namespace htdm
