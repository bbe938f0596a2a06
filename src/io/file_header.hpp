/// What every HDF5 file of the suite says about itself: kind, schema and origin.
#pragma once

#include "io/hdf5.hpp"
#include "io/provenance.hpp"

#include <string>

namespace htdm {

/// The schema this build writes; readers refuse a newer major and accept a newer minor.
inline constexpr int schema_major = 1;
inline constexpr int schema_minor = 11;

/// Kind, schema and where the file comes from, as attributes of its root.
void write_header(hdf5::Group& root, const std::string& kind, const Provenance& provenance);

/// Throws InputError unless the file (`shown` in messages) says it is of `kind` and of a schema
/// this build reads.
void check_header(const hdf5::Group& root, const std::string& kind, const std::string& shown);

/// Where a file comes from; what it does not say stays empty.
Provenance read_provenance(const hdf5::Group& root);

}  // namespace htdm
