#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "app/sweep_run.hpp"
#include "core/error.hpp"
#include "io/checkpoints.hpp"
#include "io/results.hpp"
#include "parallel/session.hpp"

#include <filesystem>
#include <iostream>
#include <optional>

namespace htdm {

namespace {

std::string command_line(const RunOptions& options, const std::string& output) {
  return "htdm law " + options.study + " --output " + output +
         (options.densities ? " --densities" : "");
}

void check_dimension(const Study& study) {
  check_input(study.data.dimension == 1,
              "data.dimension is " + std::to_string(study.data.dimension),
              "Laws are propagated on the line", "Use htdm run, or a one-dimensional study");
}

/// What is in `output` already and is added to; on the root.
std::optional<Results> results_before(const std::string& output, const RunOptions& options) {
  const std::string file = output + "/results.h5";
  if (options.force || !std::filesystem::exists(file)) return std::nullopt;
  return read_results(file);
}

ClaimedOutput claim(const std::string& output, const Study& study, const RunOptions& options,
                    const std::string& identity) {
  check_input(options.force || !Checkpoints(checkpoints_path(output), "").any(),
              "An unfinished run is in \"" + output + "\"",
              "Laws beside counts are those of its models, which are not there yet",
              "Finish it by htdm run --restart, or choose another --output");
  RunOptions adding = options;
  adding.restart = !options.force;  // results of the same study are added to
  return claim_output(output, study, adding, identity);
}

}  // namespace

ExitCode law_command(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  const std::string output =
      options.output.empty() ? "results/" + study.study.name : options.output;
  warn_of_crowding(world);
  for (const Study& point : sweep_points(study)) check_dimension(point);
  check_dimension(study);
  const auto into = [&](auto&& run) {
    std::optional<Results> before;
    ClaimedOutput claimed;
    agree_on_errors(world, [&] {
      if (!world.is_root()) return;
      claimed = claim(output, study, options, run.identity());
      before = results_before(output, options);
    });
    const Results results = run.law(output, before, options.densities);
    agree_on_errors(world, [&] {
      if (!world.is_root()) return;
      write_results(output + "/results.h5", results);
      std::cout << results_text(results);
      log_info(output + "/results.h5 written");
    });
    return ExitCode::done;
  };
  return study.sweep.empty() ? into(StudyRun(study, command_line(options, output), world))
                             : into(SweepRun(study, command_line(options, output), world));
}

}  // namespace htdm
