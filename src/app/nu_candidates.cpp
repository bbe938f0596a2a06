#include "app/nu_candidates.hpp"

#include "core/error.hpp"
#include "io/estimate_text.hpp"

#include <algorithm>
#include <cmath>

namespace htdm {

bool is_t_sde(const EntryPlan& entry) {
  return entry.section.kind == "t_sde";
}

bool is_t_sde_exact(const EntryPlan& entry) {
  return entry.section.kind == "t_sde_exact";
}

std::vector<double> default_candidates() {
  return {1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.3, 3.7, 4.3, 5.5, 8, 20};
}

std::vector<double> checked_candidates(const Plan& plan, const NuSettings& settings) {
  check_input(std::ranges::any_of(plan.entries, is_t_sde), "The study has no t_sde sampler",
              "Its nu is what is chosen", "Add a [samplers.t_sde] table");
  const DataSection& data = plan.study.data;
  check_input(data.kind != "file" || data.validation_samples() > 0,
              "data.validation_fraction = " + brief(data.validation_fraction, 2) +
                  " holds no rows of \"" + data.path + "\" out",
              "A sampling nu is chosen by rows that no model was trained on, and not by test rows",
              "Set it, for example --set data.validation_fraction=0.2");
  std::vector<double> candidates =
      settings.candidates.empty() ? default_candidates() : settings.candidates;
  std::ranges::sort(candidates);
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  check_input(candidates.size() >= 3,
              "--candidates gives " + std::to_string(candidates.size()) + " value(s) of nu",
              "The best is looked for between neighbours", "Give three or more");
  const double least = std::max(0, 2 - data.dimension);
  check_input(candidates.front() > least && !std::isnan(candidates.back()),
              "--candidates has nu = " + brief(candidates.front()),
              "The noise of t_sde divides by nu + d - 2, and its start needs nu > 0",
              "Give values above " + brief(least, 1));
  return candidates;
}

void keep_models_of_t_sde(Plan& plan) {
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    plan.models[i].needed = std::ranges::any_of(plan.entries, [&](const EntryPlan& entry) {
      return entry.model == i && (is_t_sde(entry) || is_t_sde_exact(entry));
    });
  }
}

std::optional<EntryPlan> exact_counterpart(const Plan& plan, const EntryPlan& entry,
                                           const Denoiser& denoiser, std::string& why) {
  EntryPlan rival = entry;
  rival.kind = find_sampler_kind("t_sde_exact");
  rival.section.kind = "t_sde_exact";
  rival.section.convention = "ito";
  rival.nu = plan.models[entry.model].nu;
  if (std::isinf(*rival.nu)) {
    why = "under Gaussian noise its coefficient is 1, that of ve_sde";
    return std::nullopt;
  }
  if (denoiser.knows_square()) {
    rival.section.scheme = scheme_name(rival.kind->schemes.front());
    return rival;
  }
  if (plan.study.data.dimension == 1 && entry.section.process == "ve") {
    rival.section.scheme = "euler";
    rival.section.coefficient = "ode_law";
    return rival;
  }
  why = "as model " + entry.section.model +
        " knows no second moment; a t_sde_exact table in the study has it trained";
  return std::nullopt;
}

}  // namespace htdm
