/// One step of a Markov chain on the line, applied to a density.
#pragma once

#include "samplers/law_panels.hpp"
#include "samplers/step_kernels.hpp"

#include <span>
#include <vector>

namespace htdm {

/// x -> m(x) + s(x) e with m = keep x + drift u, u(x) the value of the panels, and e ~ t(nu), or
/// N(0, 1) at nu = inf. s = noise sqrt(constant + quadratic u^2), or noise sqrt(third) where the
/// panels carry that.
///
/// The density after the step is f'(y) = integral f(x) g((y - m)/s)/s dx, summed panel by panel:
/// over the nodes of a panel where t = (y - m)/s varies by at most 4, else over its halves. Normal
/// kernels are cut at |t| = 14. s is taken as at least 1e-5 |x|, which keeps the rounding of x out
/// of t; in a tail x^-nu a step then errs by nu (nu + 1)/2 1e-10.
class LawKernel {
 public:
  enum class Variance { of_value, third };

  LawKernel(const StepCoefficients& step, double nu, std::span<const LawPanel> panels,
            Variance variance = Variance::of_value);

  /// f'(y).
  double density(double y) const;

 private:
  struct Source {
    NodeValues x, jacobian, log_density, value, third;  ///< jacobian: dx/dq times half the width
    NodeValues mean, scale;                             ///< of the step from x
  };

  double density(double y, const Source& source, int depth) const;
  double sum(double y, const Source& source) const;
  void set_step(Source& source) const;
  Source half(const Source& source, int side) const;

  StepCoefficients step_;
  Variance variance_;
  double nu_, log_constant_;
  std::vector<Source> sources_;
};

}  // namespace htdm
