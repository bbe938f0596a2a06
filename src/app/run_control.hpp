/// When a run takes checkpoints, and when it stops at one.
#pragma once

#include "io/checkpoints.hpp"
#include "parallel/communicator.hpp"
#include "parallel/stop_request.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace htdm {

/// Thrown on all ranks at the same place: the run has stopped at a checkpoint, and the program ends
/// with code 75.
class StoppedAtCheckpoint : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RunControlOptions {
  std::string folder;                ///< of the checkpoints
  std::string identity;              ///< of the study and what it reads
  double interval = 60;              ///< seconds between checkpoints; 0: only when stopping
  std::optional<double> walltime{};  ///< seconds from now after which the run must have ended
};

/// What a stage does next, agreed by all ranks that do it together.
enum class Action { go_on, checkpoint, stop };

/// One per rank. Only the ranks that write have a part in time: due() is asked by them alone.
class RunControl {
 public:
  /// Collective, as is its end.
  RunControl(const RunControlOptions& options, const Communicator& world);

  /// What this rank wants; not collective.
  Action wish();
  bool stop_wanted() { return stop_.wanted(); }
  const std::string& reason() const { return stop_.reason(); }

  /// Write a state. While the run goes on a failure is only told, as the checkpoints before are
  /// still there; when it stops, a failure is the end (InputError).
  void write(const std::string& series, std::span<const std::byte> state, bool stopping);
  /// The checkpoint is complete: the next is due an interval from now.
  void written();

  /// The newest whole state of `series`, read on rank 0 and given to all; damaged files are told.
  /// Collective over the ranks of the constructor.
  std::optional<std::vector<std::byte>> newest(const std::string& series);

  void remove_all() const { checkpoints_.remove_all(); }

  int checkpoints_taken() const { return taken_; }
  double seconds() const { return seconds_; }  ///< spent in writing on this rank

 private:
  using Clock = std::chrono::steady_clock;

  const Communicator world_;
  RunControlOptions options_;
  Checkpoints checkpoints_;
  StopRequest stop_;
  Clock::time_point last_ = Clock::now();
  std::size_t damage_told_ = 0;
  int taken_ = 0;
  double seconds_ = 0;
};

}  // namespace htdm
