/// The htdm program: reads the command line, runs one command, turns failures into exit codes.
#include "app/commands.hpp"
#include "core/error.hpp"
#include "parallel/stop_request.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstring>
#include <iostream>

namespace {

using htdm::ExitCode;

struct CommandLine {
  CLI::App app{"htdm samples heavy-tailed diffusion models and measures their tails.", "htdm"};
  htdm::RunOptions run;
  htdm::MergeOptions merge;
  htdm::TailOptions tail;
  htdm::ShowOptions show;
  bool version_json = false;
  bool defaults_markdown = false;

  CommandLine() {
    app.require_subcommand(1);
    app.footer(
        "Examples:\n"
        "  htdm check study.toml\n"
        "  mpirun -n 2 htdm run study.toml --output results/mine --set study.seed=7\n"
        "  htdm show results/mine/results.h5 --json\n"
        "Every command explains itself: htdm COMMAND --help.");
    add_run();
    add_merge();
    add_law();
    add_rare();
    add_tail();
    add_choose_nu();
    add_trajectories();
    add_check();
    auto* defaults =
        app.add_subcommand("defaults", "Print the reference study: every key, default and range");
    defaults->add_flag("--markdown", defaults_markdown, "As a page of tables");
    defaults->footer("Example: htdm defaults > study.toml");
    add_show();
    auto* version = app.add_subcommand("version", "Print version, libraries and environment");
    version->add_flag("--json", version_json, "As one JSON object");
    version->footer("Example: htdm version --json");
  }

  void add_study(CLI::App* command) {
    command->add_option("STUDY", run.study, "Study file (TOML)")->required();
    command->add_option("--set", run.overrides, "Override a key: dotted.key=TOML value")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
  }

  void add_run() {
    auto* command =
        app.add_subcommand("run", "Train, sample, measure and, with [store], keep samples");
    add_study(command);
    command->add_option("--output", run.output, "Folder of the results (results/<study.name>)")
        ->type_name("DIR");
    command->add_option("--part", run.part, "Do only the I-th of N parts, I = 0 .. N-1")
        ->type_name("I/N");
    auto* restart = command->add_flag("--restart", run.restart,
                                      "Continue: start if nothing is there, end if all is");
    command->add_flag("--force", run.force, "Replace existing results")->excludes(restart);
    command
        ->add_option("--checkpoint-interval", run.checkpoint_interval,
                     "Seconds between checkpoints (60); 0: only when stopping")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SECONDS");
    command
        ->add_option("--walltime", run.walltime,
                     "Stop at a checkpoint before so much time has passed")
        ->type_name("[[H:]M:]S");
    command->footer(
        "Example: mpirun -n 2 htdm run study.toml --output results/mine \\\n"
        "           --set 'samplers.t_sde.nu=[2.5,3.0]' --set store.samples=1000000\n"
        "Writes results.h5, models/NAME.h5 and, where [store] asks for it, samples.h5.\n"
        "SIGUSR1 and SIGTERM stop it at a checkpoint; --restart continues, on any ranks.\n"
        "With --part I/N the results go to results/<study.name>/part-I-of-N; htdm merge pools "
        "them.\n"
        "Exit codes: 0 done, 2 bad input, 75 stopped at a checkpoint (run again), 1 anything "
        "else.");
  }

  void add_merge() {
    auto* command = app.add_subcommand(
        "merge", "Pool the parts of a study, or its runs with other seeds and the same weights");
    command->add_option("RESULTS", merge.files, "Folders of runs, or results.h5 files")->required();
    command->add_option("--output", merge.output, "Folder of the pooled results")
        ->required()
        ->type_name("DIR");
    command->add_flag("--force", merge.force, "Replace existing results");
    command->footer(
        "Example: htdm merge results/mine/part-* --output results/mine\n"
        "All parts together give the digest of one whole run. Runs with other seeds must share "
        "the\n"
        "weights (models.NAME.file); their batches stand side by side, in the order of the seeds.");
  }

  void add_law() {
    auto* command = app.add_subcommand(
        "law", "Compute the law of every sampler without Monte Carlo (one dimension)");
    add_study(command);
    command->add_option("--output", run.output, "Folder of the results (results/<study.name>)")
        ->type_name("DIR");
    command->add_flag("--densities", run.densities,
                      "Keep the density of the state at every noise level, too");
    command->add_flag("--force", run.force, "Replace existing results instead of adding to them");
    command->footer(
        "Example: mpirun -n 2 htdm law study.toml --output results/mine\n"
        "Adds to the results.h5 of the same study and uses its models; without one it trains and "
        "makes it.");
  }

  void add_rare() {
    auto* command = app.add_subcommand(
        "rare", "Estimate probabilities of rare events to a wanted error, with fewer paths");
    add_study(command);
    command->add_option("--output", run.output, "Folder of the file (results/<study.name>)")
        ->type_name("DIR");
    command->add_flag("--json", run.json, "Print one JSON object instead of tables");
    command->add_flag("--force", run.force, "Replace estimates that are there");
    command->footer(
        "Example: mpirun -n 2 htdm rare study.toml --set rare.target_relative_error=0.05 \\\n"
        "           --set 'statistics.exceedance_levels=[1e-3,1e-6,1e-9]'\n"
        "Splits paths, weights their starts, counts or computes the law, whichever is cheapest, "
        "as\n"
        "[rare] says, and writes rare.h5. Models of a results.h5 in the folder are used.");
  }

  void add_tail() {
    auto* command = app.add_subcommand(
        "tail", "Report tail indices and return levels of data, stored samples and laws");
    command
        ->add_option("SOURCE", tail.sources,
                     "Studies (their data), samples.h5 files, results.h5 files with laws")
        ->required();
    command->add_option("--set", tail.overrides, "Override a key: dotted.key=TOML value")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    command->add_option("--output", tail.output, "Write tail.h5 into this folder")
        ->type_name("DIR");
    command->add_flag("--json", tail.json, "Print one JSON object instead of tables");
    command->add_flag("--force", tail.force, "Replace a tail.h5 that is there");
    command->footer(
        "Example: htdm tail study.toml results/mine/samples.h5 results/mine/results.h5 \\\n"
        "           --set 'statistics.exceedance_levels=[1e-2,1e-3,1e-4]'\n"
        "Of a study: training data, held-out data and, where it is known, their law. The event is\n"
        "that of [statistics]; return levels are exceeded with the probabilities in\n"
        "exceedance_levels.");
  }

  void add_choose_nu() {
    auto* command =
        app.add_subcommand("choose-nu", "Choose nu for training and for sampling by the data");
    add_study(command);
    command->add_option("--output", run.output, "Folder of the file (results/<study.name>)")
        ->type_name("DIR");
    command
        ->add_option("--candidates", run.candidates,
                     "Values of nu to sample with, three or more (14 from 1.6 to 20)")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NU,NU,...");
    command
        ->add_option("--tail", run.tail,
                     "Share of rows beyond the first bin (0.5); the next have half of it, a "
                     "quarter, ...")
        ->check(CLI::Range(1e-6, 0.9))
        ->type_name("P");
    command
        ->add_option("--paths", run.paths,
                     "Count so many paths of every candidate (laws in one dimension; else ten "
                     "times the held-out rows, 1e5 to 1e6)")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    command->add_flag("--json", run.json, "Print one JSON object instead of tables");
    command->add_flag("--force", run.force, "Replace a choice that is there");
    command->footer(
        "Example: mpirun -n 2 htdm choose-nu study.toml --set data.validation_fraction=0.2 \\\n"
        "           --candidates 2,2.2,2.5,2.8,3,3.5,4\n"
        "Training nu: a Student-t law fitted to the training sample, beside tail indices. Sampling "
        "nu of\n"
        "every t_sde: the law nearest to rows that no model was trained on, by their divergence in "
        "bins;\n"
        "beside it t_sde_exact, which needs none. Writes choose_nu.json. Models of a results.h5 in "
        "the\n"
        "folder are used.");
  }

  void add_trajectories() {
    auto* command = app.add_subcommand(
        "trajectories", "Store whole paths of every sampler on the same noise; count basins");
    add_study(command);
    command->add_option("--output", run.output, "Folder of the file (results/<study.name>)")
        ->type_name("DIR");
    command->add_option("--paths", run.paths, "How many paths to store (store.paths, or 1000)")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    command->add_flag("--force", run.force, "Replace trajectories that are there");
    command->footer(
        "Example: mpirun -n 2 htdm trajectories jobs/annealing/line.toml --paths 2000\n"
        "Writes trajectories.h5: the state, the squared gap and the noise coefficient at every\n"
        "level. Of two-point data all batches x batch_size paths are sampled, and where they end\n"
        "and when they change sides is counted. Models of a results.h5 in the folder are used.");
  }

  void add_check() {
    auto* command = app.add_subcommand("check", "Validate a study and print its plan and cost");
    add_study(command);
    command->add_flag("--measure", run.measure,
                      "Time short pieces of the work on the ranks and threads that this is run "
                      "with, and predict the wall time");
    command->footer(
        "Examples:\n"
        "  htdm check study.toml --set statistics.batches=100\n"
        "  mpirun -n 4 htdm check study.toml --measure");
  }

  void add_show() {
    auto* command = app.add_subcommand("show",
                                       "Print what a results, rare, tail, samples, trajectories, "
                                       "model or choose_nu.json file holds");
    command
        ->add_option("FILE", show.file,
                     "results.h5, rare.h5, tail.h5, samples.h5, trajectories.h5 or a model file")
        ->required();
    auto* json = command->add_flag("--json", show.json, "One JSON object");
    command->add_flag("--digest", show.digest, "One line: SHA-256 of study, weights and estimates")
        ->excludes(json);
    command->footer(
        "Example: htdm show results/paper/results.h5 --json | jq .samplers[0]\n"
        "All numbers of a samples.h5 or trajectories.h5 are read and checked.");
  }
};

ExitCode dispatch(CommandLine& line, int argc, char** argv) {
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    // The help of the innermost command that was asked.
    const auto chosen = line.app.get_subcommands();
    std::cout << (chosen.empty() ? line.app.help() : chosen.front()->help("htdm"));
    return ExitCode::done;
  } catch (const CLI::ParseError& error) {
    htdm::fail_input(error.what(), "", "See htdm --help");
  }
  const std::string command = line.app.get_subcommands().front()->get_name();
  if (command == "check") return htdm::check_command(line.run);
  if (command == "defaults") return htdm::defaults_command(line.defaults_markdown);
  if (command == "show") return htdm::show_command(line.show);
  if (command == "version") return htdm::version_command(line.version_json);
  if (command == "merge") return htdm::merge_command(line.merge);
  if (command == "law") return htdm::law_command(line.run);
  if (command == "rare") return htdm::rare_command(line.run);
  if (command == "tail") return htdm::tail_command(line.tail);
  if (command == "choose-nu") return htdm::choose_nu_command(line.run);
  if (command == "trajectories") return htdm::trajectories_command(line.run);
  return htdm::run_command(line.run);
}

}  // namespace

int main(int argc, char** argv) {
  // Only these talk to other ranks; the rest also works where MPI may not start (login nodes).
  const auto given = [&](const char* word) {
    return std::any_of(argv + 1, argv + argc,
                       [&](const char* argument) { return std::strcmp(argument, word) == 0; });
  };
  const auto is = [&](const char* command) {
    return argc > 1 && std::strcmp(argv[1], command) == 0;
  };
  const bool parallel = is("run") || is("law") || is("rare") || is("choose-nu") ||
                        is("trajectories") || (is("check") && given("--measure"));
  // Before MPI starts, which would install handlers of its own. Other commands just end.
  if (is("run")) htdm::catch_stop_signals();
  return static_cast<int>(htdm::guarded_main(parallel, argc, argv, [&] {
    CommandLine line;
    return dispatch(line, argc, argv);
  }));
}
