/// Values of study keys: from the tree into a section, and from a section to text.
#pragma once

#include "io/study_keys.hpp"
#include "io/study_tree.hpp"

#include <string>

namespace htdm {

/// Where a table of a study stands, for messages and relative paths.
struct Place {
  const std::string& source;  ///< the study file
  std::string table;          ///< "samplers.t_sde"
  const std::string& folder;  ///< what relative paths of the file start from

  /// "FILE, line 3: samplers.t_sde.nu"
  std::string of(const std::string& key, const StudyNode& node) const;
};

/// section.*key = node. Throws InputError for another type, a number out of range, or a text that
/// is not among the choices. Whole numbers may be written as 1e6, lists of one as a value, and
/// inf as "inf". Paths become absolute.
template <class Section>
void assign(const Key<Section>& key, Section& section, const StudyNode& node, const Place& place);

/// The value as TOML.
template <class Section>
std::string value_text(const Key<Section>& key, const Section& section);

/// "type, range: help" on one line.
template <class Section>
std::string help_text(const Key<Section>& key);

}  // namespace htdm
