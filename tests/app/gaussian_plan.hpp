/// A plan that samples Gaussian data with its exact denoiser.
#pragma once

#include "app/plan.hpp"

#include <string>

namespace htdm::test {

/// Two dimensions, one ve_sde of 8 levels; `statistics` are the lines of that table.
inline Plan gaussian_plan(const std::string& statistics) {
  const std::string study = R"(
    [data]
    kind = "gaussian"
    dimension = 2
    [models.exact]
    kind = "exact"
    noise = "gaussian"
    [samplers.ve_sde]
    model = "exact"
    levels = 8
    [statistics])";
  return make_plan(parse_study(study + statistics, "test", "."), {nullptr});
}

}  // namespace htdm::test
