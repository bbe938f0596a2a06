/// Vector kernels of the spread network (spread.hpp) in single precision.
#pragma once

#include "core/tile.hpp"

#include <cstddef>

namespace htdm {

/// Rows r (d of them) and l of `features` from y = c_in x, the d rows of x. ln(1 + |y|^2) is held
/// at |y|^2 = 1e38.
void spread_feature_tile(float c_in, Tile<const float> x, std::size_t dimension,
                         Tile<float> features);

/// square[i] = |u_i|^2 + (nu + |u_i|^2) e^g_i for i < padded(u.paths), u in d rows.
void spread_square_tile(float nu, Tile<const float> u, std::size_t dimension, const float* g,
                        float* square);

}  // namespace htdm
