/// When a run takes checkpoints, and when it stops at one.
#pragma once

#include "core/stopwatch.hpp"
#include "io/checkpoints.hpp"
#include "parallel/communicator.hpp"
#include "parallel/stop_request.hpp"

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
  /// Returns whether it is written.
  bool write(const std::string& series, std::span<const std::byte> state, bool stopping);
  /// The checkpoint is complete: the next is due an interval from now.
  void written();

  /// The newest whole state of `series` on rank 0, nothing on others; damaged files are told.
  /// Collective over the ranks of the constructor, as the next.
  std::optional<std::vector<std::byte>> newest(const std::string& series);
  /// The same on all ranks.
  std::optional<std::vector<std::byte>> newest_for_all(const std::string& series);

  /// From now on checkpoints are those in `folder` of what `identity` says.
  void move_to(const std::string& folder, const std::string& identity);

  void remove_all() const { checkpoints_.remove_all(); }

  /// Until its end, this rank is held up by a checkpoint.
  AddSeconds hold() { return AddSeconds(seconds_); }

  double interval() const { return options_.interval; }
  /// How many checkpoints this rank has taken part in, and for how long they have held it up.
  int taken() const { return taken_; }
  double seconds() const { return seconds_; }

 private:
  const Communicator world_;
  RunControlOptions options_;
  Checkpoints checkpoints_;
  StopRequest stop_;
  Stopwatch since_last_;
  std::size_t damage_told_ = 0;
  int taken_ = 0;
  double seconds_ = 0;
};

}  // namespace htdm
