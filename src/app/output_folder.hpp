/// Where results go, and what may already be there.
#pragma once

#include "app/commands.hpp"
#include "io/study.hpp"

#include <string>

namespace htdm {

/// Make the output folder ready for a run. Existing results are refused unless --force or
/// --restart; with --restart, complete results of the same study return true (nothing to do), those
/// of another study are refused naming the keys that differ. Throws InputError also for a folder
/// that cannot be written.
bool prepare_output(const std::string& folder, const Study& study, const RunOptions& options);

}  // namespace htdm
