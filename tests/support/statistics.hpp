/// p-values that statistical tests share. Each is two-sided and exact, or exact up to the stated
/// correction, and is itself tested: uniform under the null, small under a stated alternative.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace htdm::test {

/// Kolmogorov-Smirnov: P(D_n >= observed) when the sample is independent with distribution
/// function `cdf`, by Kolmogorov's limit law at the corrected statistic
///   sqrt(n) D + 1/(6 sqrt(n)) + (sqrt(n) D - 1)/(4 n),
/// whose error is O(n^-3/2). Returns 0 when a draw or its cdf is not a number.
/// Throws std::invalid_argument for an empty sample. Source: Vrbik, Pioneer J. Theor. Appl. Stat.
/// 15 (2018); the leading correction is Smirnov's.
double ks_p_value(std::vector<double> sample, const std::function<double(double)>& cdf);

/// Pearson's chi-square: upper tail of sum (observed - expected)^2 / expected with
/// cells - 1 - fitted degrees of freedom. Throws std::invalid_argument unless the sizes and the
/// totals agree, at least two cells remain and every expected count is at least 5.
double chi_square_p_value(const std::vector<std::uint64_t>& observed,
                          const std::vector<double>& expected, int fitted = 0);

/// P(|Z| >= |z|), Z ~ N(0, 1).
double normal_two_sided_p(double z);

/// Exact: min(1, 2 min(P(X <= count), P(X >= count))), X ~ Binomial(n, p), 0 <= p <= 1.
double binomial_two_sided_p(std::uint64_t count, std::uint64_t n, double p);

}  // namespace htdm::test
