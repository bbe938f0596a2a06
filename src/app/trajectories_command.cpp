#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "core/error.hpp"
#include "io/samples_file.hpp"
#include "parallel/session.hpp"

#include <cstdint>
#include <iostream>

namespace htdm {
namespace {

constexpr std::int64_t usual_paths = 1000;

/// The study with what is stored of it: whole paths, no samples beside them.
Study storing_paths(Study study, std::int64_t paths) {
  if (paths > 0) study.store.paths = paths;
  if (study.store.paths == 0) study.store.paths = usual_paths;
  study.store.samples = 0;
  return study;
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
  PlaceBeside place;
  agree_on_errors(world, [&] {
    if (world.is_root()) place = claim_beside(trajectories_path(output), study, options.force);
  });
  run.trajectories(output, place.results);
  if (world.is_root()) {
    std::cout << samples_text(read_samples_header(trajectories_path(output)));
    log_info(trajectories_path(output) + " written");
  }
  return ExitCode::done;
}

}  // namespace htdm
