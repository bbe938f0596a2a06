#include "random/draw_tile.hpp"

#include "core/vector_targets.hpp"
#include "random/draws.hpp"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "random/draw_tile.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// Once for every instruction set, so after these two.
#include "random/philox_inl.hpp"

#ifndef HTDM_RANDOM_MIXING_CONSTANTS
#define HTDM_RANDOM_MIXING_CONSTANTS
namespace htdm {
/// Of Marsaglia and Tsang for shape nu/2: d = nu/2 - 1/3, c = 1/sqrt(9 d).
struct MixingConstants {
  double nu, d, c;
};
}  // namespace htdm
#endif

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

void normal_pair_kernel(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                        std::uint32_t step, std::uint32_t lane, std::size_t n, double* first,
                        double* second) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto pair = normal_pair(Stream(seed, purpose, first_path + i).words(step, lane));
    first[i] = pair[0];
    second[i] = pair[1];
  }
}

/// All attempts are left to the caller.
void mixing_kernel(std::uint64_t, Purpose, std::uint64_t, std::uint32_t, const MixingConstants&,
                   std::size_t n, double* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = 0;
}

#else

using Doubles = hn::ScalableTag<double>;
using D = hn::Vec<Doubles>;

/// open_uniform(high, low) of words in the low halves.
HWY_INLINE D uniform(L high, L low) {
  const Doubles d;
  const Longs dl;
  const L word = hn::Set(dl, 0xffffffffU);
  const L bits = hn::ShiftRight<12>(hn::Or(hn::ShiftLeft<32>(high), hn::And(low, word)));
  // 52 bits under the exponent of 2^52 are 2^52 + the integer.
  const D integer =
      hn::Sub(hn::BitCast(d, hn::Or(bits, hn::Set(dl, 0x4330000000000000U))), hn::Set(d, 0x1p52));
  return hn::Mul(hn::Add(integer, hn::Set(d, 0.5)), hn::Set(d, 0x1p-52));
}

template <int N>
HWY_INLINE D series(D x, const double (&terms)[N]) {
  const Doubles d;
  D sum = hn::Set(d, terms[N - 1]);
  for (int k = N - 2; k >= 0; --k) sum = hn::MulAdd(sum, x, hn::Set(d, terms[k]));
  return sum;
}

/// ln x of a normal x > 0: x = 2^e m, sqrt(1/2) <= m < sqrt(2), ln m = 2 artanh((m - 1)/(m + 1)),
/// whose series ends at 2e-17 here.
HWY_INLINE D logarithm(D x) {
  constexpr double terms[] = {2.0,      2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9, 2.0 / 11,
                              2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
  const Doubles d;
  const Longs dl;
  const L root_half = hn::Set(dl, 0x3fe6a09e667f3bcdU);
  const L bias = hn::Set(dl, 1023U);
  // Exponent + 1023, so that it is not negative.
  const L e =
      hn::ShiftRight<52>(hn::Add(hn::Sub(hn::BitCast(dl, x), root_half), hn::ShiftLeft<52>(bias)));
  const D m = hn::BitCast(d, hn::Sub(hn::BitCast(dl, x), hn::ShiftLeft<52>(hn::Sub(e, bias))));
  const D exponent = hn::Sub(hn::BitCast(d, hn::Or(e, hn::Set(dl, 0x4330000000000000U))),
                             hn::Set(d, 0x1p52 + 1023));
  const D one = hn::Set(d, 1.0);
  const D s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
  const D log_m = hn::Mul(s, series(hn::Mul(s, s), terms));
  return hn::MulAdd(exponent, hn::Set(d, 0x1.62e42fefa39efp-1), log_m);
}

/// cos and sin of 2 pi u, 0 < u < 1: Taylor series within an eighth of a turn, to 3e-18.
HWY_INLINE void direction(D u, D& cosine, D& sine) {
  constexpr double cos_terms[] = {1.0,
                                  -1.0 / 2,
                                  1.0 / 24,
                                  -1.0 / 720,
                                  1.0 / 40320,
                                  -1.0 / 3628800,
                                  1.0 / 479001600,
                                  -1.0 / 87178291200,
                                  1.0 / 20922789888000};
  constexpr double sin_terms[] = {1.0,
                                  -1.0 / 6,
                                  1.0 / 120,
                                  -1.0 / 5040,
                                  1.0 / 362880,
                                  -1.0 / 39916800,
                                  1.0 / 6227020800,
                                  -1.0 / 1307674368000,
                                  1.0 / 355687428096000};
  const Doubles d;
  const Longs dl;
  // Adding 2^52 rounds to the nearest integer, which is then the low bits.
  const D shifted = hn::MulAdd(u, hn::Set(d, 4.0), hn::Set(d, 0x1p52));
  const L quarter = hn::BitCast(dl, shifted);
  const D turns = hn::NegMulAdd(hn::Sub(shifted, hn::Set(d, 0x1p52)), hn::Set(d, 0.25), u);
  const D angle = hn::Mul(turns, hn::Set(d, 0x1.921fb54442d18p2));
  const D square = hn::Mul(angle, angle);
  const D c = series(square, cos_terms);
  const D s = hn::Mul(angle, series(square, sin_terms));
  const auto odd = hn::RebindMask(d, hn::TestBit(quarter, hn::Set(dl, 1)));
  const L two = hn::Set(dl, 2);
  const L sine_sign = hn::ShiftLeft<62>(hn::And(quarter, two));
  const L cosine_sign = hn::ShiftLeft<62>(hn::And(hn::Add(quarter, hn::Set(dl, 1)), two));
  cosine = hn::Xor(hn::IfThenElse(odd, s, c), hn::BitCast(d, cosine_sign));
  sine = hn::Xor(hn::IfThenElse(odd, c, s), hn::BitCast(d, sine_sign));
}

HWY_INLINE void normals(const WideWords& words, D& first, D& second) {
  const Doubles d;
  const D r = hn::Sqrt(hn::Mul(hn::Set(d, -2.0), logarithm(uniform(words.w[0], words.w[1]))));
  D cosine, sine;
  direction(uniform(words.w[2], words.w[3]), cosine, sine);
  first = hn::Mul(r, cosine);
  second = hn::Mul(r, sine);
}

/// Stores the first n lanes at most.
HWY_INLINE void store(D v, std::size_t n, double* to) {
  const Doubles d;
  if (n >= hn::Lanes(d)) {
    hn::StoreU(v, d, to);
  } else {
    hn::BlendedStore(v, hn::FirstN(d, n), d, to);
  }
}

void normal_pair_kernel(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                        std::uint32_t step, std::uint32_t lane, std::size_t n, double* first,
                        double* second) {
  const Longs dl;
  const std::uint32_t last = static_cast<std::uint32_t>(purpose) << 24 | lane;
  const L offset = hn::Iota(dl, 0);
  for (std::size_t i = 0; i < n; i += hn::Lanes(dl)) {
    D a, b;
    normals(philox(hn::Add(hn::Set(dl, first_path + i), offset), seed, step, last), a, b);
    store(a, n - i, first + i);
    store(b, n - i, second + i);
  }
}

/// The first attempt; 0 where it is rejected.
void mixing_kernel(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                   std::uint32_t step, const MixingConstants& constants, std::size_t n,
                   double* out) {
  const Doubles d;
  const Longs dl;
  const std::uint32_t last = static_cast<std::uint32_t>(purpose) << 24;
  const D one = hn::Set(d, 1.0);
  const D shape = hn::Set(d, constants.d);
  const L offset = hn::Iota(dl, 0);
  for (std::size_t i = 0; i < n; i += hn::Lanes(dl)) {
    const L path = hn::Add(hn::Set(dl, first_path + i), offset);
    const WideWords words = philox(path, seed, step, last | 1);
    D x, unused;
    normals(philox(path, seed, step, last), x, unused);
    const D root = hn::MulAdd(hn::Set(d, constants.c), x, one);
    const D v = hn::Mul(hn::Mul(root, root), root);
    const D u = uniform(words.w[0], words.w[1]);
    const D x2 = hn::Mul(x, x);
    const auto positive = hn::Gt(root, hn::Zero(d));
    auto accepted = hn::Lt(u, hn::NegMulAdd(hn::Mul(hn::Set(d, 0.0331), x2), x2, one));
    if (!hn::AllTrue(d, accepted)) {
      const D log_v = logarithm(hn::IfThenElse(positive, v, one));
      const D rest = hn::Mul(shape, hn::Add(hn::Sub(one, v), log_v));
      const D exact = hn::MulAdd(x2, hn::Set(d, 0.5), rest);
      accepted = hn::Or(accepted, hn::Lt(logarithm(u), exact));
    }
    const D chi_square = hn::Mul(hn::Set(d, 2.0), hn::Mul(shape, v));
    const D factor = hn::Sqrt(hn::Div(hn::Set(d, constants.nu), chi_square));
    store(hn::IfThenElseZero(hn::And(accepted, positive), factor), n - i, out + i);
  }
}

#endif

}  // namespace
}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace htdm {

HWY_EXPORT(normal_pair_kernel);
HWY_EXPORT(mixing_kernel);

void normal_pair_tile(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                      std::uint32_t step, std::uint32_t lane, std::size_t n, double* first,
                      double* second) {
  HWY_DYNAMIC_DISPATCH(normal_pair_kernel)
  (seed, purpose, first_path, step, lane, n, first, second);
}

void student_t_mixing_tile(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                           std::uint32_t step, double nu, std::size_t n, double* out) {
  const bool fast = nu >= 2 && std::isfinite(nu);
  if (fast) {
    const double d = nu / 2 - 1.0 / 3;
    HWY_DYNAMIC_DISPATCH(mixing_kernel)
    (seed, purpose, first_path, step, {nu, d, 1 / std::sqrt(9 * d)}, n, out);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (fast && out[i] != 0) continue;
    out[i] = student_t_mixing(Stream(seed, purpose, first_path + i), step, nu);
  }
}

}  // namespace htdm

#endif  // HWY_ONCE
