/// What samples.h5 and trajectories.h5 keep of paths: names, labels and shapes of the sets; for the
/// readers and writers of those files only.
#pragma once

#include "io/samples_file.hpp"

#include <string>

namespace htdm {

inline constexpr Stored all_sets[] = {Stored::sample, Stored::path_state, Stored::path_output,
                                      Stored::path_delta2, Stored::path_c2};

/// The name of its dataset.
std::string set_name(Stored set);
hdf5::Label set_label(Stored set);

/// Whether a row has a part for every noise level, and for every component.
bool along_levels(Stored set);
bool along_components(Stored set);

}  // namespace htdm
