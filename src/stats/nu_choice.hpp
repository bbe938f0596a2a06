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

/// A divergence from the law behind the counts: that of the counts less the bias of its bootstrap,
/// which is (bins - 1)/(2 n) for a law that is right.
struct Divergence {
  double value = 0;
  Interval interval;  ///< 95 %, percentiles of the bootstrap less twice its bias
};

/// A law without nu beside the best of the family.
struct NuRival {
  Divergence divergence;
  Divergence excess;       ///< over that of the family at its best nu; may be negative
  double fit_p_value = 0;  ///< as below, with bins - 1 degrees of freedom
};

/// Where the divergence is smallest.
struct NuChoice {
  double nu = 0;
  Interval interval;  ///< 95 %, percentiles of the bootstrap
  Divergence divergence;
  double fit_p_value = 0;  ///< of 2 n divergence under chi-squared with bins - 2 degrees of freedom
  bool at_end = false;     ///< the best candidate, or an end of the interval, is the last of them
  std::vector<double> at_candidates{};  ///< divergences of the counts from every candidate
  std::vector<NuRival> rivals{};
};

/// laws[c][b]: probability of bin b under law c.
using BinLaws = std::vector<std::vector<double>>;

/// How counts, and laws that are counts themselves, are drawn anew in replicate r.
struct Bootstrap {
  std::uint64_t replicates = 0;
  /// Uniform in (0, 1), a pure function of (replicate, draw).
  std::function<double(std::uint64_t, std::uint64_t)> uniform;
  /// The laws of replicate r; none: laws are known, and their errors are no part of intervals.
  std::function<BinLaws(std::uint64_t)> laws{};
};

/// `candidates` ascending, at least three; `laws` are theirs, then those of rivals, which have no
/// nu. Between the best candidate and its neighbours ln probability is a parabola in 1/nu. The
/// bootstrap draws the counts anew as n draws from their own frequencies (bins in turn, each
/// binomial given those before it, by inversion of uniform(replicate, bin)), chooses nu for them,
/// and compares the rivals with that choice.
NuChoice choose_nu(std::span<const double> candidates, const BinLaws& laws,
                   std::span<const std::uint64_t> counts, const Bootstrap& bootstrap);

}  // namespace htdm
