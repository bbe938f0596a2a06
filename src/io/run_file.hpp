/// The group `run` of a results file.
#pragma once

#include "io/hdf5.hpp"
#include "io/run_report.hpp"

namespace htdm {

void write_run(hdf5::Group group, const RunReport& run);
RunReport read_run(hdf5::Group group);

}  // namespace htdm
