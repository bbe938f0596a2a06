/// The commands of the program. Each throws InputError for bad input.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace htdm {

struct RunOptions {
  std::string study;
  std::vector<std::string> overrides;
  std::string output;  ///< empty: results/<study.name>
  std::string part;    ///< "I/N"; empty: the whole study
  bool restart = false;
  bool force = false;
  bool measure = false;            ///< of `htdm check`
  bool densities = false;          ///< of `htdm law`
  bool json = false;               ///< of `htdm rare`
  std::int64_t paths = 0;          ///< of `htdm trajectories`; 0: those of [store], or 1000
  std::vector<double> candidates;  ///< of `htdm choose-nu`; so is `tail`, and `paths`
  double tail = 0.5;
  double checkpoint_interval = 60;  ///< seconds; 0: only when stopping
  std::string walltime;             ///< [[hours:]minutes:]seconds, empty: no limit
};

struct MergeOptions {
  std::vector<std::string> files;  ///< results files, or folders that hold a results.h5
  std::string output;
  bool force = false;
};

struct TailOptions {
  std::vector<std::string> sources;  ///< studies, samples.h5, results.h5 with laws
  std::vector<std::string> overrides;
  std::string output;  ///< folder of tail.h5; empty: print only
  bool json = false;
  bool force = false;
};

struct ShowOptions {
  std::string file;
  bool json = false;
  bool digest = false;
};

ExitCode run_command(const RunOptions& options);
/// The laws of all entries; adds them to the results of the same study, or starts some.
ExitCode law_command(const RunOptions& options);
/// Whole paths of all entries, and basins of two-point data.
ExitCode trajectories_command(const RunOptions& options);
/// Probabilities of rare events of all entries.
ExitCode rare_command(const RunOptions& options);
/// Tail reports of data, stored samples and laws.
ExitCode tail_command(const TailOptions& options);
/// Nu to train and to sample with, by the data.
ExitCode choose_nu_command(const RunOptions& options);
/// Pool results of parts of a study, or of its runs with other seeds.
ExitCode merge_command(const MergeOptions& options);
ExitCode check_command(const RunOptions& options);
ExitCode defaults_command(bool markdown);
ExitCode show_command(const ShowOptions& options);
ExitCode version_command(bool json);

/// Run `body`, with MPI around it if `parallel`, and turn what it throws into an exit code that is
/// the same on every rank and one message on one of them.
ExitCode guarded_main(bool parallel, int& argc, char**& argv,
                      const std::function<ExitCode()>& body);

}  // namespace htdm
