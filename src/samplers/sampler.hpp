/// The Sampler seam: from a prior at sigma_max to D(x, sigma_min), in z-space.
#pragma once

#include "core/tile.hpp"
#include "denoiser/denoiser.hpp"
#include "diffusion/process.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace htdm {

/// How a step is taken; every kind of sampler has its own list.
enum class Scheme {
  euler,        ///< Euler-Maruyama: drift and noise frozen at the start of the step
  ancestral,    ///< D frozen, the linear rest solved exactly
  heun,         ///< second order in the drift, two calls a step
  exponential,  ///< of the ODE: D linear in ln sigma from two levels, the linear rest solved
                ///< exactly; second order, one call a step
};

/// Where in a step the noise coefficient is read: at its start, as the mean of both ends, at its
/// end.
enum class Convention { ito, stratonovich, hanggi };

/// As in study files.
std::string_view scheme_name(Scheme scheme);

struct SamplerOptions {
  std::vector<double> levels;  ///< decreasing noise levels sigma/mu, at least two
  double nu = 3;               ///< of the prior and, where the sampler has one, of its coefficient
  std::uint64_t seed = 42;
  Process process{};               ///< whose steps are taken; the state is y = x/mu
  std::optional<Scheme> scheme{};  ///< none: the first of the kind
  /// Degrees of freedom of the increments of a reverse SDE, > 2; 0: nu + d; inf: Gaussian.
  double increment_nu = std::numeric_limits<double>::infinity();
  Convention convention = Convention::ito;  ///< of t_sde by euler
  bool of_ode = false;  ///< of t_sde_exact: the denoiser is an ode_law_denoiser()
};

/// Sees the paths of a tile at every noise level on their way.
class LevelWatch {
 public:
  virtual ~LevelWatch() = default;

  /// Before the denoiser is asked at `level`: may put other states into columns of `x`.
  virtual void enter(std::size_t level, Tile<float> x) = 0;
  /// After it: u = (x - D)/sigma and, where it was asked for, square = E[|eps|^2 | x], else
  /// nullptr.
  virtual void see(std::size_t level, double sigma, Tile<const float> x, Tile<const float> u,
                   const float* square) = 0;
};

/// The same of one path in the plain reference, after the denoiser was asked; square: 0 where it
/// was not asked for.
using PathWatch = std::function<void(std::size_t level, double sigma, std::span<const double> x,
                                     std::span<const double> u, double square)>;

/// A sampler turns a path id into a sample; every draw is a pure function of (seed, path id).
/// With equal seeds and levels all samplers and all nu share their Wiener increments and the
/// normals of their prior.
class Sampler {
 public:
  virtual ~Sampler() = default;

  virtual int dimension() const = 0;
  virtual int network_calls_per_path() const = 0;

  /// The fast path: samples of paths first_path ... first_path + out.paths - 1 into the d rows of
  /// `out`, in single precision. Results do not depend on how paths are cut into tiles.
  virtual void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) const = 0;

  /// The plain reference: the same path in double precision (d numbers), one formula a line.
  /// Agrees with sample_tile to what rounding the state to single precision does.
  virtual void sample_path(std::uint64_t path, std::span<double> out) const = 0;

  // What rare events need; the default of each throws InputError.

  /// The states at sigma_max that these paths start from, zeros in the padding.
  virtual void start_tile(std::uint64_t first_path, Tile<float> x) const;
  virtual void start_path(std::uint64_t path, std::span<double> x) const;

  /// sample_tile from the starts in `x`, which are overwritten, padding included.
  virtual void sample_from(std::uint64_t first_path, Tile<float> x, Tile<float> out,
                           Scratch& scratch) const;

  /// From the states `x` at level `first`, which are overwritten, through all levels to the last
  /// with the noise of paths first_path, ...; of samplers with noise in their steps.
  virtual void walk_tile(std::uint64_t first_path, std::size_t first, Tile<float> x,
                         LevelWatch& watch, Scratch& scratch) const;
  virtual void walk_path(std::uint64_t path, std::size_t first, std::span<double> x,
                         const PathWatch& watch) const;
};

struct StepLaw;

/// One row of the table of samplers.
struct SamplerKind {
  std::string_view name;         ///< as in study files: "t_sde"
  std::string_view description;  ///< one line for `htdm defaults`
  int default_levels;
  bool gaussian_prior;              ///< starts from N(0, sigma_max^2 I); nu has no meaning
  double default_nu;                ///< 0: the model's
  std::span<const Scheme> schemes;  ///< the default first
  std::unique_ptr<Sampler> (*make)(std::shared_ptr<const Denoiser>, const SamplerOptions&);
  /// Its step as a Markov kernel; nullptr for a map of the start (t_ode).
  StepLaw (*step_law)(const SamplerOptions&, int dimension);
};

/// Every sampler the suite has; adding one is one file and one row.
std::span<const SamplerKind> sampler_kinds();

/// The row of `name`, or nullptr.
const SamplerKind* find_sampler_kind(std::string_view name);

/// The scheme that a sampler of `kind` takes. Throws InputError unless it is one of the kind's.
Scheme scheme_of(const SamplerKind& kind, const SamplerOptions& options);

/// The noise levels at which a sampler asks its denoiser: `options.levels` first, then those in
/// between.
std::vector<double> asked_levels(const SamplerKind& kind, const SamplerOptions& options);

}  // namespace htdm
