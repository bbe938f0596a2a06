/// What a plan will cost, from short timings on this machine.
#pragma once

#include "app/plan.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace htdm {

struct Cost {
  std::vector<double> training_core_seconds;  ///< per model
  std::vector<double> sampling_core_seconds;  ///< per entry, with making its table
  double network_calls = 0;                   ///< of all sampling
  double memory_bytes = 0;                    ///< per rank, the largest

  double core_seconds() const;
};

/// Timings by what they depend on, so that points of a sweep share them.
using TimingCache = std::map<std::string, double>;

/// What the time of a training step depends on.
std::string step_shape(const Plan& plan, const ModelPlan& model);
/// What the time of a path of an entry depends on, but for the values of its parameters.
std::string path_shape(const Plan& plan, const EntryPlan& entry);

/// How much longer a step of the training of the spread network takes than one of its denoiser's.
double spread_step_ratio(const Plan& plan, const ModelPlan& model, TimingCache& cache);

/// Weights of the right shape: the cost of a network does not depend on their values.
std::shared_ptr<const Model> stand_in(const Plan& plan, const ModelPlan& model,
                                      const Normalization& normalization);

/// At most `most` points in the place of the training sample of an empirical model, whose cost goes
/// with their number, not their values; none for others.
std::vector<float> training_stand_in(const Plan& plan, const ModelPlan& model, std::int64_t most);

/// Time one minibatch of every model that is trained and one tile of every entry on one core (about
/// a tenth of a second each) and scale to the plan's sizes.
/// What `cache` knows is not timed again.
Cost estimate_cost(const Plan& plan, TimingCache& cache);

}  // namespace htdm
