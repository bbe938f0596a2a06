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
  const std::chrono::duration<double> since = Clock::now() - last_;
  return options_.interval > 0 && since.count() >= options_.interval ? Action::checkpoint
                                                                     : Action::go_on;
}

void RunControl::write(const std::string& series, std::span<const std::byte> state, bool stopping) {
  const auto start = Clock::now();
  try {
    checkpoints_.write(series, state);
  } catch (const InputError& error) {
    if (stopping) throw;
    log_warning(std::string("no checkpoint was written: ") + error.what() +
                ". The run goes on; the checkpoints before it are kept");
  }
  seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
}

void RunControl::written() {
  ++taken_;
  last_ = Clock::now();
}

std::optional<std::vector<std::byte>> RunControl::newest(const std::string& series) {
  std::vector<std::byte> state;
  bool found = false;
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    if (auto newest = checkpoints_.newest(series)) {
      state = std::move(*newest);
      found = true;
    }
    for (; damage_told_ < checkpoints_.damage().size(); ++damage_told_) {
      log_warning("a damaged checkpoint is passed over: " + checkpoints_.damage()[damage_told_]);
    }
  });
  if (!world_.any(found)) return std::nullopt;
  world_.broadcast(state);
  return state;
}

}  // namespace htdm
