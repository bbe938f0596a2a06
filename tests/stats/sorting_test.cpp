/// Vectorised sorting against the standard library's.
#include "stats/sorting.hpp"

#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace htdm {
namespace {

template <class T>
void expect_sorted_like_the_library(std::size_t n) {
  std::vector<double> draws(n);
  standard_normals(Stream(3, Purpose::test_data, n), 0, draws);
  std::vector<T> mine(draws.begin(), draws.end());
  for (std::size_t i = 0; i < n; i += 5) mine[i] = std::round(mine[i]);  // equal values
  std::vector<T> library = mine;
  sort_ascending(std::span(mine));
  std::ranges::sort(library);
  EXPECT_EQ(mine, library) << n;
  EXPECT_TRUE(std::ranges::none_of(mine, [](T x) { return x == 0 && std::signbit(x); })) << n;
}

TEST(Sorting, AgreesWithTheLibraryAtAnySize) {
  for (const std::size_t n : {0, 1, 2, 17, 255, 4096, 100'003}) {
    expect_sorted_like_the_library<float>(n);
    expect_sorted_like_the_library<double>(n);
  }
}

}  // namespace
}  // namespace htdm
