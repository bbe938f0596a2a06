/// Seeded numbers for tests whose inputs are arbitrary.
#pragma once

#include "core/tile.hpp"
#include "random/draws.hpp"

#include <vector>

namespace htdm::test {

/// deviation N(0, 1); `which` tells sequences apart.
inline AlignedVector<float> normals(std::size_t n, std::uint64_t which, double deviation = 1) {
  std::vector<double> z(n);
  standard_normals(Stream(1, Purpose::held_out_data, which), 0, z);
  AlignedVector<float> result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = static_cast<float>(deviation * z[i]);
  return result;
}

}  // namespace htdm::test
