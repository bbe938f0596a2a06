/// What `htdm law` found, for a terminal.
#pragma once

#include "io/results.hpp"

#include <string>

namespace htdm {

/// A table of all laws and a line about their errors; empty where there is no law.
std::string law_text(const Results& results);

}  // namespace htdm
