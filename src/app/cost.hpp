/// What a plan will cost, from short timings on this machine.
#pragma once

#include "app/plan.hpp"

#include <vector>

namespace htdm {

struct Cost {
  std::vector<double> training_core_seconds;  ///< per model
  std::vector<double> sampling_core_seconds;  ///< per entry, with making its table
  double network_calls = 0;                   ///< of all sampling
  double memory_bytes = 0;                    ///< per rank, the largest

  double core_seconds() const;
};

/// Time one minibatch of every model that is trained and one tile of every entry on one core (about
/// a tenth of a second each) and scale to the plan's sizes.
Cost estimate_cost(const Plan& plan);

}  // namespace htdm
