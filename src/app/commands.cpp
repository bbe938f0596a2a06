#include "app/commands.hpp"

#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/study_run.hpp"
#include "io/results.hpp"
#include "io/study.hpp"
#include "io/study_page.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <iostream>

namespace htdm {
namespace {

std::string command_line(const RunOptions& options) {
  std::string text = "htdm run " + options.study;
  if (!options.output.empty()) text.append(" --output ").append(options.output);
  if (options.force) text.append(" --force");
  if (options.restart) text.append(" --restart");
  for (const std::string& set : options.overrides) text.append(" --set '").append(set).append("'");
  return text;
}

}  // namespace

ExitCode run_command(const RunOptions& options) {
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  const std::string output =
      options.output.empty() ? "results/" + study.study.name : options.output;
  StudyRun run(study, command_line(options), world);
  bool complete = false;
  agree_on_errors(world, [&] {
    if (world.is_root()) complete = prepare_output(output, study, options);
  });
  if (world.any(complete)) {
    log_info(output + "/results.h5 is complete: nothing to do");
    return ExitCode::done;
  }
  const Results results = run.run(output);
  if (world.is_root()) {
    std::cout << results_text(results);
    log_info(output + "/results.h5 written");
  }
  return ExitCode::done;
}

ExitCode defaults_command(bool markdown) {
  std::cout << (markdown ? study_page() : reference_study());
  return ExitCode::done;
}

ExitCode guarded_main(bool parallel, int& argc, char**& argv,
                      const std::function<ExitCode()>& body) {
  if (parallel) {
    Session session(argc, argv);
    return static_cast<ExitCode>(
        session.run([&](const Communicator&) { return static_cast<int>(body()); }));
  }
  try {
    return body();
  } catch (const InputError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return ExitCode::bad_input;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return ExitCode::failure;
  }
}

}  // namespace htdm
