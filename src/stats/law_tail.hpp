/// The tail of a law whose survival function is known at points: the report without a sample.
#pragma once

#include "stats/tail_report.hpp"

#include <span>
#include <string>

namespace htdm {

/// P(X > threshold) with a bound on its error.
struct LawPoint {
  double threshold = 0;
  double probability = 0;
  double error = 0;
};

/// Return levels and local tail indices -d ln P/d ln x of a law. ln x is a cubic in ln P through
/// four neighbouring points. Intervals are bounds: what the errors of the four move it by, and the
/// difference to the parabola through the three nearest points; for P(X > x) = x^-3 (1 + 1/x) at
/// points four to a decade they hold the truth and are 1e-4 wide at P = 1e-2
/// (tests/stats/law_tail_test.cpp). A probability outside the points is not resolved and has the
/// last threshold as its bound. `index` of the report is that at the smallest of `probabilities`
/// that is resolved, `shape` its inverse.
///
/// Points in any order; those with a threshold or probability that is not positive, or an error
/// above a tenth of the probability, are left out. Throws InputError when fewer than four are left.
TailReport law_tail_report(std::string name, std::span<const LawPoint> points,
                           std::span<const double> probabilities, const std::string& method);

}  // namespace htdm
