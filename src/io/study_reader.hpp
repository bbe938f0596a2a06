/// From the tree of a study file to the sections of a study, and back to what was given.
#pragma once

#include "io/study.hpp"
#include "io/study_tree.hpp"

#include <string>

namespace htdm {

/// The sections with every given key set and nothing else. Throws InputError naming `source`, line,
/// key, reason and remedy for what is not a table or key, has a wrong type or is out of range;
/// relative paths start from `folder`.
Study read_tree(const StudyTable& tree, const std::string& source, const std::string& folder);

/// The keys that `tree` gives, as TOML in canonical order and form; paths are absolute, or left out
/// with `with_paths = false`. Throws as above.
std::string given_text(const StudyTable& tree, const std::string& source, const std::string& folder,
                       bool with_paths = true);

/// Append "[table]" after an empty line, where something stands before.
void add_header(std::string& text, const std::string& table);

}  // namespace htdm
