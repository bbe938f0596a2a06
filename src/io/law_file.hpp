/// The group propagated_law/ of a sampler in results.h5.
#pragma once

#include "io/hdf5.hpp"
#include "io/results.hpp"

namespace htdm {

void write_law(hdf5::Group group, const LawResult& law);
/// Throws InputError for missing or malformed parts.
LawResult read_law(const hdf5::Group& group);

}  // namespace htdm
