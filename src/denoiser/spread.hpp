/// The spread network: E[|eps|^2 | x] beside the posterior mean, for Student-t noise in any d.
///
/// With u = (x - D)/sigma of a trained D, a second network g says how far the posterior spreads:
///   E[|eps|^2 | x] = |u|^2 + (nu + |u|^2) e^g,
/// so the coefficient c*^2 = (nu + E[|eps|^2 | x])/(nu + d - 2) of t_sde_exact is
/// (nu + |u|^2)/(nu + d - 2) of t_sde times 1 + e^g, never below it. What g sees grows no faster
/// than a logarithm, y = c_in x:
///   r = y/sqrt(1 + |y|^2) (d numbers),   l = ln(1 + |y|^2)/2,   ln(sigma)/4;
/// so e^g grows like a power of |x| at most, and c*^2 ~ |x|^2/sigma^2 far out is built in.
///
/// c*^2 = a p'/p, a = nu/(nu - 2): p is the marginal of x = x0 + sigma eps, eps ~ t_d(0, I, nu),
/// and p' that of eps ~ t_d(0, a I, nu - 2). g is found as a balanced classifier of the two, of
/// which ln c*^2/a is the logit. See spread_lesson.hpp. Source: derived here.
#pragma once

#include "denoiser/model.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace htdm {

/// e^g is held here: its factor of c*^2 is then 2e17.
inline constexpr double largest_log_spread = 40;

/// y becomes r; returns l.
double spread_features(std::span<double> y);

/// E[|eps|^2 | x] from |u|^2 and g.
inline double spread_square(double nu, double gap_square, double g) {
  return gap_square + (nu + gap_square) * std::exp(std::min(g, largest_log_spread));
}

/// d + 2 inputs -> hidden ... -> 1.
std::vector<int> spread_widths(int dimension, const std::vector<int>& hidden);

}  // namespace htdm
