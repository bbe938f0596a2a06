/// The environment variables the program reads.
#pragma once

#include <cstddef>
#include <span>

namespace htdm {

struct EnvironmentVariable {
  const char* name;
  const char* help;
};

/// Everything the program looks at; `htdm version` lists it.
std::span<const EnvironmentVariable> environment_variables();

/// Paths sampled together, from HTDM_TILE; by default so many that a tile's few kB stay in the
/// first cache. Changes speed, never results.
/// Throws InputError unless it is a whole number from 1 to 1,000,000.
std::size_t tile_size(int dimension);

/// How long a rank may be silent, and a block take, before the run ends, in seconds: HTDM_WATCHDOG,
/// 600 by default. Throws InputError unless it is a number from 1 to 1e6.
double watchdog_seconds();

}  // namespace htdm
