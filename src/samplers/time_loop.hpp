/// What the samplers share: checked options, the start, the loop over levels and the last D.
#pragma once

#include "samplers/prior.hpp"
#include "samplers/sampler.hpp"
#include "samplers/step_kernels.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace htdm {

/// A sampler over fixed levels: the start of its paths, its denoiser at the levels, and the output
/// D(x, sigma_min) = x - sigma_min u, u = (x - D)/sigma.
class LevelSampler : public Sampler {
 public:
  /// Throws InputError unless there are at least two levels, decreasing, positive and finite, and
  /// prior_nu > 0 (inf: Gaussian).
  LevelSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options,
               double prior_nu);

  int dimension() const override { return denoiser_->dimension(); }

 protected:
  // Slots of the scratch memory: 6 and 7 are left to each loop.
  static constexpr std::size_t x_slot = 4, u_slot = 5;

  std::size_t steps() const { return levels_.size() - 1; }
  double level(std::size_t i) const { return levels_[i]; }
  const Prior& prior() const { return prior_; }

  /// A d-row tile for `paths` paths in a slot of `scratch`.
  Tile<float> state(std::size_t paths, std::size_t slot, Scratch& scratch) const;

  /// u at level i: tiles in single precision, one path in double.
  void gap(std::size_t i, Tile<const float> x, Tile<float> u, Scratch& scratch) const {
    at_levels_->gap(i, x, u, scratch);
  }
  void gap(std::size_t i, std::span<const double> x, std::span<double> u) const;

  /// out = D(x, sigma_min); `u` is overwritten.
  void denoise(Tile<float> x, Tile<float> u, Tile<float> out, Scratch& scratch) const;
  void denoise(std::span<const double> x, std::span<double> u, std::span<double> out) const;

 private:
  std::shared_ptr<const Denoiser> denoiser_;
  std::vector<double> levels_;
  Prior prior_;
  std::unique_ptr<LevelDenoiser> at_levels_;
};

/// One step of one path in the plain reference.
struct PlainStep {
  double sigma;                 ///< the level of x
  double s;                     ///< the next level
  double nu;                    ///< step_nu of the StepLaw
  std::span<const double> u;    ///< (x - D(x, sigma))/sigma
  std::span<const double> tau;  ///< a draw of t_d(0, I, noise_nu)
};

/// A stochastic sampler as its file states it: the same step twice, as the numbers of the vector
/// kernel and as a plain formula that moves x from level sigma to level s.
struct StepLaw {
  double prior_nu;
  double step_nu;   ///< what the two functions get as nu
  double noise_nu;  ///< tau = z sqrt(noise_nu/kappa), a new kappa each step; inf: tau = z
  StepCoefficients (*coefficients)(double sigma, double s, double nu, int dimension);
  void (*plain)(const PlainStep& step, std::span<double> x);
};

/// The Euler-Maruyama loop (one denoiser call a step and one for the output) around a step law.
///
/// Component j of z at step i is draw i d + j of the path's Wiener stream, so samplers on equal
/// levels see equal increments. Throws InputError as LevelSampler does.
std::unique_ptr<Sampler> make_stochastic_sampler(std::shared_ptr<const Denoiser> denoiser,
                                                 const SamplerOptions& options, const StepLaw& law);

/// |u|^2.
double squared_norm(std::span<const double> u);

}  // namespace htdm
