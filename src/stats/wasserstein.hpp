/// Wasserstein-1 distance in one dimension, with linearised intervals.
#pragma once

#include "stats/intervals.hpp"

#include <functional>
#include <span>

namespace htdm {

/// A law on the line with a finite mean, as functions of x (or of the level p).
struct UnivariateLaw {
  std::function<double(double)> cdf;                  ///< F(x) = P(X <= x)
  std::function<double(double)> quantile;             ///< smallest x with F(x) >= p, 0 < p < 1
  std::function<double(double)> partial_expectation;  ///< integral of y dF(y) over y <= x
  double mean = 0;
};

/// The law of (X - mean)/deviation, deviation > 0.
UnivariateLaw standardised(const UnivariateLaw& law, double mean, double deviation);

/// An estimate of W1 = integral |F - G| dx between the laws behind two samples, or behind a sample
/// and a known law, from the gap F_n - G of the empirical distribution functions.
///
/// The standard error is that of the linearised functional: with s = sign(F_n - G) and the
/// potential U(x) = integral of s from a fixed point to x, the influence function of a sample point
/// is psi(x) = integral s(y)(1{x <= y} - F_n(y)) dy = mean U - U(x), so
///   standard_error^2 = Var_n(U(X))/n  (+ Var_m(U(Y))/m for a second sample).
/// The interval is [value - bias - z standard_error, value + z standard_error], cut at 0. `bias`
/// is for ranges where noise makes |gap| larger than it is: with the deviation w(y) of the gap,
/// w^2 = F_n(1 - F_n)/n (+ G_m(1 - G_m)/m), it adds sqrt(2/pi) integral w dy over every range of
/// one sign on which integral |gap| < 2 integral w, and nothing where the gap stands out.
/// Coverage measured at 95 % (Normal and t_3 laws, n = 400 to 20,000): 0.94 to 0.96 where the laws
/// clearly differ, up to 0.997 near equality, 0.98 or more at equality, where most intervals start
/// at 0. `value` itself stays biased
/// upwards near equality. Needs two finite moments to mean anything.
/// Source: del Barrio, Gine & Matran, Ann. Probab. 27 (1999), for the limit law; the bias term is
/// this project's and rests on the measurement.
struct W1Estimate {
  double value = 0;
  double standard_error = 0;
  Interval interval;
};

/// integral |F_a - F_b| dx of two sorted, non-empty samples of any sizes; for equal sizes this is
/// mean |a_(i) - b_(i)|. O(n + m).
W1Estimate w1_two_samples(std::span<const double> a, std::span<const double> b,
                          double confidence = 0.95);

/// integral |F_n - F| dx of a sorted, non-empty sample against `law`, both tails included and every
/// crossing of F with a step of F_n located by the law's quantile. The law is evaluated only where
/// the sign of F_n - F is not known from its neighbours: far fewer than n times.
W1Estimate w1_to_law(std::span<const double> sorted, const UnivariateLaw& law,
                     double confidence = 0.95);

}  // namespace htdm
