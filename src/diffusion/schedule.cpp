#include "diffusion/schedule.hpp"

#include "core/error.hpp"

#include <cmath>
#include <string>

namespace htdm {
namespace {

void check_schedule(const KarrasSchedule& s) {
  check_input(s.levels >= 2, "levels = " + std::to_string(s.levels) + " is below 2",
              "A reverse process needs a first and a last noise level", "Use 2 or more");
  check_input(s.sigma_min > 0 && s.sigma_min < s.sigma_max && std::isfinite(s.sigma_max),
              "sigma_min = " + std::to_string(s.sigma_min) + " and sigma_max = " +
                  std::to_string(s.sigma_max) + " do not satisfy 0 < sigma_min < sigma_max < inf",
              "Noise decreases from sigma_max to sigma_min", "Use for example 0.002 and 80");
  check_input(s.rho > 0 && std::isfinite(s.rho),
              "rho = " + std::to_string(s.rho) + " is not a positive number",
              "Levels are equally spaced in sigma^(1/rho)", "Use for example 7");
}

}  // namespace

std::vector<double> noise_levels(const KarrasSchedule& schedule) {
  check_schedule(schedule);
  const double top = std::pow(schedule.sigma_max, 1 / schedule.rho);
  const double bottom = std::pow(schedule.sigma_min, 1 / schedule.rho);
  const int last = schedule.levels - 1;
  std::vector<double> sigmas(schedule.levels, schedule.sigma_max);
  for (int i = 1; i < last; ++i) {
    const double fraction = static_cast<double>(i) / last;
    sigmas[i] = std::pow(top + fraction * (bottom - top), schedule.rho);
  }
  sigmas[last] = schedule.sigma_min;
  for (int i = 0; i < last; ++i) {
    check_input(sigmas[i + 1] < sigmas[i],
                "noise levels " + std::to_string(i) + " and " + std::to_string(i + 1) +
                    " coincide in double precision",
                "Every step must lower the noise", "Use fewer levels or a rho nearer to 7");
  }
  return sigmas;
}

}  // namespace htdm
