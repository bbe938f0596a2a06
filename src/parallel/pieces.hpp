/// Long arrays in pieces whose length fits what a message can count.
#pragma once

#include <algorithm>
#include <cstddef>

namespace htdm {

/// Call f(offset, length) for consecutive pieces of [0, size), each of at most `limit` > 0.
template <class F>
void for_each_piece(std::size_t size, std::size_t limit, F&& f) {
  for (std::size_t offset = 0; offset < size; offset += std::min(limit, size - offset)) {
    f(offset, std::min(limit, size - offset));
  }
}

}  // namespace htdm
