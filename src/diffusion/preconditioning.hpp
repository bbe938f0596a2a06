/// EDM preconditioning for Gaussian and Student-t noise, sigma_data = 1.
#pragma once

namespace htdm {

/// Noise of the forward process x = x0 + sigma eps: eps ~ t_d(0, I, nu); nu = inf is N(0, I).
/// Preconditioning needs nu > 2, where the noise has variance a sigma^2, a = 1/(1 - 2/nu).
///
///   D(x, sigma) = c_skip x + c_out F(c_in x, c_noise),
///   c_skip = 1/(a sigma^2 + 1),  c_out = sigma sqrt(a)/sqrt(a sigma^2 + 1),
///   c_in = 1/sqrt(a sigma^2 + 1),  c_noise = ln(sigma)/4.
///
/// The standardised gap (x - D)/sigma is formed without cancellation as gap_x x - gap_f F with
///   gap_x = a sigma/(a sigma^2 + 1),  gap_f = sqrt(a)/sqrt(a sigma^2 + 1).
/// Source: Karras et al. 2022 (a = 1); Pandey et al. 2025 (t-EDM).
struct Preconditioning {
  double c_skip, c_out, c_in, c_noise, gap_x, gap_f;

  /// Throws InputError unless nu > 2 and sigma > 0.
  static Preconditioning at(double sigma, double nu);
};

/// What the network F should return for x0 and eps, so that lambda |D - x0|^2 = |F - target|^2
/// with lambda = 1/c_out^2: target = (sqrt(a) sigma x0 - eps/sqrt(a))/sqrt(a sigma^2 + 1).
double network_target(double x0, double eps, double sigma, double nu);

}  // namespace htdm
