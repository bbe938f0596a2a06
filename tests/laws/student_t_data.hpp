/// Data scale t_3 under noise t_3 in one dimension: the posterior mean in closed form.
#pragma once

#include "denoiser/denoiser.hpp"

#include <cmath>

namespace htdm::test {

/// D(x, sigma) = alpha^2 x [w^2 (w + 3 beta) + alpha x^2]/(w N) with alpha = sqrt(3) scale,
/// beta = sqrt(3) sigma, w = alpha + beta, N = w^2 (w^2 + alpha beta) + x^2 (alpha^2 - alpha beta +
/// beta^2). Both laws are rational functions of |Fourier variable| times exp(-|.|), which makes
/// every integral elementary.
class StudentTDenoiser : public Denoiser {
 public:
  explicit StudentTDenoiser(double scale) : scale_(scale) {}

  int dimension() const override { return 1; }

  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    const double alpha = std::sqrt(3.0) * scale_, beta = std::sqrt(3.0) * sigma;
    const double w = alpha + beta;
    for (std::size_t i = 0; i < x.paths; ++i) {
      const double y = x.row(0)[i];
      const double n =
          w * w * (w * w + alpha * beta) + y * y * (alpha * alpha - alpha * beta + beta * beta);
      const double d = alpha * alpha * y * (w * w * (w + 3 * beta) + alpha * y * y) / (w * n);
      gap.row(0)[i] = (y - d) / sigma;
    }
  }

 private:
  double scale_;
};

}  // namespace htdm::test
