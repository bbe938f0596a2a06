/// What the samplers share: checked options, the start, the loop over levels and the last D.
#pragma once

#include "samplers/prior.hpp"
#include "samplers/sampler.hpp"
#include "samplers/step_law.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace htdm {

/// `levels` and, where steps have a second point, halfway(sigma, s) of every step after them.
std::vector<double> asked_levels(std::span<const double> levels, bool second_points);

/// A sampler over fixed levels: the start of its paths, its denoiser at the levels, and the output
/// D(x, sigma_min) = x - sigma_min u, u = (x - D)/sigma.
class LevelSampler : public Sampler {
 public:
  /// Throws InputError unless there are at least two levels, decreasing, positive and finite, and
  /// prior_nu > 0 (inf: Gaussian).
  LevelSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options,
               double prior_nu, bool second_points = false);

  int dimension() const override { return denoiser_->dimension(); }
  void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) const override;
  void start_tile(std::uint64_t first_path, Tile<float> x) const override;
  void start_path(std::uint64_t path, std::span<double> x) const override;

 protected:
  // Slots of the scratch memory: 6 to 10 are left to each loop.
  static constexpr std::size_t x_slot = 4, u_slot = 5;

  std::size_t steps() const { return levels_.size() - 1; }
  double level(std::size_t i) const { return levels_[i]; }
  const Process& process() const { return process_; }

  /// A d-row tile for `paths` paths in a slot of `scratch`.
  Tile<float> state(std::size_t paths, std::size_t slot, Scratch& scratch) const;

  /// u at level i of asked_levels() and, where `square` is not null (not false), E[|eps|^2 | x]:
  /// tiles in single precision, one path in double.
  void ask(std::size_t i, Tile<const float> x, Tile<float> u, float* square,
           Scratch& scratch) const {
    if (square != nullptr) {
      at_levels_->posterior(i, x, u, square, scratch);
    } else {
      at_levels_->gap(i, x, u, scratch);
    }
  }
  double ask(std::size_t i, std::span<const double> x, std::span<double> u,
             bool square = false) const;

  /// out = D(x, sigma_min); `u` is overwritten.
  void denoise(Tile<float> x, Tile<float> u, Tile<float> out, Scratch& scratch) const;
  void denoise(std::span<const double> x, std::span<double> u, std::span<double> out) const;

 private:
  std::shared_ptr<const Denoiser> denoiser_;
  std::vector<double> levels_, asked_;
  Process process_;
  Prior prior_;
  std::unique_ptr<LevelDenoiser> at_levels_;
};

/// The loop around a step law: one denoiser call a step, two where steps have a second point, and
/// one for the output.
///
/// Component j of z at step i is draw i d + j of the path's Wiener stream, so samplers on equal
/// levels see equal increments. Throws InputError as LevelSampler does, and where the law asks for
/// a square that the denoiser does not know.
std::unique_ptr<Sampler> make_stochastic_sampler(std::shared_ptr<const Denoiser> denoiser,
                                                 const SamplerOptions& options, const StepLaw& law);

}  // namespace htdm
