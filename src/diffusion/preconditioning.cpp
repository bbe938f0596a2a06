#include "diffusion/preconditioning.hpp"

#include "core/error.hpp"

#include <cmath>
#include <string>

namespace htdm {
namespace {

/// a = nu/(nu - 2), the variance of t(0, 1, nu); written so that nu = inf gives 1.
double noise_variance(double nu) {
  check_input(nu > 2, "nu = " + std::to_string(nu) + " is not above 2",
              "Preconditioning divides by the variance of the noise, which is infinite",
              "Use nu > 2, or inf for Gaussian noise");
  return 1 / (1 - 2 / nu);
}

void check_sigma(double sigma) {
  check_input(sigma > 0 && std::isfinite(sigma),
              "noise level sigma = " + std::to_string(sigma) + " is not a positive number",
              "The network sees ln(sigma)", "Use sigma > 0");
}

}  // namespace

Preconditioning Preconditioning::at(double sigma, double nu) {
  const double a = noise_variance(nu);
  check_sigma(sigma);
  const double variance = a * sigma * sigma + 1;
  const double deviation = std::sqrt(variance);
  const double gap_f = std::sqrt(a) / deviation;
  return {.c_skip = 1 / variance,
          .c_out = sigma * gap_f,
          .c_in = 1 / deviation,
          .c_noise = std::log(sigma) / 4,
          .gap_x = a * sigma / variance,
          .gap_f = gap_f};
}

double network_target(double x0, double eps, double sigma, double nu) {
  const double a = noise_variance(nu);
  check_sigma(sigma);
  const double root = std::sqrt(a);
  return (root * sigma * x0 - eps / root) / std::sqrt(a * sigma * sigma + 1);
}

}  // namespace htdm
