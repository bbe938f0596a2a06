/// Where a file comes from.
#pragma once

#include <cstdint>
#include <string>

namespace htdm {

struct Provenance {
  std::string version, git_hash, created, host, command, isa, binding;
  std::uint64_t seed = 0;
  int ranks = 1, threads = 1;
  std::int64_t tile = 0;
  double seconds_total = 0, seconds_training = 0, seconds_sampling = 0, seconds_statistics = 0;
  double peak_memory_bytes = 0;  ///< largest over ranks
};

/// Version, hash, time, host and seed of this process; the caller fills in the rest.
Provenance current_provenance(std::uint64_t seed);

}  // namespace htdm
