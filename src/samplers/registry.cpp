#include "core/error.hpp"
#include "samplers/kinds.hpp"
#include "samplers/sampler.hpp"
#include "samplers/time_loop.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace htdm {
namespace {

constexpr std::array sde_schemes{Scheme::euler, Scheme::ancestral, Scheme::heun};
constexpr std::array exact_schemes{Scheme::ancestral, Scheme::heun, Scheme::euler};
constexpr std::array ode_schemes{Scheme::heun, Scheme::exponential};
constexpr std::array chain_schemes{Scheme::ancestral};

constexpr std::array<SamplerKind, 6> kinds{{
    {.name = "ve_sde",
     .description = "Gaussian reverse SDE, Euler-Maruyama, Gaussian start",
     .default_levels = 128,
     .gaussian_prior = true,
     .default_nu = 0,
     .schemes = sde_schemes,
     .make = make_ve_sde,
     .step_law = ve_sde_step},
    {.name = "t_ode",
     .description = "probability-flow ODE, Heun, Student-t start",
     .default_levels = 64,
     .gaussian_prior = false,
     .default_nu = 0,
     .schemes = ode_schemes,
     .make = make_t_ode,
     .step_law = nullptr},
    {.name = "t_sde",
     .description = "reverse SDE with self-regulating noise, Euler-Maruyama, Student-t start",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 2.5,
     .schemes = sde_schemes,
     .make = make_t_sde,
     .step_law = t_sde_step},
    {.name = "t_sde_ablated",
     .description = "t_sde with the noise coefficient set to 1",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 2.5,
     .schemes = sde_schemes,
     .make = make_t_sde_ablated,
     .step_law = t_sde_ablated_step},
    {.name = "t_sde_exact",
     .description = "t_sde with the coefficient that keeps the true marginals, known or learned",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 0,
     .schemes = exact_schemes,
     .make = make_t_sde_exact,
     .step_law = t_sde_exact_step},
    {.name = "t_chain",
     .description = "ancestral chain of Student-t conditionals, Student-t start",
     .default_levels = 128,
     .gaussian_prior = false,
     .default_nu = 0,
     .schemes = chain_schemes,
     .make = make_t_chain,
     .step_law = t_chain_step},
}};

[[noreturn]] void refuse(const char* what) {
  fail_input(std::string("this sampler cannot ") + what,
             "Rare events are sampled by starting its paths elsewhere",
             "Use counting, or importance sampling for t_ode and splitting for the others");
}

}  // namespace

void Sampler::start_tile(std::uint64_t, Tile<float>) const {
  refuse("say where its paths start");
}

void Sampler::start_path(std::uint64_t, std::span<double>) const {
  refuse("say where its paths start");
}

void Sampler::sample_from(std::uint64_t, Tile<float>, Tile<float>, Scratch&) const {
  refuse("start from given states");
}

void Sampler::walk_tile(std::uint64_t, std::size_t, Tile<float>, LevelWatch&, Scratch&) const {
  refuse("be started between levels: its steps have no noise");
}

void Sampler::walk_path(std::uint64_t, std::size_t, std::span<double>, const PathWatch&) const {
  refuse("be started between levels: its steps have no noise");
}

std::span<const SamplerKind> sampler_kinds() {
  return kinds;
}

const SamplerKind* find_sampler_kind(std::string_view name) {
  for (const SamplerKind& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::string_view scheme_name(Scheme scheme) {
  switch (scheme) {
    case Scheme::euler:
      return "euler";
    case Scheme::ancestral:
      return "ancestral";
    case Scheme::heun:
      return "heun";
    case Scheme::exponential:
      break;
  }
  return "exponential";
}

Scheme scheme_of(const SamplerKind& kind, const SamplerOptions& options) {
  const Scheme scheme = options.scheme.value_or(kind.schemes.front());
  std::string known;
  for (const Scheme other : kind.schemes) {
    known.append(known.empty() ? "" : ", ").append(scheme_name(other));
  }
  check_input(
      std::ranges::find(kind.schemes, scheme) != kind.schemes.end(),
      std::string(kind.name) + " has no scheme \"" + std::string(scheme_name(scheme)) + "\"",
      "Its steps are taken in ways of their own", "Use one of " + known);
  return scheme;
}

std::vector<double> asked_levels(const SamplerKind& kind, const SamplerOptions& options) {
  // Any dimension: the points in between are the scheme's.
  const bool between =
      kind.step_law != nullptr && kind.step_law(options, 3).second_point == SecondPoint::halfway;
  return asked_levels(options.levels, between);
}

}  // namespace htdm
