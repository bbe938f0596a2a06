/// The life of MPI in a program, and how ranks agree on failure.
#pragma once

#include "core/error.hpp"
#include "parallel/communicator.hpp"

#include <functional>
#include <stdexcept>
#include <string>

namespace htdm {

/// A failure that every rank knows of: thrown on all ranks at the same place.
class AgreedError : public std::runtime_error {
 public:
  AgreedError(const std::string& message, ExitCode code, int speaker)
      : std::runtime_error(message), code_(code), speaker_(speaker) {}

  ExitCode code() const { return code_; }
  /// The lowest rank that failed; what() is its message, and it alone prints.
  int speaker() const { return speaker_; }

 private:
  ExitCode code_;
  int speaker_;
};

/// Run `body`, which communicates with no one, on every rank; when it throws on any, throw
/// AgreedError on all, with the message of the lowest failing rank and its exit code (bad_input for
/// InputError, failure for anything else). Collective.
void agree_on_errors(const Communicator& ranks, const std::function<void()>& body);

/// Starts MPI (only the main thread will communicate) and ends it on the way out of a clean run.
/// A program that no launcher started is one rank. One per program.
class Session {
 public:
  Session(int& argc, char**& argv);
  /// Finalises MPI unless an exception is passing through.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Communicator& world() const { return world_; }

  /// Run `body` on every rank and return the program's exit code, the same on all ranks.
  ///
  /// AgreedError: its speaker prints. Any other exception goes to fail(). Messages go to stderr
  /// after "error: ". `body` returns the same code on every rank.
  int run(const std::function<int(const Communicator& world)>& body);

  /// This rank cannot go on and does not know about the others: exactly one rank prints.
  ///
  /// When all ranks come here within `patience` seconds, rank 0 prints its message and its code is
  /// returned everywhere. Otherwise the lowest rank that is here prints, and all ranks, also those
  /// still at work, are ended by MPI_Abort with its code.
  int fail(ExitCode code, const std::string& message, double patience = 2.0);

 private:
  bool owns_mpi_ = false;
  Communicator world_;
};

}  // namespace htdm
