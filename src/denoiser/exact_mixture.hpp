/// Exact denoisers of spherical laws and of their mixtures, under Gaussian or Student-t noise.
#pragma once

#include "denoiser/exact.hpp"
#include "denoiser/radial_posterior.hpp"

#include <vector>

namespace htdm {

/// One part of a mixture: center + scale t_d(0, I, nu_data); nu_data = inf is the Gaussian and
/// scale = 0 a point.
struct MixturePart {
  double weight;
  std::vector<double> center;
  double scale;
  double nu_data;
};

/// Data of law sum_k weight_k part_k, noise t_d(0, I, nu): every part has a posterior by
/// radial_posterior(), and probabilities proportional to weight_k p_k(x) mix them. Errors of the
/// mean and of sigma gap are below 1e-10 max(|D|, sigma, |x - D|) for d up to 64 and |x| up to 1e6,
/// unless x lies within rounding of where two parts take turns; those of the square are relative.
class MixtureDenoiser : public ExactDenoiser {
 public:
  /// Throws InputError unless weights are positive, scales not negative and every nu positive.
  MixtureDenoiser(std::vector<MixturePart> parts, double nu);

  int dimension() const override { return static_cast<int>(parts_[0].center.size()); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override;
  /// Of a single part.
  std::optional<Ray> ray() const override;

 private:
  RadialLaw law(const MixturePart& part) const {
    return {dimension(), part.scale, part.nu_data, nu_};
  }

  std::vector<MixturePart> parts_;
  double nu_;
};

}  // namespace htdm
