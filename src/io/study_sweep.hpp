/// The `[sweep]` of a study: read, checked, written, and applied point by point.
#pragma once

#include "io/study.hpp"
#include "io/study_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace htdm {

/// Take the table [sweep] out of `tree`; without one, or with an empty one, the sweep is empty.
/// Every value of every axis is checked by the key that it is for. Throws InputError naming
/// `source`, line, axis, reason and remedy.
Sweep take_sweep(StudyTable& tree, const std::string& source, const std::string& folder);

/// The study that `tree`, of which [sweep] was taken, and `sweep` make; every point is checked.
Study swept_study(StudyTable tree, const Sweep& sweep, const std::string& source,
                  const std::string& folder);

/// What write_study gives for a study with a sweep.
std::string swept_text(const Study& study, bool with_paths);

/// [sweep] as the reference study explains it, in comments.
std::string sweep_help();

/// Whether the values of `key` are paths.
bool is_path_key(const std::string& key);

/// Modes with what they mean.
struct SweepMode {
  std::string_view name, help;
};
const std::vector<SweepMode>& sweep_modes();

}  // namespace htdm
