/// The neural denoiser: EDM (Gaussian noise) and t-EDM (Student-t noise).
#pragma once

#include "denoiser/denoiser.hpp"
#include "denoiser/model.hpp"

#include <memory>

namespace htdm {

/// gap(double) is the plain reference (Eigen, double precision, any shape); at_levels() folds the
/// sigma-dependent input of the first layer into one bias per level and runs the vector kernels.
/// They agree within 2e-6 of max(|D|, sigma), beside the rounding of a gap to single precision,
/// which is all that is seen in D = x - sigma gap where |x| is far above both.
///
/// A model with a spread network (spread.hpp) knows_square(); fast path and reference agree in
/// nu + square within 2e-5 of it, most of that from exp and from the logarithm of large |g|.
class NetworkDenoiser : public Denoiser {
 public:
  /// Throws InputError as check_model does.
  explicit NetworkDenoiser(std::shared_ptr<const Model> model);

  int dimension() const override { return model_->dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override;
  bool knows_square() const override { return !model_->spread.empty(); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override;
  std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const override;

  const Model& model() const { return *model_; }

 private:
  std::shared_ptr<const Model> model_;
};

}  // namespace htdm
