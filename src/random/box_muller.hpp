/// Coefficients of the single-precision Box-Muller transform, shared by the vector kernel and its
/// scalar reference; the two do the same operations in the same order.
#pragma once

#include <cstdint>

namespace htdm::box_muller {

/// u = (w >> 1) 2^-31 + 2^-32.
inline constexpr float uniform_scale = 0x1p-31F;
inline constexpr float uniform_shift = 0x1p-32F;

/// u = 2^e (1 + x) with sqrt(1/2) <= 1 + x < sqrt(2): the bits of sqrt(1/2) rounded, and
///   -2 ln u = -2 ln 2 e + x (log_terms[0] + log_terms[1] x + ...), relative error 3.2e-8.
inline constexpr std::int32_t sqrt_half_bits = 0x3f3504f3;
inline constexpr float minus_two_ln2 = -1.38629436F;
inline constexpr float log_terms[] = {-2.0F,        1.0F,        -0.6666782F,
                                      0.5000267F,   -0.399262F,  0.33155304F,
                                      -0.29829016F, 0.28533864F, -0.17400803F};

/// v = (pi / 4) t with |t| <= 1: t = remainder of the word by a quarter turn, times 2^-29.
///   sin v = t (sin_terms[0] + sin_terms[1] t^2 + ...), relative error 2.8e-8,
///   cos v = 1 + t^2 (cos_terms[0] + cos_terms[1] t^2 + ...), relative error 4.4e-10.
inline constexpr float angle_scale = 0x1p-29F;
inline constexpr std::uint32_t eighth_turn = 0x20000000U;
inline constexpr std::uint32_t quarter_turn_bits = 0xc0000000U;
inline constexpr std::uint32_t odd_quarter = 0x40000000U;
inline constexpr std::uint32_t sign_bit = 0x80000000U;
inline constexpr float sin_terms[] = {0.7853982F, -0.08074583F, 0.0024910164F, -3.660915e-05F};
inline constexpr float cos_terms[] = {-0.30842513F, 0.015854284F, -0.0003258687F, 3.4940874e-06F};

}  // namespace htdm::box_muller
