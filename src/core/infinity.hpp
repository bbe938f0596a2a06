/// The number above all others.
#pragma once

#include <limits>

namespace htdm {

inline constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace htdm
