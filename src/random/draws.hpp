/// Scalar draws in double precision: uniform, normal, gamma, chi-square, Student-t.
#pragma once

#include "random/stream.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace htdm {

/// U(0, 1) with 52 random bits, never 0 or 1: (k + 1/2) 2^-52 exactly, from two words.
double open_uniform(std::uint32_t high, std::uint32_t low);

/// Uniform integer in [0, bound) without bias (Lemire's rejection; spends lanes of `step`).
std::uint64_t uniform_below(const Stream& stream, std::uint32_t step, std::uint64_t bound);

/// Two independent N(0, 1) from four words (Box-Muller in double precision).
std::array<double, 2> normal_pair(const Words& words);

/// Independent N(0, 1) components: out[j] is draw j of `step` (lane j/2).
void standard_normals(const Stream& stream, std::uint32_t step, std::span<double> out);

/// Gamma(shape, 1): Marsaglia and Tsang (2000); shape < 1 by their boosting identity.
/// Attempt k reads lanes 2k and 2k + 1 of `step`. Throws InputError unless shape > 0 and finite.
double gamma(const Stream& stream, std::uint32_t step, double shape);

/// Chi-square with nu > 0 degrees of freedom: 2 Gamma(nu/2, 1).
double chi_square(const Stream& stream, std::uint32_t step, double nu);

/// sqrt(nu / kappa), kappa ~ chi-square(nu): the factor that turns a normal vector into a
/// Student-t vector. Exactly 1 at nu = inf (no word is read).
double student_t_mixing(const Stream& mixing, std::uint32_t step, double nu);

/// t_d(0, I, nu), d = out.size(): z sqrt(nu / kappa), one kappa per vector.
/// z comes from `normals`, kappa from `mixing`, so the normals do not depend on nu.
void student_t(const Stream& normals, const Stream& mixing, std::uint32_t step, double nu,
               std::span<double> out);

}  // namespace htdm
