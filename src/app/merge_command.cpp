#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/merge.hpp"
#include "app/output_folder.hpp"
#include "io/model_file.hpp"
#include "io/results.hpp"
#include "parallel/binding.hpp"

#include <filesystem>
#include <iostream>

namespace htdm {

namespace fs = std::filesystem;

ExitCode merge_command(const MergeOptions& options) {
  const fs::path target = fs::path(options.output) / "results.h5";
  std::vector<std::string> files;
  std::string command = "htdm merge";
  for (const std::string& name : options.files) {
    const fs::path file = fs::is_directory(name) ? fs::path(name) / "results.h5" : fs::path(name);
    std::error_code error;
    check_input(!fs::equivalent(file, target, error),
                "--output \"" + options.output + "\" holds \"" + file.string() + "\"",
                "A file is not merged into itself", "Choose another --output");
    files.push_back(file.string());
    command.append(" ").append(name);
  }
  command.append(" --output ").append(options.output);
  const Merged merged = merge_results(files, command, default_threads());
  RunOptions replacing;
  replacing.force = options.force;
  const ClaimedOutput claimed = claim_output(options.output, {}, replacing, "");
  fs::remove(samples_path(options.output));
  for (const auto& [below, model] : merged.models) {
    const fs::path models = fs::path(options.output) / below;
    fs::create_directories(models);
    write_model((models / (model.name + ".h5")).string(), model, merged.results.provenance);
  }
  write_results(target.string(), merged.results);
  std::cout << results_text(merged.results);
  log_info(target.string() + " written");
  return ExitCode::done;
}

}  // namespace htdm
