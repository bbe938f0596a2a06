/// Normals for a tile of consecutive paths in single precision: the noise of the sampling kernels.
#pragma once

#include "random/stream.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace htdm {

/// Draw n of a path is word n % 4 of step n / 4 of its stream, turned into N(0, 1) by Box-Muller
/// on the pairs of words (0, 1) and (2, 3):
///   u = (w_a >> 1) 2^-31 + 2^-32,  r = sqrt(-2 ln u),  v = pi 2^-31 int32(w_b),
///   (r cos v, r sin v),
/// in single precision; the angle is reduced to an eighth of a turn exactly, on the integer.
/// |z| <= sqrt(64 ln 2) = 6.66 by construction; P(|z| > 6.66) = 3e-11 is the mass left out.

/// The four normals of one step of one path: the plain scalar reference.
std::array<float, 4> normal_quad(const Words& words);

/// Four rows of normals for paths first_path .. first_path + n - 1:
/// out[k * stride + i] = normal_quad(Stream(seed, purpose, first_path + i).words(step))[k].
/// `n` is rounded up to a multiple of 16; stride >= that. Equal bits on every instruction set.
void normal_tile(std::uint64_t seed, Purpose purpose, std::uint64_t first_path, std::uint32_t step,
                 std::size_t n, std::size_t stride, float* out);

}  // namespace htdm
