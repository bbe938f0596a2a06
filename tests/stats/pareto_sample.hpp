/// Draws of a Pareto law.
#pragma once

#include "random/draws.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

namespace htdm::test {

/// n draws with P(X > x) = x^-alpha, x >= 1.
inline std::vector<double> pareto(double alpha, std::size_t n, std::uint64_t seed) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Words words = Stream(seed, Purpose::test_data, i).words(0);
    x[i] = std::pow(open_uniform(words[0], words[1]), -1 / alpha);
  }
  return x;
}

}  // namespace htdm::test
