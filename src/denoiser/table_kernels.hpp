/// Lookups in a LevelTable for a row of paths.
#pragma once

#include <cstddef>

namespace htdm {

struct LevelTable;

/// gap[i] = lookup(table, x[i]) for i < padded(n), bit for bit. Any x is safe.
void lookup(const LevelTable& table, const float* x, std::size_t n, float* gap);

}  // namespace htdm
