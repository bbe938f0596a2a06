/// What `htdm tail` found out: the content of tail.h5 as a value.
#pragma once

#include "io/provenance.hpp"
#include "stats/tail_report.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// A study or file whose tails are reported.
struct TailSource {
  std::string path;
  std::string kind;            ///< study | samples | results
  std::string study;           ///< resolved TOML, with the settings of the command
  std::string study_no_paths;  ///< the same without file paths
};

/// The tail of one set of event values.
struct TailEntry {
  std::size_t source = 0;  ///< in TailResults::sources
  std::string part;        ///< training data | held-out data | law of the data | generated | law
  std::string sampler;     ///< of what a sampler made; empty for others
  double nu = std::numeric_limits<double>::quiet_NaN();  ///< of that sampler; NaN for none
  std::string event;  ///< norm | coordinate | upper | lower | linear; see [statistics]
  TailReport report;

  /// "held-out data", "t_sde (nu 2.5)", "law of t_ode (nu 3)".
  std::string label() const;
  bool of_law() const { return report.size == 0; }
};

struct TailResults {
  Provenance provenance;
  std::vector<TailSource> sources;
  std::vector<TailEntry> tails;
};

/// tail.h5, written aside, read back and renamed. Throws InputError when it cannot be written.
void write_tail(const std::string& path, const TailResults& results);
/// Throws InputError for a missing, truncated or foreign file, a wrong kind or a newer schema.
TailResults read_tail(const std::string& path);

/// What `htdm tail` and `htdm show` print: for people, as one JSON object, as SHA-256 over studies
/// and estimates without times.
std::string tail_text(const TailResults& results);
std::string tail_json(const TailResults& results);
std::string tail_digest(const TailResults& results);

}  // namespace htdm
