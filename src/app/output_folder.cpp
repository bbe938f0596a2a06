#include "app/output_folder.hpp"

#include "app/pooling.hpp"
#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/checkpoints.hpp"
#include "io/results.hpp"
#include "io/samples_file.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace htdm {
namespace {

namespace fs = std::filesystem;

/// Keys of a resolved study with their values, "table.key = value".
std::set<std::string> key_values(const std::string& resolved) {
  std::set<std::string> pairs;
  std::istringstream lines(resolved);
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('[')) {
      table = line.substr(1, line.find(']') - 1);
    } else if (line.find('=') != std::string::npos) {
      pairs.insert(fmt::format("{}.{}", table, line));
    }
  }
  return pairs;
}

/// The lines of a resolved study that another run must share to be the same: no file paths, but
/// what is stored.
std::string identity_of(const std::string& no_paths, const std::string& whole) {
  const std::size_t store = whole.find("\n[store]\n");
  return store == std::string::npos ? no_paths : no_paths + whole.substr(store);
}

void check_identity(const std::string& file, const std::string& found, const std::string& wanted) {
  const std::string differing = differing_keys(found, wanted);
  check_input(differing.empty(),
              "\"" + file + "\" holds results of another study: " + differing +
                  (differing.find(',') == std::string::npos ? " differs" : " differ"),
              "--restart continues the same study",
              "Use --force to replace them, or another --output");
}

/// Throws unless results.h5 or samples.h5 is of `study`.
void check_same_study(const fs::path& file, const Study& study, const RunOptions& options) {
  std::string found;
  if (file.filename() == "samples.h5") {
    const SamplesSummary samples = read_samples_header(file.string());
    found = identity_of(samples.study_no_paths, samples.study);
  } else {
    const Results results = read_results(file.string());
    found = identity_of(results.study_no_paths, results.study);
    const std::string part = results.part ? part_text(*results.part) : "";
    const std::string asked = options.part.empty() ? "" : part_text(parse_part(options.part));
    check_input(part == asked,
                "\"" + file.string() + "\" holds " +
                    (part.empty() ? "whole results" : "part " + part) +
                    ", and --part asks for something else",
                "One folder holds one part", "Use another --output");
  }
  check_identity(file.string(), found, run_identity(study));
}

bool is_of_study(const fs::path& results, const Study& study, const RunOptions& options) {
  try {
    check_same_study(results, study, options);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

/// Create the folder and prove that files can be made in it; leave nothing behind if not.
void check_writable(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path probe = folder / (".htdm-probe.partial-" + std::to_string(getpid()));
  const bool written = !error && std::ofstream(probe).put('\n').flush().good();
  fs::remove(probe, error);
  check_input(written, "Output folder \"" + folder.string() + "\" cannot be written",
              "The results would be lost at the end of the run",
              "Choose another folder with --output or change its permissions");
}

/// What is left when a run was killed between its results and the end.
void remove_checkpoints_of(const std::string& identity, const std::string& folder) {
  Checkpoints checkpoints(checkpoints_path(folder), identity);
  if (checkpoints.identity_found() == identity) checkpoints.remove_all();
}

}  // namespace

std::string differing_keys(const std::string& old_study, const std::string& new_study) {
  const auto before = key_values(old_study);
  const auto after = key_values(new_study);
  std::set<std::string> keys;
  for (const auto& [one, other] : {std::pair(&before, &after), std::pair(&after, &before)}) {
    for (const std::string& pair : *one) {
      if (!other->contains(pair)) keys.insert(pair.substr(0, pair.find(' ')));
    }
  }
  std::string list;
  for (const std::string& key : keys) {
    if (!list.empty()) list.append(", ");
    list.append(key);
  }
  return list;
}

std::string samples_path(const std::string& folder) {
  return (fs::path(folder) / "samples.h5").string();
}

std::string trajectories_path(const std::string& folder) {
  return (fs::path(folder) / "trajectories.h5").string();
}

std::string rare_path(const std::string& folder) {
  return (fs::path(folder) / "rare.h5").string();
}

std::string checkpoints_path(const std::string& folder) {
  return (fs::path(folder) / "checkpoints").string();
}

std::string run_identity(const Study& study) {
  return identity_of(write_study(study, false), write_study(study));
}

bool prepare_output(const std::string& folder, const Study& study, const RunOptions& options,
                    const std::string& identity) {
  const fs::path results = fs::path(folder) / "results.h5";
  const fs::path samples = samples_path(folder);
  Checkpoints checkpoints(checkpoints_path(folder), identity);
  // Other results beside them are those that --force was to replace when it was interrupted.
  const bool continuing = options.restart && checkpoints.identity_found() == identity &&
                          !(fs::exists(results) && is_of_study(results, study, options));
  for (const fs::path& file : {results, samples}) {
    if (!fs::exists(file) || options.force || continuing) continue;
    check_input(options.restart, "Results exist already in \"" + file.string() + "\"",
                "A run never overwrites results by itself",
                "Use --force to replace them, --restart to continue, or another --output");
    check_same_study(file, study, options);
  }
  if (fs::exists(results) && !options.force && !continuing) {
    check_input(fs::exists(samples) || !study.store.stores(),
                "\"" + samples.string() + "\" is missing beside complete results",
                "It is written in the same run", "Use --force to make both again");
    return true;
  }
  if (checkpoints.any() && !options.force) {
    check_input(options.restart, "An unfinished run is in \"" + folder + "\"",
                "Its checkpoints can be continued",
                "Use --restart to continue, --force to start again, or another --output");
    if (const auto found = checkpoints.identity_found()) {
      check_identity(checkpoints_path(folder), *found, identity);
    }
  }
  check_writable(folder);
  if (options.force) checkpoints.remove_all();
  fs::remove(PartialFile::name_of(samples.string()));
  return false;
}

ClaimedOutput claim_output(const std::string& folder, const Study& study, const RunOptions& options,
                           const std::string& identity) {
  ClaimedOutput output;
  if (fs::is_directory(folder)) output.lock = std::make_unique<FolderLock>(folder);
  output.complete = prepare_output(folder, study, options, identity);
  if (!output.complete && !output.lock) output.lock = std::make_unique<FolderLock>(folder);
  if (output.complete) remove_checkpoints_of(identity, folder);
  for (const fs::path& place :
       {fs::path(folder), fs::path(folder) / "models", fs::path(checkpoints_path(folder))}) {
    remove_partials(place.string());
  }
  return output;
}

std::string claim_tail(const std::string& folder, bool force) {
  check_writable(folder);
  const std::string file = folder + "/tail.h5";
  check_input(force || !fs::exists(file), "\"" + file + "\" exists already",
              "It is never overwritten unasked", "Use --force to replace it, or another --output");
  return file;
}

PlaceBeside claim_beside(const std::string& file, const Study& study, bool force) {
  const std::string folder = fs::path(file).parent_path().string();
  std::error_code error;
  fs::create_directories(folder, error);
  check_input(!error, "Output folder \"" + folder + "\" cannot be made: " + error.message(),
              "The file would have no place", "Choose another folder with --output");
  PlaceBeside place{std::make_unique<FolderLock>(folder), std::nullopt};
  check_input(force || !fs::exists(file), "\"" + file + "\" exists already",
              "It is never overwritten unasked", "Use --force to replace it, or another --output");
  check_input(!Checkpoints(checkpoints_path(folder), "").any(),
              "An unfinished run is in \"" + folder + "\"",
              "What stands beside counts is of their models, which are not there yet",
              "Finish it by htdm run --restart, or choose another --output");
  const std::string results = folder + "/results.h5";
  if (!fs::exists(results)) return place;
  place.results = read_results(results);
  const std::string differing =
      differing_keys(place.results->study_no_paths, write_study(study, false));
  check_input(differing.empty(),
              "\"" + results + "\" holds results of another study: " + differing + " differ",
              "What stands beside counts must be of the same samplers", "Choose another --output");
  return place;
}

}  // namespace htdm
