/// Noise levels of the variance-exploding process, where sigma is the clock.
#pragma once

#include <vector>

namespace htdm {

struct KarrasSchedule {
  int levels = 128;
  double sigma_max = 80;
  double sigma_min = 0.002;
  double rho = 7;
};

/// sigma_i = (sigma_max^{1/rho} + i/(n-1) (sigma_min^{1/rho} - sigma_max^{1/rho}))^rho,
/// i = 0 .. n-1, decreasing; ends are exact. Throws InputError unless n >= 2,
/// 0 < sigma_min < sigma_max and rho > 0. Source: Karras et al., NeurIPS 2022, eq. (5).
std::vector<double> noise_levels(const KarrasSchedule& schedule);

}  // namespace htdm
