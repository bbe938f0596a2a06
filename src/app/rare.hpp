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
/// importance sampling and, where steps have noise, by splitting, and goes on with the method that
/// by their spread needs the least processor time for the targets (rare_cost.hpp), of those whose
/// first round tells enough, without the replicas that it was chosen by. Collective; the same on
/// all ranks, for any layout. Throws InputError for a method that does not fit, NumericalError
/// where more paths are not finite than the study allows.
RareEntry rare_entry(const RareWork& work);

}  // namespace htdm
