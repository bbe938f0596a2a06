/// The second-order exponential multistep scheme of the probability-flow ODE.
#pragma once

#include <cstddef>
#include <span>

namespace htdm {

/// Step i of levels: x <- x - (sigma - s) u + bend (D - E), E the D of the step before; bend = 0 at
/// the first. In D: x <- r x + (1 - r) [D + (D - E) h/(2 k)], r = s/sigma, h = -ln r, k the h of
/// the step before.
double exponential_bend(std::span<const double> levels, std::size_t i);

}  // namespace htdm
