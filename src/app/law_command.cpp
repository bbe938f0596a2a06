#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "core/error.hpp"
#include "io/checkpoints.hpp"
#include "io/results.hpp"
#include "parallel/session.hpp"

#include <filesystem>
#include <iostream>
#include <optional>

namespace htdm {

ExitCode law_command(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  check_input(study.data.dimension == 1,
              "data.dimension is " + std::to_string(study.data.dimension),
              "Laws are propagated on the line", "Use htdm run, or a one-dimensional study");
  const std::string output =
      options.output.empty() ? "results/" + study.study.name : options.output;
  StudyRun run(study,
               "htdm law " + options.study + " --output " + output +
                   (options.densities ? " --densities" : ""),
               world);
  bool there = false;
  ClaimedOutput claimed;
  agree_on_errors(world, [&] {
    if (!world.is_root()) return;
    check_input(options.force || !Checkpoints(checkpoints_path(output), "").any(),
                "An unfinished run is in \"" + output + "\"",
                "Laws beside counts are those of its models, which are not there yet",
                "Finish it by htdm run --restart, or choose another --output");
    RunOptions adding = options;
    adding.restart = !options.force;  // results of the same study are added to
    claimed = claim_output(output, study, adding, run.identity());
    there = !options.force && std::filesystem::exists(output + "/results.h5");
  });
  const Results results = run.law(output, world.any(there), options.densities);
  if (world.is_root()) {
    std::cout << results_text(results);
    log_info(output + "/results.h5 written");
  }
  return ExitCode::done;
}

}  // namespace htdm
