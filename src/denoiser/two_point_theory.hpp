/// The exact denoiser of two points as a map of their axis: fixed points, stability, bifurcation.
///
/// Data +-a, |a| = radius, in d dimensions; noise sigma t_d(0, I, nu), nu = inf the Gaussian.
/// States x are measured from the middle of the points, along a. D(x, sigma) lies on the axis
/// wherever x is, so every fixed point x = D does too, and across the axis the map contracts to 0
/// at once.
#pragma once

#include <vector>

namespace htdm {

/// tanh_q(u) = (e_q(u) - e_q(-u))/(e_q(u) + e_q(-u)), e_q(u) = max(0, 1 + (1 - q) u)^{1/(1 - q)},
/// computed as tanh(artanh((q - 1) u)/(q - 1)); tanh u at q = 1, and +-1 from |(q - 1) u| = 1 on.
double tanh_q(double u, double q);

/// x = D(x, sigma) with the two eigenvalues of the Jacobian of D there: the map and the flow
/// dx/d(ln sigma) = x - D, run to smaller sigma, are stable where both are below 1.
struct FixedPoint {
  double x = 0;
  double along = 0;   ///< dD/dx along the axis
  double across = 0;  ///< in the d - 1 directions across it

  bool stable() const { return along < 1; }
};

/// Source: Wakatsuki and Shimazaki, arXiv:2606.01645, for the denoiser; its fixed points in d > 1,
/// their amplitude and their slopes were derived for this project and are tested.
class TwoPointTheory {
 public:
  /// Throws InputError unless radius > 0, nu > 0 and dimension >= 1.
  TwoPointTheory(double radius, double nu, int dimension);

  double radius() const { return radius_; }

  /// D = radius tanh_q(u), q = 1 + 2/(nu + d), u = (nu + d) radius x/(nu sigma^2 + x^2 + radius^2);
  /// radius tanh(radius x/sigma^2) at nu = inf.
  double denoiser(double x, double sigma) const;

  /// dD/dx = radius sech^2(w) w', D = radius tanh w,
  /// w' = (1 + d/nu) radius (sigma^2 + (radius^2 - x^2)/nu)/(A- A+), A+- = sigma^2 + (x +-
  /// radius)^2/nu.
  double slope(double x, double sigma) const;

  /// The level where the origin loses its stability, dD/dx(0) = 1:
  /// sigma_c^2 = radius^2 (nu + d - 1)/nu; radius in d = 1 for every nu.
  double critical_sigma() const;

  /// The fixed point x* > 0, unique below the critical level; 0 at and above it. By bracketing
  /// (TOMS 748) of D(x)/x - 1 on [0, radius], to rounding.
  double branch(double sigma) const;

  /// lim x*/sqrt(sigma_c^2 - sigma^2) as sigma -> sigma_c: the square root of
  /// 3 nu p/((2p - 1)(p + 2)), p = (nu + d)/2; sqrt(3) at nu = inf. It is positive for all nu > 0,
  /// d >= 1: the bifurcation is a supercritical pitchfork.
  double amplitude() const;

  /// -x*, 0, x* below the critical level; else 0.
  std::vector<FixedPoint> fixed_points(double sigma) const;

 private:
  /// D = radius tanh w, for x >= 0.
  double argument(double x, double sigma) const;
  FixedPoint fixed_point(double x, double sigma) const { return {x, slope(x, sigma), 0}; }

  double radius_, nu_, dimension_;
};

}  // namespace htdm
