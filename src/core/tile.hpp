/// Numbers of a tile of paths, and the aligned memory they live in.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace htdm {

/// Tiles are padded to this many paths, the lanes of the widest vector of floats.
inline constexpr std::size_t lane_multiple = 16;

constexpr std::size_t padded(std::size_t paths) {
  return (paths + lane_multiple - 1) / lane_multiple * lane_multiple;
}

/// View of `paths` columns and some rows: component j of path i is row(j)[i]. Rows are `stride`
/// apart; stride is a multiple of lane_multiple and kernels may write up to padded(paths).
template <class T>
struct Tile {
  T* data;
  std::size_t paths;
  std::size_t stride;

  T* row(std::size_t component) const { return data + component * stride; }
  operator Tile<const T>() const { return {data, paths, stride}; }
};

/// std::vector storage aligned to a cache line.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, alignment); }
  friend bool operator==(CacheLineAllocator, CacheLineAllocator) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

/// Scratch of one thread: grows to the largest request and is reused.
class Scratch {
 public:
  /// `n` floats on a cache line, uninitialised, valid until the next call with the same `slot`.
  /// Each slot is a buffer of its own, so callers and callees never share one: slots 0-3 belong to
  /// denoisers, 4-10 to samplers.
  float* floats(std::size_t slot, std::size_t n) {
    auto& buffer = slots_[slot];
    if (buffer.size() < n) buffer.resize(n);
    return buffer.data();
  }

 private:
  AlignedVector<float> slots_[11];
};

}  // namespace htdm
