#include "app/choose_nu.hpp"
#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "core/error.hpp"
#include "parallel/session.hpp"

#include <iostream>

namespace htdm {

ExitCode choose_nu_command(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  check_input(study.sweep.empty(), "The study has a [sweep]", "Nu is chosen for one study",
              "Choose a point by --set, without [sweep]");
  const std::string output =
      options.output.empty() ? "results/" + study.study.name : options.output;
  const std::string file = output + "/choose_nu.json";
  warn_of_crowding(world);
  StudyRun run(study, "htdm choose-nu " + options.study + " --output " + output, world);
  const NuSettings settings{options.candidates, options.tail,
                            static_cast<std::uint64_t>(options.paths)};
  PlaceBeside place;
  agree_on_errors(world, [&] {
    checked_candidates(run.plan(), settings);
    if (world.is_root()) place = claim_beside(file, study, options.force);
  });
  const NuReport report = run.choose_nu(output, place.results, settings);
  agree_on_errors(world, [&] {
    if (!world.is_root()) return;
    write_nu_report(file, report);
    std::cout << (options.json ? nu_json(report) : nu_text(report));
    log_info(file + " written");
  });
  return ExitCode::done;
}

}  // namespace htdm
