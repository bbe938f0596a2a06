/// Where results go, and what may already be there.
#pragma once

#include "app/commands.hpp"
#include "io/folder_lock.hpp"
#include "io/results.hpp"
#include "io/study.hpp"

#include <memory>
#include <optional>
#include <string>

namespace htdm {

/// Where a run into `folder` stores samples.
std::string samples_path(const std::string& folder);

/// Where `htdm trajectories` into `folder` stores paths.
std::string trajectories_path(const std::string& folder);

/// Where `htdm rare` into `folder` writes what it found.
std::string rare_path(const std::string& folder);

/// The tail.h5 of `folder`, which is made. Throws InputError where it cannot be written, or is
/// there already without `force`.
std::string claim_tail(const std::string& folder, bool force);

/// Where a run into `folder` keeps its checkpoints.
std::string checkpoints_path(const std::string& folder);

/// The lines of a resolved study that another run must share to be the same: no file paths, but
/// what is stored.
std::string run_identity(const Study& study);

/// Names of the keys in which two resolved studies differ, "a, b"; empty where they do not.
std::string differing_keys(const std::string& one, const std::string& other);

/// Make the output folder ready for a run. Existing results (results.h5 or samples.h5) are refused
/// unless --force or --restart; with --restart, complete results of the same study return true
/// (nothing to do), those of another study are refused naming the keys that differ, [store] among
/// them. So are checkpoints, which --force removes; `identity` is what they must share. Beside
/// checkpoints of this study, results of another one are what --force was to replace, and --restart
/// goes on. Throws InputError also for a folder that cannot be written.
bool prepare_output(const std::string& folder, const Study& study, const RunOptions& options,
                    const std::string& identity);

/// A folder that prepare_output has made ready, held for this process.
struct ClaimedOutput {
  bool complete = false;
  std::unique_ptr<FolderLock> lock;
};
/// The same with the folder locked before anything in it is looked at, and without the unfinished
/// files of a run that was killed; beside complete results its checkpoints go, too.
ClaimedOutput claim_output(const std::string& folder, const Study& study, const RunOptions& options,
                           const std::string& identity);

/// A folder held for a file of its own beside the results of a study.
struct PlaceBeside {
  std::unique_ptr<FolderLock> lock;
  std::optional<Results> results;  ///< that are there: their models are then used
};
/// Make the folder of `file`, lock it, and refuse with InputError what the file may not stand
/// beside: one of its name without `force`, an unfinished run, results of another study.
PlaceBeside claim_beside(const std::string& file, const Study& study, bool force);

}  // namespace htdm
