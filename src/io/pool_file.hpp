/// Pool data of an entry in results.h5.
#pragma once

#include "io/hdf5.hpp"
#include "io/pool.hpp"

namespace htdm {

void write_pool(hdf5::Group group, const PoolData& pool);

/// Throws InputError for numbers that do not fit each other.
PoolData read_pool(const hdf5::Group& group);

}  // namespace htdm
