/// The groups samplers/000/, ... of results.h5.
#pragma once

#include "io/hdf5.hpp"
#include "io/results.hpp"

namespace htdm {

void write_sampler(hdf5::Group group, const SamplerResult& result);
/// Throws InputError for missing or malformed parts; what an older schema lacks stays empty or NaN.
SamplerResult read_sampler(const hdf5::Group& group);

}  // namespace htdm
