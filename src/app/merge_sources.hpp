/// Results files that are to be pooled, and whether they belong together.
#pragma once

#include "io/results.hpp"
#include "io/study.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace htdm {

/// One results file, or one point of one that holds a sweep.
struct Source {
  std::string file;              ///< for messages
  std::filesystem::path folder;  ///< that has models/
  Results results;
  Study study;
};

/// The name in quotes, for messages.
std::string quoted(const Source& source);

// All below throw InputError naming files and keys.

/// Throws for results of a single study without pool data.
Source make_source(const std::string& file, const std::filesystem::path& folder, Results results);

void sort_by_seed(std::vector<Source>& sources);

/// Files may differ in their seed and in how many batches they have, parts of one seed not.
void check_studies(const std::vector<Source>& sources);

/// Every model of the files once, as long as they agree on it.
std::map<std::string, const ModelResult*> common_models(const std::vector<Source>& sources);

/// All files that sampled an entry agree on the thresholds.
void check_thresholds(const std::vector<Source>& sources);

/// No batch twice; of every seed that is there in parts, all of them.
void check_batches(const std::vector<Source>& sources);

/// Only parts of one sweep: what else could be pooled is a matter of every point.
void check_sweeps(const std::vector<Source>& sources);

}  // namespace htdm
