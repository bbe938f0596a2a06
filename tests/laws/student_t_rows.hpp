/// Rows of a Student-t law, for tests of how often intervals hold the truth.
#pragma once

#include "random/draws.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace htdm::test {

/// n rows of t_d(0, I, nu), one after another; other rows for every seed.
inline std::vector<double> student_t_rows(double nu, int d, std::size_t n, std::uint64_t seed) {
  const auto columns = static_cast<std::size_t>(d);
  std::vector<double> x(n * columns);
  for (std::size_t i = 0; i < n; ++i) {
    student_t({seed, Purpose::test_data, 2 * i}, {seed, Purpose::test_data, 2 * i + 1}, 0, nu,
              std::span(x).subspan(i * columns, columns));
  }
  return x;
}

}  // namespace htdm::test
