/// Philox words of several paths at once, for the vector kernels of this room: included once for
/// every instruction set, inside none of them.
#if defined(HTDM_RANDOM_PHILOX_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef HTDM_RANDOM_PHILOX_INL
#undef HTDM_RANDOM_PHILOX_INL
#else
#define HTDM_RANDOM_PHILOX_INL
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

namespace hn = hwy::HWY_NAMESPACE;

using Longs = hn::ScalableTag<std::uint64_t>;
using L = hn::Vec<Longs>;

/// The four words of several paths; word k of a path is the low half of its 64-bit lane of w[k],
/// the high half holds anything. The layout suits the 32 x 32 -> 64 bit products of the rounds.
struct WideWords {
  L w[4];
};

/// Stream(seed, purpose, path).words(step, lane) with last = purpose << 24 | lane.
HWY_INLINE WideWords philox(L path, std::uint64_t seed, std::uint32_t step, std::uint32_t last) {
  using Uints = hn::ScalableTag<std::uint32_t>;
  const auto product = [](L a, std::uint32_t b) HWY_ATTR {
    return hn::MulEven(hn::BitCast(Uints(), a), hn::Set(Uints(), b));
  };
  const auto spread = [](std::uint32_t word) HWY_ATTR {
    const hn::Vec<Uints> words = hn::Set(Uints(), word);
    return hn::BitCast(Longs(), words);
  };
  L c0 = path;
  L c1 = hn::ShiftRight<32>(path);
  L c2 = spread(step);
  L c3 = spread(last);
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const L p0 = product(c0, 0xd2511f53U);
    const L p1 = product(c2, 0xcd9e8d57U);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), spread(k0)), c1);
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), spread(k1)), c3);
    c1 = p1;
    c3 = p0;
    k0 += 0x9e3779b9U;
    k1 += 0xbb67ae85U;
  }
  return {{c0, c1, c2, c3}};
}

#endif

}  // namespace
}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
