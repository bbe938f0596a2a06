#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "core/error.hpp"
#include "io/rare.hpp"
#include "parallel/session.hpp"

#include <iostream>

namespace htdm {

ExitCode rare_command(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  check_input(study.sweep.empty(), "The study has a [sweep]",
              "Rare events are estimated for one study",
              "Choose a point by --set, without [sweep]");
  const std::string output =
      options.output.empty() ? "results/" + study.study.name : options.output;
  warn_of_crowding(world);
  StudyRun run(study, "htdm rare " + options.study + " --output " + output, world);
  PlaceBeside place;
  agree_on_errors(world, [&] {
    if (world.is_root()) place = claim_beside(rare_path(output), study, options.force);
  });
  const RareResults results = run.rare(output, place.results);
  agree_on_errors(world, [&] {
    if (!world.is_root()) return;
    write_rare(rare_path(output), results);
    std::cout << (options.json ? rare_json(results) : rare_text(results));
    log_info(rare_path(output) + " written");
  });
  return ExitCode::done;
}

}  // namespace htdm
