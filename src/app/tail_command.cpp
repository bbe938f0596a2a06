#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/output_folder.hpp"
#include "app/tail.hpp"
#include "core/stopwatch.hpp"
#include "io/study.hpp"
#include "parallel/binding.hpp"

#include <iostream>

namespace htdm {
namespace {

std::string command_line(const TailOptions& options) {
  std::string text = "htdm tail";
  for (const std::string& source : options.sources) text.append(" ").append(source);
  if (!options.output.empty()) text.append(" --output ").append(options.output);
  for (const std::string& set : options.overrides) text.append(" --set '").append(set).append("'");
  return text;
}

}  // namespace

ExitCode tail_command(const TailOptions& options) {
  const Stopwatch watch;
  std::string file;
  if (!options.output.empty()) file = claim_tail(options.output, options.force);
  TailResults results = tail_results(options.sources, options.overrides, default_threads());
  const Study first = parse_study(results.sources.front().study, results.sources.front().path, "");
  results.provenance = current_provenance(first.study.seed);
  results.provenance.command = command_line(options);
  results.provenance.threads = default_threads();
  results.provenance.seconds_statistics = results.provenance.seconds_total = watch.seconds();
  std::cout << (options.json ? tail_json(results) : tail_text(results));
  if (file.empty()) return ExitCode::done;
  write_tail(file, results);
  log_info(file + " written");
  return ExitCode::done;
}

}  // namespace htdm
