/// Sorting of large samples.
#pragma once

#include <span>

namespace htdm {

/// Ascending order of finite numbers; -0 becomes +0, so that the result is the same bits on every
/// machine. Vectorised quicksort of the Highway library, which keeps neither NaN nor infinity.
void sort_ascending(std::span<float> x);
void sort_ascending(std::span<double> x);

}  // namespace htdm
