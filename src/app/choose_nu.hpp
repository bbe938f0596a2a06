/// The choice of nu from data: for training by fits, for sampling by held-out rows.
#pragma once

#include "app/law_levels.hpp"
#include "app/nu_candidates.hpp"
#include "app/nu_laws.hpp"
#include "app/plan.hpp"
#include "io/nu_report.hpp"

#include <memory>
#include <span>
#include <vector>

namespace htdm {

/// A study whose models are there, and where to work.
struct NuWork {
  const Plan& plan;
  std::span<const std::shared_ptr<const Denoiser>> denoisers;  ///< of the plan's models
  std::vector<Normalization> scales;                           ///< theirs
  NuSettings settings;
  MarginalShelf& shelf;
  NuSite site;
};

/// Training nu: a Student-t law fitted to the z-scored training sample (all of it), and the tail
/// indices of |z|. Sampling nu, for every t_sde sampler: that whose law has the smallest divergence
/// to the held-out rows in bins of |z| (bin_divergence), the laws propagated in one dimension and
/// counted on common random numbers in others; its interval is that of 500 bootstrap draws of the
/// held-out rows, and of the counted paths. Beside it the t_sde_exact samplers of the same model
/// or, where there are none and the second moment is known or d = 1, one with the same levels.
///
/// Held out is data.validation_fraction of the training sample; without one, of a law, a quarter as
/// many fresh draws. Collective; complete on rank 0; the same bits for any ranks and threads.
void choose_nus(const NuWork& work, NuReport& report);

}  // namespace htdm
