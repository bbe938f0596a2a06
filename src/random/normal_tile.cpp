#include "random/normal_tile.hpp"

#include "core/vector_targets.hpp"
#include "random/box_muller.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "random/normal_tile.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// Once for every instruction set, so after these two.
#include "random/philox_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

// These targets emulate MulAdd by two roundings and vectors by loops: the reference is as fast
// and has the bits of the others.
void normal_tile_kernel(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                        std::uint32_t step, std::size_t n, std::size_t stride, float* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto normals = normal_quad(Stream(seed, purpose, first_path + i).words(step));
    for (std::size_t k = 0; k < 4; ++k) out[k * stride + i] = normals[k];
  }
}

#else

using Floats = hn::ScalableTag<float>;
using Ints = hn::ScalableTag<std::int32_t>;
using Uints = hn::ScalableTag<std::uint32_t>;
using F = hn::Vec<Floats>;
using U = hn::Vec<Uints>;

/// Words of even and odd paths side by side.
HWY_INLINE U interleave(L even, L odd) {
  const Uints d;
  return hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
}

template <int N>
HWY_INLINE F polynomial(F x, const float (&terms)[N]) {
  const Floats d;
  F sum = hn::Set(d, terms[N - 1]);
  for (int k = N - 2; k >= 0; --k) sum = hn::MulAdd(sum, x, hn::Set(d, terms[k]));
  return sum;
}

/// sqrt(-2 ln u).
HWY_INLINE F radius(U word) {
  using namespace box_muller;
  const Floats d;
  const Ints di;
  const F count = hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<1>(word)));
  const F u = hn::MulAdd(count, hn::Set(d, uniform_scale), hn::Set(d, uniform_shift));
  const auto bits = hn::BitCast(di, u);
  const auto exponent = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, sqrt_half_bits)));
  const F mantissa = hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(exponent)));
  const F x = hn::Sub(mantissa, hn::Set(d, 1.0F));
  const F logarithm = hn::MulAdd(hn::ConvertTo(d, exponent), hn::Set(d, minus_two_ln2),
                                 hn::Mul(x, polynomial(x, log_terms)));
  return hn::Sqrt(logarithm);
}

/// cos v and sin v.
HWY_INLINE void direction(U word, F& cosine, F& sine) {
  using namespace box_muller;
  const Floats d;
  const Uints du;
  const U quarter = hn::Add(word, hn::Set(du, eighth_turn));
  const U remainder = hn::Sub(word, hn::And(quarter, hn::Set(du, quarter_turn_bits)));
  const F t = hn::Mul(hn::ConvertTo(d, hn::BitCast(Ints(), remainder)), hn::Set(d, angle_scale));
  const F t2 = hn::Mul(t, t);
  const F s = hn::Mul(t, polynomial(t2, sin_terms));
  const F c = hn::MulAdd(t2, polynomial(t2, cos_terms), hn::Set(d, 1.0F));
  const auto odd = hn::RebindMask(d, hn::TestBit(quarter, hn::Set(du, odd_quarter)));
  const U sign = hn::Set(du, sign_bit);
  const U sine_sign = hn::And(quarter, sign);
  const U cosine_sign = hn::And(hn::Xor(quarter, hn::ShiftLeft<1>(quarter)), sign);
  cosine = hn::Xor(hn::IfThenElse(odd, s, c), hn::BitCast(d, cosine_sign));
  sine = hn::Xor(hn::IfThenElse(odd, c, s), hn::BitCast(d, sine_sign));
}

/// out[k * stride + i] = word k of path i, as bits.
HWY_INLINE void store_words(std::uint64_t seed, std::uint64_t first_path, std::uint32_t step,
                            std::uint32_t last, std::size_t n, std::size_t stride, float* out) {
  const Floats d;
  const Longs wide;
  const L even_offset = hn::ShiftLeft<1>(hn::Iota(wide, 0));
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const L even_path = hn::Add(hn::Set(wide, first_path + i), even_offset);
    const WideWords even = philox(even_path, seed, step, last);
    const WideWords odd = philox(hn::Add(even_path, hn::Set(wide, 1)), seed, step, last);
    for (std::size_t k = 0; k < 4; ++k) {
      hn::StoreU(hn::BitCast(d, interleave(even.w[k], odd.w[k])), d, out + k * stride + i);
    }
  }
}

// In two passes: a processor then works on several vectors at once, where one pass would fill it
// with a single one.
void normal_tile_kernel(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                        std::uint32_t step, std::size_t n, std::size_t stride, float* out) {
  const Floats d;
  const Uints du;
  store_words(seed, first_path, step, static_cast<std::uint32_t>(purpose) << 24, n, stride, out);
  for (float* row : {out, out + 2 * stride}) {
    for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
      F cosine;
      F sine;
      direction(hn::BitCast(du, hn::LoadU(d, row + stride + i)), cosine, sine);
      const F r = radius(hn::BitCast(du, hn::LoadU(d, row + i)));
      hn::StoreU(hn::Mul(r, cosine), d, row + i);
      hn::StoreU(hn::Mul(r, sine), d, row + stride + i);
    }
  }
}

#endif

}  // namespace
}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include "core/error.hpp"
#include "core/tile.hpp"

#include <bit>
#include <cmath>

namespace htdm {
namespace {

template <std::size_t N>
float polynomial(float x, const float (&terms)[N]) {
  float sum = terms[N - 1];
  for (std::size_t k = N - 1; k-- > 0;) sum = std::fma(sum, x, terms[k]);
  return sum;
}

float radius(std::uint32_t word) {
  using namespace box_muller;
  const float u = std::fma(static_cast<float>(word >> 1), uniform_scale, uniform_shift);
  const auto bits = std::bit_cast<std::int32_t>(u);
  const std::int32_t exponent = (bits - sqrt_half_bits) >> 23;
  const float x = std::bit_cast<float>(bits - exponent * (1 << 23)) - 1.0F;
  return std::sqrt(
      std::fma(static_cast<float>(exponent), minus_two_ln2, x * polynomial(x, log_terms)));
}

std::array<float, 2> direction(std::uint32_t word) {
  using namespace box_muller;
  const std::uint32_t quarter = word + eighth_turn;
  const auto remainder = static_cast<std::int32_t>(word - (quarter & quarter_turn_bits));
  const float t = static_cast<float>(remainder) * angle_scale;
  const float t2 = t * t;
  const float s = t * polynomial(t2, sin_terms);
  const float c = std::fma(t2, polynomial(t2, cos_terms), 1.0F);
  switch (quarter >> 30) {
    case 0:
      return {c, s};
    case 1:
      return {-s, c};
    case 2:
      return {-c, -s};
    default:
      return {s, -c};
  }
}

}  // namespace

HWY_EXPORT(normal_tile_kernel);

std::array<float, 4> normal_quad(const Words& words) {
  std::array<float, 4> normals;
  for (std::size_t k = 0; k < 4; k += 2) {
    const float r = radius(words[k]);
    const auto [cosine, sine] = direction(words[k + 1]);
    normals[k] = r * cosine;
    normals[k + 1] = r * sine;
  }
  return normals;
}

void normal_tile(std::uint64_t seed, Purpose purpose, std::uint64_t first_path, std::uint32_t step,
                 std::size_t n, std::size_t stride, float* out) {
  HTDM_EXPECTS(stride >= padded(n));
  HWY_DYNAMIC_DISPATCH(normal_tile_kernel)
  (seed, purpose, first_path, step, padded(n), stride, out);
}

}  // namespace htdm

#endif  // HWY_ONCE
