/// How heavy a tail is, from the data alone.
#pragma once

#include "stats/intervals.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// Why not to build on an estimate from so many exceedances: fewer than 30. Empty for no doubt.
std::string few_exceedances(std::size_t exceedances);

/// Hill's estimate of the tail index alpha in P(X > x) ~ x^-alpha.
struct TailIndex {
  double alpha = 0;   ///< inf when the tail has no two different positive values
  Interval interval;  ///< 95 %: alpha exp(+-1.96/sqrt(k)), from the normal limit of ln alpha
  std::size_t k = 0;  ///< order statistics used
};

/// alpha = k / sum_{i=1..k} ln(X_(i)/X_(k+1)) over the k largest of `magnitudes` (any order; those
/// that are not positive are left out). k = 0 chooses hill_size(n), at most n/2.
/// It is biased where the tail is not yet a power law at X_(k+1); its interval is that of sampling
/// alone. hill_doubt (stats/tail_report.hpp) finds such a bias where the sample shows it, and no
/// finite sample excludes it. Source: Hill, Ann. Stat. 3 (1975).
TailIndex hill_index(std::span<const double> magnitudes, std::size_t k = 0);

/// k for n positive magnitudes: n/100, at least 10, and beyond n = 5000 only 50 (n/5000)^(1/4).
/// The bias of a tail of second order rho is about (k/n)^|rho|, the standard error 1/sqrt(k). Both
/// are alike at k ~ n^(2|rho|/(1 + 2|rho|)) (Hall, J. R. Stat. Soc. B 44 (1982)), which is
/// n^(4/(nu + 4)) for Student-t draws, rho = -2/nu. With 1/4 the bias falls faster than the error
/// for nu < 12.
std::size_t hill_size(std::size_t n);

/// Probability that pure power tails have an index of the upper quarter of the k order statistics
/// at least so far, on either side, from that of all k. Exact: k/alpha_k is the sum of the first k
/// normalised spacings i ln(X_(i)/X_(i+1)), which are independent exponentials (Renyi 1953), so
/// with q = k/4 the ratio of q/alpha_q to it is Beta(q, k - q). 1 for k < 8 and where the sums say
/// nothing. `sorted` ascending.
double upper_quarter_p_value(std::span<const double> sorted, std::size_t k);

/// Hill's estimate for every k of a list: the Hill plot, flat where the tail is a power law.
/// `sorted` ascending; a k that leaves no positive X_(k+1) is left out.
std::vector<TailIndex> hill_plot(std::span<const double> sorted,
                                 std::span<const std::size_t> exceedances);

/// Numbers of order statistics for plots against them: at most `points`, in equal ratios from 10
/// (or fewer of a small sample) to `share` of the sample.
std::vector<std::size_t> tail_sizes(std::size_t n, std::size_t points = 24, double share = 0.25);

}  // namespace htdm
