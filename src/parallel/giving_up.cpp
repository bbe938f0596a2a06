#include "parallel/giving_up.hpp"

#include "core/error.hpp"

#include <mpi.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace htdm {

std::string here(int rank) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return "rank " + std::to_string(rank) + " on " + host;
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f s", seconds);
  return text;
}

void give_up(const std::string& message) {
  std::fprintf(stderr,
               "error: %s. The run cannot go on without it. Look at that host, and continue from "
               "the last checkpoint with --restart (HTDM_WATCHDOG sets the seconds of patience).\n",
               message.c_str());
  std::fflush(stderr);
  int started = 0;
  MPI_Initialized(&started);
  if (started) MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitCode::failure));
  std::_Exit(static_cast<int>(ExitCode::failure));
}

}  // namespace htdm
