/// The posterior moments of an exact denoiser at one point, for tests.
#pragma once

#include "denoiser/denoiser.hpp"
#include "denoiser/gap_at.hpp"

namespace htdm::test {

struct PosteriorAt {
  Vector gap, mean;
  double square = 0;
};

inline PosteriorAt posterior_at(const Denoiser& denoiser, double sigma, const Vector& x) {
  PosteriorAt p{Vector(x.size()), Vector(x.size()), 0};
  denoiser.posterior(
      sigma, {x.data(), 1, 1},
      {.gap = {p.gap.data(), 1, 1}, .square = &p.square, .mean = {p.mean.data(), 1, 1}});
  return p;
}

}  // namespace htdm::test
