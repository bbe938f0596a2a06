/// What `htdm rare` found out: the content of rare.h5 as a value.
#pragma once

#include "io/provenance.hpp"
#include "stats/intervals.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// P(event value > threshold) of one sampler, and all that says whether to believe it. NaN where
/// something has no meaning for the method.
struct RareEstimate {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  double level = none;   ///< probability under the true law
  double threshold = 0;  ///< raw space
  std::string event;
  std::string method;      ///< splitting | importance | counting | law
  double probability = 0;  ///< 0 where nothing was seen: then `interval` holds a bound
  Interval interval;       ///< 95 %; of a law, bounds
  double standard_error = none;
  double target = none;  ///< of the relative error
  bool reached = true;   ///< whether the relative error is within the target; true without one
  std::string doubt;     ///< why not to believe the interval; empty for none
  double variance_of_variance = none;
  double effective_size = none;  ///< of the weights behind the estimate
  double largest_weight = none;  ///< share of the largest in their sum
  std::uint64_t replicas = 0, particles = 0;
  std::uint64_t paths = 0;       ///< started, in whole or in part
  std::uint64_t calls = 0;       ///< of the denoiser, one a state
  std::uint64_t nonfinite = 0;   ///< paths that are not finite
  double counting_calls = none;  ///< those that counting would need for the same standard error
  double cpu_seconds = 0;        ///< of all threads; never part of the digest

  bool resolved() const { return probability > 0; }
  /// Half the interval over the estimate; infinite where nothing was seen.
  double relative_error() const;
  /// 1/(r^2 CPU time), r = standard_error/probability; NaN without.
  double figure_of_merit() const;
};

struct RareEntry {
  std::string name, kind, model;
  std::optional<double> nu;  ///< none where nu has no meaning
  std::string denoiser;      ///< table, or the model's kind
  double table_error = RareEstimate::none;
  int levels = 0;
  std::string choice;  ///< what method = "auto" weighed, in words; empty for a given method
  std::vector<RareEstimate> estimates;
};

struct RareResults {
  Provenance provenance;
  std::string study;           ///< resolved TOML
  std::string study_no_paths;  ///< the same without file paths and [rare]
  std::vector<RareEntry> entries;
};

/// rare.h5, written aside, read back and renamed. Throws InputError when it cannot be written.
void write_rare(const std::string& path, const RareResults& results);
/// Throws InputError for a missing, truncated or foreign file, a wrong kind or a newer schema.
RareResults read_rare(const std::string& path);

/// What `htdm show` prints: for people, as one JSON object, as SHA-256 over study and estimates
/// without times.
std::string rare_text(const RareResults& results);
std::string rare_json(const RareResults& results);
std::string rare_digest(const RareResults& results);

}  // namespace htdm
