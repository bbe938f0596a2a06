#include "samplers/kinds.hpp"
#include "samplers/sampler.hpp"
#include "samplers/time_loop.hpp"

#include <array>

namespace htdm {
namespace {

constexpr std::array<SamplerKind, 5> kinds{{
    {.name = "ve_sde",
     .description = "Gaussian reverse SDE, Euler-Maruyama, Gaussian start",
     .default_levels = 128,
     .gaussian_prior = true,
     .default_nu = 0,
     .make = make_ve_sde,
     .step_law = ve_sde_step},
    {.name = "t_ode",
     .description = "probability-flow ODE, Heun, Student-t start",
     .default_levels = 64,
     .gaussian_prior = false,
     .default_nu = 0,
     .make = make_t_ode,
     .step_law = nullptr},
    {.name = "t_sde",
     .description = "reverse SDE with self-regulating noise, Euler-Maruyama, Student-t start",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 2.5,
     .make = make_t_sde,
     .step_law = t_sde_step},
    {.name = "t_sde_ablated",
     .description = "t_sde with the noise coefficient set to 1",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 2.5,
     .make = make_t_sde_ablated,
     .step_law = t_sde_ablated_step},
    {.name = "t_chain",
     .description = "ancestral chain of Student-t conditionals, Student-t start",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 0,
     .make = make_t_chain,
     .step_law = t_chain_step},
}};

}  // namespace

std::span<const SamplerKind> sampler_kinds() {
  return kinds;
}

const SamplerKind* find_sampler_kind(std::string_view name) {
  for (const SamplerKind& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace htdm
