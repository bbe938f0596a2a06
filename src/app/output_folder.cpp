#include "app/output_folder.hpp"

#include "core/error.hpp"
#include "io/results.hpp"

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

/// Create the folder and prove that files can be made in it; leave nothing behind if not.
void check_writable(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path probe = folder / (".htdm-probe-" + std::to_string(getpid()));
  const bool written = !error && std::ofstream(probe).put('\n').flush().good();
  fs::remove(probe, error);
  check_input(written, "Output folder \"" + folder.string() + "\" cannot be written",
              "The results would be lost at the end of the run",
              "Choose another folder with --output or change its permissions");
}

}  // namespace

bool prepare_output(const std::string& folder, const Study& study, const RunOptions& options) {
  const fs::path results = fs::path(folder) / "results.h5";
  if (fs::exists(results) && !options.force) {
    check_input(options.restart, "Results exist already in \"" + results.string() + "\"",
                "A run never overwrites results by itself",
                "Use --force to replace them, --restart to continue, or another --output");
    const std::string differing =
        differing_keys(read_results(results.string()).study_no_paths, write_study(study, false));
    check_input(differing.empty(),
                "\"" + results.string() + "\" holds results of another study: " + differing +
                    (differing.find(',') == std::string::npos ? " differs" : " differ"),
                "--restart continues the same study",
                "Use --force to replace them, or another --output");
    return true;
  }
  check_writable(folder);
  return false;
}

}  // namespace htdm
