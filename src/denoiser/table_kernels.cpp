#include "denoiser/table_kernels.hpp"

#include "core/vector_targets.hpp"
#include "denoiser/table.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "denoiser/table_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

// These targets emulate MulAdd by two roundings: the reference is as fast and has the bits of the
// others.
void lookup_kernel(const LevelTable& table, const float* /*cells*/, const float* x, std::size_t n,
                   float* gap) {
  for (std::size_t i = 0; i < n; ++i) gap[i] = lookup(table, x[i]);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Ints = hn::ScalableTag<std::int32_t>;
using Uints = hn::ScalableTag<std::uint32_t>;
using F = hn::Vec<Floats>;

/// Four numbers each from cells + offset[0], offset[4], offset[8], ... side by side.
template <class D>
HWY_INLINE hn::Vec<D> load_cells(D d, const float* cells, const std::uint32_t* offset) {
  if constexpr (hn::MaxLanes(D()) == 4) {
    return hn::LoadU(d, cells + *offset);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_cells(half, cells, offset + hn::MaxLanes(half)),
                       load_cells(half, cells, offset));
  }
}

/// The coefficients of the cells that begin at cells[offset]: whole cells are loaded and
/// transposed, in half the time that four gathers take.
HWY_INLINE void load_coefficients(const float* cells, const std::uint32_t* offset, F c[4]) {
  const Floats d;
  const hn::Repartition<std::uint64_t, Floats> pairs;
  const F cell0 = load_cells(d, cells, offset);
  const F cell1 = load_cells(d, cells, offset + 1);
  const F cell2 = load_cells(d, cells, offset + 2);
  const F cell3 = load_cells(d, cells, offset + 3);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, cell0, cell1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, cell2, cell3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, cell0, cell1));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, cell2, cell3));
  c[0] = hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23));
  c[1] = hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23));
  c[2] = hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23));
  c[3] = hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23));
}

// Only the fields of the table are read here: a member function of another header, compiled in this
// region, could be merged with a copy meant for an older processor.
void lookup_kernel(const LevelTable& table, const float* cells, const float* x, std::size_t n,
                   float* gap) {
  const Floats d;
  const Ints di;
  const Uints du;
  const int dropped = table.dropped_bits;
  const F shift = hn::Set(d, table.shift);
  const auto first = hn::Set(du, table.first);
  const auto last = hn::Set(du, table.last);
  const auto per_sign = hn::Set(du, table.last - table.first + 1);
  HWY_ALIGN std::uint32_t offset[hn::MaxLanes(Uints())];
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const F signed_x = hn::LoadU(d, x + i);
    const F size = hn::Abs(signed_x);
    const auto y = hn::BitCast(du, hn::Add(size, shift));
    const auto leading = hn::Min(hn::ShiftRightSame(y, dropped), last);
    const F start = hn::BitCast(d, hn::ShiftLeftSame(leading, dropped));
    const F t = hn::Sub(size, hn::Sub(start, shift));
    const auto sign = hn::ShiftRight<31>(hn::BitCast(di, signed_x));
    const auto side = hn::And(hn::BitCast(du, sign), per_sign);
    hn::Store(hn::ShiftLeft<2>(hn::Add(hn::Sub(leading, first), side)), du, offset);
    F c[4];
    load_coefficients(cells, offset, c);
    const F sum = hn::MulAdd(hn::MulAdd(hn::MulAdd(c[3], t, c[2]), t, c[1]), t, c[0]);
    hn::StoreU(sum, d, gap + i);
  }
}

#endif

}  // namespace
}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace htdm {

HWY_EXPORT(lookup_kernel);

void lookup(const LevelTable& table, const float* x, std::size_t n, float* gap) {
  HWY_DYNAMIC_DISPATCH(lookup_kernel)(table, table.cells.data(), x, padded(n), gap);
}

}  // namespace htdm

#endif  // HWY_ONCE
