/// A sweep in results files and their JSON.
#pragma once

#include "io/hdf5.hpp"
#include "io/json_parts.hpp"
#include "io/sweep.hpp"

namespace htdm {

/// The table of the points: attribute `mode`, axis `point`, one text column per key.
void write_sweep(hdf5::Group group, const Sweep& sweep);
Sweep read_sweep(const hdf5::Group& group);

/// {"mode": ..., "axes": [{"key": ..., "values": [...]}], "points": [{KEY: VALUE, ...}, ...]}
Json sweep_json(const Sweep& sweep);
/// {KEY: VALUE, ...} of one point.
Json point_json(const Sweep& sweep, std::size_t point);

}  // namespace htdm
