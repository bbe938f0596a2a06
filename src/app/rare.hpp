/// Probabilities of rare events of one entry: by which method, for how long, and with which doubt.
#pragma once

#include "app/law_levels.hpp"
#include "app/plan.hpp"
#include "app/replicas.hpp"
#include "io/rare.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"

#include <memory>
#include <vector>

namespace htdm {

/// What is known of the thresholds of one event after some replicas, in their order.
std::vector<RareEstimate> replica_estimates(const Replicas& replicas);

/// How many replicas to go on to: as many as the targets need at the present spread, at most four
/// times those that are there; those that are there where all targets are reached without doubt. An
/// error bar in doubt never ends it. `targets` by threshold, NaN for none.
std::uint64_t wanted_replicas(std::uint64_t present, const std::vector<RareEstimate>& estimates,
                              const std::vector<double>& targets);

/// What an entry is estimated with.
struct RareWork {
  const Plan& plan;
  std::size_t entry;
  std::shared_ptr<const Denoiser> denoiser;  ///< the model's
  std::shared_ptr<const Denoiser> used;      ///< its table where there is one
  const Normalization& scale;
  MarginalShelf& shelf;
  BlockDealer& dealer;
  const Communicator& world;
  int threads;
};

/// The estimates at all thresholds of the plan. method = "auto" takes a first round of replicas by
/// splitting (importance sampling for t_ode) and goes on with the method that by its spread needs
/// the fewest denoiser calls for the targets. Collective; the same on all ranks, for any layout.
/// Throws InputError for a method that does not fit, NumericalError where more paths are not finite
/// than the study allows.
RareEntry rare_entry(const RareWork& work);

}  // namespace htdm
