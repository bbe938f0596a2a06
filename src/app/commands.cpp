#include "app/commands.hpp"

#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/pooling.hpp"
#include "app/run_control.hpp"
#include "app/study_run.hpp"
#include "app/sweep_run.hpp"
#include "app/traffic_file.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "io/results.hpp"
#include "io/study.hpp"
#include "io/study_page.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <charconv>
#include <iostream>
#include <optional>
#include <sstream>

namespace htdm {
namespace {

std::string command_line(const RunOptions& options) {
  std::string text = "htdm run " + options.study;
  if (!options.output.empty()) text.append(" --output ").append(options.output);
  if (!options.part.empty()) text.append(" --part ").append(options.part);
  if (options.force) text.append(" --force");
  if (options.restart) text.append(" --restart");
  for (const std::string& set : options.overrides) text.append(" --set '").append(set).append("'");
  return text;
}

/// Seconds of "5400", "90:00" or "1:30:00".
std::optional<double> seconds_of(const std::string& walltime) {
  if (walltime.empty()) return std::nullopt;
  double seconds = 0;
  int parts = 0;
  std::istringstream text(walltime);
  for (std::string part; std::getline(text, part, ':'); ++parts) {
    double value = 0;
    const char* end = part.data() + part.size();
    const auto parsed = std::from_chars(part.data(), end, value);
    check_input(
        parsed.ec == std::errc{} && parsed.ptr == end && value >= 0 && value < 1e9 && parts < 3,
        "--walltime " + walltime + " is not a time",
        "It says after how long the run must have ended",
        "Write seconds or hours:minutes:seconds, for example 1:30:00");
    seconds = 60 * seconds + value;
  }
  return seconds;
}

/// Ranks that write checkpoints hold the folder, too, so that what is left of a run whose root was
/// killed keeps others out: the first of every group that trains a model (train_jobs).
void join_lock(ClaimedOutput& claimed, const std::string& output, std::size_t trainings,
               const Communicator& world) {
  std::string holder = claimed.lock ? claimed.lock->holder() : "";
  world.broadcast(holder);
  agree_on_errors(world, [&] {
    if (world.is_root() || static_cast<std::size_t>(world.rank()) >= trainings) return;
    claimed.lock = std::make_unique<FolderLock>(output, holder);
  });
}

/// What is left of the command once it is known what to run: a StudyRun or a SweepRun.
template <class Run>
ExitCode run_into(const std::string& output, Run& run, const Study& study,
                  const RunOptions& options, std::optional<double> walltime, const Stopwatch& watch,
                  const Communicator& world) {
  const std::string identity = run.identity();
  ClaimedOutput claimed;
  agree_on_errors(world, [&] {
    if (world.is_root()) claimed = claim_output(output, study, options, identity);
  });
  if (world.any(claimed.complete)) {
    log_info(output + "/results.h5 is complete: nothing to do");
    return ExitCode::done;
  }
  join_lock(claimed, output, run.trainings(), world);
  if (walltime) *walltime -= watch.seconds();
  RunControl control({checkpoints_path(output), identity, options.checkpoint_interval, walltime},
                     world);
  std::optional<Results> finished;
  try {
    finished = run.run(output, &control);
  } catch (const StoppedAtCheckpoint& stopped) {
    log_warning(fmt::format("stopped {} at a checkpoint, asked by {}; run again with --restart",
                            stopped.what(), control.reason()));
    write_traffic(world);
    return ExitCode::run_me_again;
  }
  write_traffic(world);
  if (world.is_root()) {
    std::cout << results_text(*finished);
    std::istringstream summary(run_summary(*finished->run));
    for (std::string line; std::getline(summary, line);) log_info(line);
    log_info(output + "/results.h5 written");
  }
  return ExitCode::done;
}

}  // namespace

ExitCode run_command(const RunOptions& options) {
  const Stopwatch watch;
  const Communicator world = Communicator::world();
  if (!world.is_root()) silence_log();
  const Study study = share_study(options.study, options.overrides, world);
  std::optional<Part> part;
  std::optional<double> walltime;
  agree_on_errors(world, [&] {
    if (!options.part.empty()) part = parse_part(options.part);
    walltime = seconds_of(options.walltime);
  });
  std::string output = options.output.empty() ? "results/" + study.study.name : options.output;
  if (part && options.output.empty()) {  // parts are run side by side
    output += "/part-" + std::to_string(part->index) + "-of-" + std::to_string(part->count);
  }
  warn_of_crowding(world);
  const auto into = [&](auto&& run) {
    return run_into(output, run, study, options, walltime, watch, world);
  };
  return study.sweep.empty() ? into(StudyRun(study, command_line(options), world, part))
                             : into(SweepRun(study, command_line(options), world, part));
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
