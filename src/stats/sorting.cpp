#include "stats/sorting.hpp"

#include "core/error.hpp"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

template <class T>
void sort(std::span<T> x) {
  HTDM_EXPECTS(std::ranges::all_of(x, [](T value) { return std::isfinite(value); }));
  for (T& value : x) value += T{0};
  const hwy::Sorter sorter;
  sorter(x.data(), x.size(), hwy::SortAscending());
}

}  // namespace

void sort_ascending(std::span<float> x) {
  sort(x);
}

void sort_ascending(std::span<double> x) {
  sort(x);
}

}  // namespace htdm
