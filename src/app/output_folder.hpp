/// Where results go, and what may already be there.
#pragma once

#include "app/commands.hpp"
#include "io/study.hpp"

#include <string>

namespace htdm {

/// Where a run into `folder` stores samples.
std::string samples_path(const std::string& folder);

/// Make the output folder ready for a run. Existing results (results.h5 or samples.h5) are refused
/// unless --force or --restart; with --restart, complete results of the same study return true
/// (nothing to do), those of another study are refused naming the keys that differ, [store] among
/// them. Throws InputError also for a folder that cannot be written.
bool prepare_output(const std::string& folder, const Study& study, const RunOptions& options);

}  // namespace htdm
