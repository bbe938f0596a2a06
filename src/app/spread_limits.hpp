/// What is known of the coefficient c*^2 of t_sde_exact, checked on a learned one.
#pragma once

#include "denoiser/model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace htdm {

/// Both limits of SpreadLimit at sigma = 0.002, 0.02, 0.2, 2, 20 and 80, from 20,000 draws of the
/// spread network's training (spread_lesson.hpp) at each that it has not seen. Over these
///   E_p[w c^2] = 2 E[s (1 - y)],   a E_p'[w] = 2 E[(1 - s) y],   s = c^2/(c^2 + a),
/// whose terms are bounded, unlike c^2 itself. Its interval is that of the mean over 20 batches.
/// `model` has a spread network; `samples` as for its training, whose seed is that of the study.
std::vector<SpreadLimit> spread_limits(const Model& model, std::span<const float> samples,
                                       std::uint64_t seed);

}  // namespace htdm
