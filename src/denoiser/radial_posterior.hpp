/// The posterior of spherical Gaussian and Student-t data under Gaussian and Student-t noise.
#pragma once

namespace htdm {

/// y = scale a + sigma b with a ~ t_d(0, I, nu_data), b ~ t_d(0, I, nu_noise), independent; nu =
/// inf is the Gaussian, scale = 0 a point.
struct RadialLaw {
  int dimension;
  double scale;
  double nu_data, nu_noise;
};

/// Moments of the posterior given |y| = r. It is symmetric about the line of y.
struct RadialPosterior {
  double log_density;  ///< ln of the density of y
  double data_share;   ///< E[scale a | y] = data_share y
  double noise_share;  ///< 1 - data_share, without cancellation: E[sigma b | y] = noise_share y
  double square;       ///< E[|b|^2 | y]
};

/// The posterior given |y|^2 = squared_radius, at any r up to 1e75 and sigma > 0.
///
/// Both laws are Gaussian given their mixing variables, N(0, lambda scale^2 I) and N(0, omega
/// sigma^2 I), lambda and omega inverse-gamma. In terms of the data's share rho = lambda scale^2/v
/// of the variance v = lambda scale^2 + omega sigma^2, E[scale a | y, rho, v] = rho y with variance
/// rho (1 - rho) v a component, and v is inverse-gamma given rho and y. That leaves one integral:
///   a = nu_data/2, b = nu_noise/2, A = a + b + d/2, H = a scale^2/rho + b sigma^2/(1 - rho) +
///   r^2/2, weight of u = ln(rho/(1 - rho)):  rho^-a (1 - rho)^-b H^-A,   E[v | rho, y] = H/(A -
///   1).
/// If one law is Gaussian, its mixing variable is 1 and the integral runs over the other's. The
/// trapezoidal rule in u converges geometrically: integrands are analytic for |Im u| < pi/2, and
/// every sum has positive terms only, so all moments are accurate relative to themselves, about
/// 1e-13 (1e-12 from d = 1000 on). A call costs 2 to 10 microseconds.
///
/// Closed forms: both Gaussian; a point; d = 1 with nu_data = nu_noise = 3, where with alpha =
/// sqrt(3) scale, beta = sqrt(3) sigma, w = alpha + beta, N = w^2 (w^2 + alpha beta) + y^2 (alpha^2
/// - alpha beta + beta^2):
///   density 2 w N/(pi (w^2 + y^2)^3),   data_share = alpha^2 (w^2 (w + 3 beta) + alpha y^2)/(w N).
/// Derived for this program; tested against quadrature over x0 itself.
RadialPosterior radial_posterior(const RadialLaw& law, double sigma, double squared_radius);

/// The same, always by quadrature; one nu must be finite and scale > 0.
RadialPosterior radial_quadrature(const RadialLaw& law, double sigma, double squared_radius);

}  // namespace htdm
