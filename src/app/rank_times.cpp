#include "app/rank_times.hpp"

#include "io/value_bytes.hpp"

#include <fmt/core.h>

namespace htdm {

std::vector<RankReport> gather_ranks(const RankReport& mine, const Communicator& world) {
  std::vector<RankReport> ranks;
  for (const Bytes& bytes : world.gather(value_to_bytes("rank", mine))) {
    ranks.push_back(value_from_bytes<RankReport>(
        "rank", bytes, fmt::format("the report of rank {}", ranks.size())));
  }
  return ranks;
}

}  // namespace htdm
