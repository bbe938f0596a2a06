#include "app/run_control.hpp"

#include "app/log.hpp"
#include "core/error.hpp"
#include "parallel/session.hpp"

#include <algorithm>

namespace htdm {
namespace {

/// Time kept back from a time limit for the last blocks, the checkpoint and the end of MPI.
std::optional<double> time_to_stop(std::optional<double> walltime) {
  if (!walltime) return std::nullopt;
  return *walltime - std::min(30.0, 2 + 0.05 * *walltime);
}

}  // namespace

RunControl::RunControl(const RunControlOptions& options, const Communicator& world)
    : world_(world),
      options_(options),
      checkpoints_(options.folder, options.identity),
      stop_(world, time_to_stop(options.walltime)) {}

Action RunControl::wish() {
  if (stop_.wanted()) return Action::stop;
  const bool due = options_.interval > 0 && since_last_.seconds() >= options_.interval;
  return due ? Action::checkpoint : Action::go_on;
}

bool RunControl::write(const std::string& series, std::span<const std::byte> state, bool stopping) {
  try {
    checkpoints_.write(series, state);
    return true;
  } catch (const InputError& error) {
    if (stopping) throw;
    log_warning(std::string("no checkpoint was written: ") + error.what() +
                ". The run goes on; the checkpoints before it are kept");
    return false;
  }
}

void RunControl::written() {
  ++taken_;
  since_last_.restart();
}

void RunControl::move_to(const std::string& folder, const std::string& identity) {
  checkpoints_ = Checkpoints(folder, identity);
  damage_told_ = 0;
}

std::optional<std::vector<std::byte>> RunControl::newest(const std::string& series) {
  std::optional<std::vector<std::byte>> state;
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    state = checkpoints_.newest(series);
    for (; damage_told_ < checkpoints_.damage().size(); ++damage_told_) {
      log_warning("a damaged checkpoint is passed over: " + checkpoints_.damage()[damage_told_]);
    }
  });
  return state;
}

std::optional<std::vector<std::byte>> RunControl::newest_for_all(const std::string& series) {
  std::optional<std::vector<std::byte>> state = newest(series);
  if (!world_.any(state.has_value())) return std::nullopt;
  if (!state) state.emplace();
  world_.broadcast(*state);
  return state;
}

}  // namespace htdm
