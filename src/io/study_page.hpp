/// The page on study keys.
#pragma once

#include <string>

namespace htdm {

/// All tables and keys with default, allowed values and meaning, as Markdown; from the table that
/// parses studies.
std::string study_page();

}  // namespace htdm
