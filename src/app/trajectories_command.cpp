#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "core/error.hpp"
#include "io/checkpoints.hpp"
#include "io/folder_lock.hpp"
#include "io/results.hpp"
#include "io/samples_file.hpp"
#include "parallel/session.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

namespace htdm {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t usual_paths = 1000;

/// The study with what is stored of it: whole paths, no samples beside them.
Study storing_paths(Study study, std::int64_t paths) {
  if (paths > 0) study.store.paths = paths;
  if (study.store.paths == 0) study.store.paths = usual_paths;
  study.store.samples = 0;
  return study;
}

/// Refuses what paths may not stand beside. Returns the results there, whose models are then used.
std::optional<Results> check_folder(const std::string& output, const Study& study, bool force) {
  check_input(force || !fs::exists(trajectories_path(output)),
              "Trajectories exist already in \"" + trajectories_path(output) + "\"",
              "They are never overwritten unasked",
              "Use --force to replace them, or another --output");
  check_input(!Checkpoints(checkpoints_path(output), "").any(),
              "An unfinished run is in \"" + output + "\"",
              "Paths beside counts are those of its models, which are not there yet",
              "Finish it by htdm run --restart, or choose another --output");
  const std::string results = output + "/results.h5";
  if (!fs::exists(results)) return std::nullopt;
  Results before = read_results(results);
  const std::string differing = differing_keys(before.study_no_paths, write_study(study, false));
  check_input(differing.empty(),
              "\"" + results + "\" holds results of another study: " + differing + " differ",
              "Paths beside counts must be of the same samplers", "Choose another --output");
  return before;
}

}  // namespace

ExitCode trajectories_command(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study =
      storing_paths(share_study(options.study, options.overrides, world), options.paths);
  check_input(study.sweep.empty(), "The study has a [sweep]", "Trajectories are those of one study",
              "Choose a point by --set, without [sweep]");
  const std::string output =
      options.output.empty() ? "results/" + study.study.name : options.output;
  warn_of_crowding(world);
  StudyRun run(study, "htdm trajectories " + options.study + " --output " + output, world);
  std::unique_ptr<FolderLock> lock;
  std::optional<Results> before;
  agree_on_errors(world, [&] {
    if (!world.is_root()) return;
    std::error_code error;
    fs::create_directories(output, error);
    check_input(!error, "Output folder \"" + output + "\" cannot be made: " + error.message(),
                "Paths would have no place", "Choose another folder with --output");
    lock = std::make_unique<FolderLock>(output);
    before = check_folder(output, study, options.force);
  });
  run.trajectories(output, before);
  if (world.is_root()) {
    std::cout << samples_text(read_samples_header(trajectories_path(output)));
    log_info(trajectories_path(output) + " written");
  }
  return ExitCode::done;
}

}  // namespace htdm
