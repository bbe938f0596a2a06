/// Distribution functions of the standard Normal and Student-t laws, valid for nu = inf.
#pragma once

namespace htdm {

/// Student-t law with `nu` degrees of freedom, location 0 and scale 1; nu = inf is N(0, 1).
/// Every function throws InputError unless nu > 0. Relative accuracy about 1e-13 (Boost.Math).
struct StudentTLaw {
  double nu;

  /// Density f(x).
  double pdf(double x) const;
  /// ln f(x), also where f(x) underflows.
  double log_pdf(double x) const;
  /// F(x) = P(X <= x); keeps relative accuracy for x < 0.
  double cdf(double x) const;
  /// 1 - F(x), with relative accuracy for x > 0.
  double survival(double x) const;
  /// x with F(x) = p, 0 < p < 1.
  double quantile(double p) const;
  /// x with 1 - F(x) = p; accurate for tiny p.
  double upper_quantile(double p) const;
  /// Integral of y f(y) over y <= x: -(nu + x^2)/(nu - 1) f(x); -f(x) at nu = inf. Needs nu > 1.
  double partial_expectation(double x) const;
};

/// x* with P(|X| > x*) = p for X = scale * t_d(0, I, nu), the Euclidean norm in d dimensions:
/// x* = scale sqrt(d F^-1_{d,nu}(1 - p)), F the Fisher law; chi-square at nu = inf.
double norm_upper_quantile(int dimension, double nu, double scale, double p);

/// P(|X| > x) for the same law.
double norm_survival(int dimension, double nu, double scale, double x);

/// P(chi'^2_d(lambda) > x) of the non-central chi-square law with `dimension` degrees of freedom.
double noncentral_chi_squared_survival(int dimension, double lambda, double x);

}  // namespace htdm
