/// Data scale t_3 under noise t_3 in one dimension.
#pragma once

#include "denoiser/exact_mixture.hpp"

namespace htdm::test {

/// The exact denoiser of scale t_3 data under t_3 noise, which is in closed form.
class StudentTDenoiser : public MixtureDenoiser {
 public:
  explicit StudentTDenoiser(double scale) : MixtureDenoiser({{1, {0}, scale, 3}}, 3) {}
};

}  // namespace htdm::test
