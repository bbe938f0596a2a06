#include "parallel/session.hpp"

#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <limits>
#include <optional>
#include <thread>
#include <vector>

namespace htdm {
namespace {

using Clock = std::chrono::steady_clock;

struct Failure {
  ExitCode code;
  std::string message;
};

/// What the exception being handled says.
Failure current_failure() {
  try {
    throw;
  } catch (const AgreedError& error) {
    return {error.code(), error.what()};
  } catch (const InputError& error) {
    return {ExitCode::bad_input, error.what()};
  } catch (const std::exception& error) {
    return {ExitCode::failure, error.what()};
  } catch (...) {
    return {ExitCode::failure, "an exception of unknown type"};
  }
}

void print_error(const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", message.c_str());
  std::fflush(stderr);
}

/// Poll `done` until it holds or `seconds` have passed; the last answer.
template <class Done>
bool wait_for(double seconds, Done&& done) {
  const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// The channel on which failing ranks find each other: a copy of the world that nothing else uses,
/// made while all is well.
MPI_Comm failure_channel = MPI_COMM_NULL;
constexpr int failed_tag = 7;

/// Tell all higher ranks that this one has failed, so that they keep quiet.
void tell_higher_ranks(const Communicator& world) {
  static const char nothing = 0;
  for (int other = world.rank() + 1; other < world.size(); ++other) {
    MPI_Request request;
    MPI_Isend(&nothing, 0, MPI_BYTE, other, failed_tag, failure_channel, &request);
    MPI_Request_free(&request);
  }
}

/// Take in what the lower ranks told, once it is known that all have.
void hear_lower_ranks(const Communicator& world) {
  for (int other = 0; other < world.rank(); ++other) {
    MPI_Recv(nullptr, 0, MPI_BYTE, other, failed_tag, failure_channel, MPI_STATUS_IGNORE);
  }
}

bool lower_rank_failed(const Communicator& world) {
  for (int other = 0; other < world.rank(); ++other) {
    int here = 0;
    MPI_Iprobe(other, failed_tag, failure_channel, &here, MPI_STATUS_IGNORE);
    if (here) return true;
  }
  return false;
}

}  // namespace

void agree_on_errors(const Communicator& ranks, const std::function<void()>& body) {
  std::optional<Failure> mine;
  try {
    body();
  } catch (...) {
    mine = current_failure();
  }
  const int none = ranks.size();
  const int speaker = static_cast<int>(ranks.min(std::int64_t{mine ? ranks.rank() : none}));
  if (speaker == none) return;
  Failure agreed = speaker == ranks.rank() ? *mine : Failure{};
  std::vector<int> code{static_cast<int>(agreed.code)};
  ranks.broadcast(code, speaker);
  ranks.broadcast(agreed.message, speaker);
  throw AgreedError(agreed.message, static_cast<ExitCode>(code[0]), speaker);
}

Session::Session(int& argc, char**& argv) {
  int started = 0;
  MPI_Initialized(&started);
  if (!started) {
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    owns_mpi_ = true;
  }
  MPI_Comm_dup(MPI_COMM_WORLD, &failure_channel);
  world_ = Communicator::world();
}

Session::~Session() {
  if (std::uncaught_exceptions() > 0) return;
  MPI_Comm_free(&failure_channel);
  if (owns_mpi_) MPI_Finalize();
}

int Session::run(const std::function<int(const Communicator& world)>& body) {
  try {
    return body(world_);
  } catch (const AgreedError& error) {
    if (error.speaker() == world_.rank()) print_error(error.what());
    return static_cast<int>(error.code());
  } catch (...) {
    const Failure failure = current_failure();
    return fail(failure.code, failure.message);
  }
}

int Session::fail(ExitCode code, const std::string& message, double patience) {
  tell_higher_ranks(world_);
  MPI_Request everyone;
  MPI_Ibarrier(failure_channel, &everyone);
  const bool all_failed = wait_for(patience, [&] {
    int done = 0;
    MPI_Test(&everyone, &done, MPI_STATUS_IGNORE);
    return done != 0;
  });
  if (all_failed) {
    hear_lower_ranks(world_);
    if (world_.is_root()) print_error(message);
    int agreed = static_cast<int>(code);
    MPI_Bcast(&agreed, 1, MPI_INT, 0, failure_channel);
    return agreed;
  }
  // Whoever is silent here waits to be ended by the rank that prints, and not for ever.
  if (!lower_rank_failed(world_)) {
    print_error(message);
  } else {
    wait_for(10 * patience, [] { return false; });
  }
  MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
  return static_cast<int>(code);
}

}  // namespace htdm
