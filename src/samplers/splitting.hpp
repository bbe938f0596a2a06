/// Probabilities of rare events of a sampler with noise in its steps, by adaptive multilevel
/// splitting.
///
/// The score of a path at noise level sigma is the event's number of its denoised state D(x,
/// sigma), the last of which is the path's own. Where the sampler asks for E[|eps|^2 | x] on its
/// way (t_sde_exact), D is stretched to the length sqrt(E[|x0|^2 | x]) before: at large sigma a
/// path that may end far out has a D near 0. One replica:
///   1. N paths; M the largest score of each. Weight W = 1.
///   2. Z = the k-th smallest M. Those with M <= Z (K >= k of them where there are ties) are
///      killed: W <- W (N - K)/N. Each is drawn again as a copy of one of the survivors up to the
///      first level at which that one's score is above Z, and with noise of its own from there on.
///      Where nothing survives, the estimates that are left are 0.
///   3. Again from 2, until Z reaches the threshold: W #{paths that end above it}/N.
/// Its mean over replicas is the probability for any N, k and score, as it is at every threshold on
/// the way: where Z first reaches one is a stopping time. For an ideal score the relative variance
/// is -ln(p)/N.
/// Source: Brehier, Gazeau, Goudenege, Lelievre and Rousset, Ann. Appl. Probab. 26 (2016),
/// generalised adaptive multilevel splitting.
#pragma once

#include "samplers/rare_event.hpp"
#include "samplers/sampler.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace htdm {

struct SplittingOptions {
  std::vector<double> thresholds{};  ///< increasing
  std::size_t particles = 1000;      ///< N, at least 2
  double killed = 0.1;               ///< k is this share of N, at least 1; 0 < killed < 1
  std::uint64_t seed = 0;            ///< the sampler's own
  std::size_t steps = 0;             ///< of the sampler: its levels less one
  std::size_t tile = 256;            ///< paths that are walked together; changes no result
};

/// One replica. Below a weight of 1e-30 it counts as 0. Throws InputError where the sampler cannot
/// walk_tile.
ReplicaResult split(const Sampler& sampler, const Score& score, const SplittingOptions& options,
                    std::uint64_t replica, Scratch& scratch);

/// The plain reference: one particle after the other in double precision, with the same draws.
ReplicaResult plain_split(const Sampler& sampler, const Score& score,
                          const SplittingOptions& options, std::uint64_t replica);

}  // namespace htdm
