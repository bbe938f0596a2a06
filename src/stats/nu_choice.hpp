/// Which degrees of freedom bring a family of laws nearest to counted data.
#pragma once

#include "stats/intervals.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace htdm {

/// Kullback-Leibler divergence per draw of frequencies q_b = counts[b]/n from a law:
/// sum q_b ln(q_b/probability[b]) >= 0, inf where the law never reaches a bin that holds draws.
/// 2 n times it is the likelihood-ratio statistic; at the right law it is chi-squared in the limit.
double bin_divergence(std::span<const std::uint64_t> counts, std::span<const double> probability);

/// Where the divergence is smallest.
struct NuChoice {
  double nu = 0;
  Interval interval;       ///< 95 %, percentiles of the bootstrap
  double divergence = 0;   ///< there, per draw
  double fit_p_value = 0;  ///< of 2 n divergence under chi-squared with bins - 2 degrees of freedom
  bool at_end = false;     ///< the best candidate, or an end of the interval, is the last of them
};

/// `candidates` ascending, at least three; probability[c][b] of bin b under candidate c. Between
/// the best candidate and its neighbours ln probability is a parabola in 1/nu. The bootstrap draws
/// the counts anew, `replicates` times, as n draws from their own frequencies (bins in turn, each
/// binomial given those before it, by inversion of uniform(replicate, bin) in (0, 1)).
/// The laws are taken as known: their own errors are no part of the interval.
NuChoice choose_nu(std::span<const double> candidates,
                   std::span<const std::vector<double>> probability,
                   std::span<const std::uint64_t> counts, std::uint64_t replicates,
                   const std::function<double(std::uint64_t, std::uint64_t)>& uniform);

}  // namespace htdm
