/// What is compared when a sampling nu is chosen: candidates, models and rivals without nu.
#pragma once

#include "app/plan.hpp"
#include "denoiser/denoiser.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

struct NuSettings {
  std::vector<double> candidates;  ///< empty: default_candidates()
  double tail = 0.5;               ///< probability beyond the first bin
  std::uint64_t paths = 0;         ///< of every candidate, counted; 0: laws in one dimension
};

bool is_t_sde(const EntryPlan& entry);
bool is_t_sde_exact(const EntryPlan& entry);

/// 1.6 to 20, closer together where the choice usually falls.
std::vector<double> default_candidates();

/// Sorted candidates, each once. Throws InputError for fewer than three or nu + d <= 2, for a study
/// without a t_sde sampler, and for data from a file of which no rows are held out.
std::vector<double> checked_candidates(const Plan& plan, const NuSettings& settings);

/// Leaves only those models of the plan to be trained that a t_sde or t_sde_exact names.
void keep_models_of_t_sde(Plan& plan);

/// t_sde_exact with the levels of a t_sde of this denoiser, or `why` there is none, in words.
std::optional<EntryPlan> exact_counterpart(const Plan& plan, const EntryPlan& entry,
                                           const Denoiser& denoiser, std::string& why);

}  // namespace htdm
