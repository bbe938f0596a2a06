/// The draws of draws.hpp for a row of consecutive paths, in double precision.
///
/// Words are the same; logarithms and cosines are within 1e-15 of those of the standard library and
/// equal on AVX2 and AVX-512.
#pragma once

#include "random/stream.hpp"

#include <cstddef>
#include <cstdint>

namespace htdm {

/// normal_pair(Stream(seed, purpose, first_path + i).words(step, lane)) into first[i] and second[i]
/// for i < n.
void normal_pair_tile(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                      std::uint32_t step, std::uint32_t lane, std::size_t n, double* first,
                      double* second);

/// student_t_mixing(Stream(seed, purpose, first_path + i), step, nu) into out[i] for i < n.
/// Needs nu > 0; fast for nu >= 2, where Marsaglia and Tsang's first attempt nearly always holds.
void student_t_mixing_tile(std::uint64_t seed, Purpose purpose, std::uint64_t first_path,
                           std::uint32_t step, double nu, std::size_t n, double* out);

}  // namespace htdm
