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
class NetworkDenoiser : public Denoiser {
 public:
  /// Throws InputError as check_model does.
  explicit NetworkDenoiser(std::shared_ptr<const Model> model);

  int dimension() const override { return model_->dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override;
  std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const override;

  const Model& model() const { return *model_; }

 private:
  std::shared_ptr<const Model> model_;
};

}  // namespace htdm
