/// Probabilities of rare events by choosing where paths start: importance sampling of the radius of
/// the prior with strata, for samplers whose tail their start decides: t_ode, and in many
/// dimensions t_sde_exact, whose noise changes the radius of a path by little.
///
/// The start is sigma_max r e, e uniform on the sphere and r of the law P(r > R) = S(R) of
/// |t_d(0, I, nu)|. A replica has n points: n - 1 with ln S uniform, one in each of n - 1 equal
/// parts of (ln 1e-20, 0), weight S times the length of a part; and one with S uniform below
/// 1e-20, weight 1e-20. So every decade of the start's tail gets as many paths, the proposal is
/// heavier-tailed than the prior, and sums of weights are unbiased for any event and any sampler.
/// Where steps have noise, starts of the bulk, whose paths weigh most, may lead there so rarely
/// that no replica has shown it: least_rare_share() says whether such a part is in sight. Mixing
/// variable and normals of the prior are integrated out: only |start| is weighted.
#pragma once

#include "samplers/rare_event.hpp"
#include "samplers/sampler.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace htdm {

struct ImportanceOptions {
  std::vector<double> thresholds{};
  std::size_t points = 1000;  ///< n of a replica, at least 2
  std::uint64_t seed = 0;     ///< the sampler's own
  double sigma_max = 80;
  double nu = 3;  ///< of the prior
  std::size_t tile = 256;
};

/// A start: its distance from 0 over sigma_max, and its weight.
struct WeightedRadius {
  double radius, weight;
};

/// The share of the estimate that started in the least rare decade of starts that led beyond the
/// threshold at all, from sums of `of_decade` over replicas; 0 where this is the first decade,
/// beside which there is none more common, and for no estimate. Contributions that fall from decade
/// to decade towards the bulk leave little to those unseen; where the last is large, the next may
/// be larger.
double least_rare_share(std::span<const double> of_decade);

/// Point k of a replica in dimension d.
WeightedRadius weighted_radius(const ImportanceOptions& options, int dimension,
                               std::uint64_t replica, std::size_t k);

/// One replica; its path k starts at point k. Throws InputError where the sampler cannot
/// sample_from.
ReplicaResult sample_importance(const Sampler& sampler, const Score& score,
                                const ImportanceOptions& options, std::uint64_t replica,
                                Scratch& scratch);

/// The same with starts from the prior and equal weights: counting.
ReplicaResult sample_counting(const Sampler& sampler, const Score& score,
                              const ImportanceOptions& options, std::uint64_t replica,
                              Scratch& scratch);

}  // namespace htdm
