/// The law of a sampler's state at every noise level, beside the true marginal there.
#pragma once

#include "diffusion/normalization.hpp"
#include "diffusion/target.hpp"
#include "io/results.hpp"
#include "samplers/line_law.hpp"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace htdm {

/// What two grids say of one probability bounds its error: three times their difference, 1e-6 of it
/// for the smallest scale of a step (law_kernel.hpp), and 1e-23 for the dropped panels.
double law_error_bound(double fine, double coarse);

/// True marginals of a study, each computed once for all samplers that meet it.
class MarginalShelf {
 public:
  MarginalShelf(Target target, ForEachPanel each)
      : target_(std::move(target)), each_(std::move(each)) {}

  /// Not for data from a file, transformed data, and laws without a mean.
  bool knows(const Normalization& scale) const;
  /// The law of x0 + sigma e, e ~ t(nu), in z-space, to 1e-8; needs knows(scale). Collective.
  /// Throws NumericalError where mass is lost.
  const LineLaw& at(const Normalization& scale, double nu, double sigma);

  const Target& target() const { return target_; }
  const ForEachPanel& each() const { return each_; }

 private:
  Target target_;
  ForEachPanel each_;
  std::map<std::tuple<double, double, double, double>, LineLaw> laws_;
};

/// The laws of the state at all levels of a sampler, on two grids, and the noise t(nu) that its
/// model was trained under.
struct LevelLaws {
  const std::vector<double>& sigma;
  const std::vector<LineLaw>&fine, &coarse;
  double nu;
};

/// The state beside the true marginal at each level. Bounds hold 1e-6 for the error of the marginal
/// as well: of a probability, and for W1 of `scale`. Collective.
std::vector<LawMarginal> law_marginals(const LevelLaws& laws, const Normalization& scale,
                                       MarginalShelf& shelf);

/// Depths of the tails in law_marginals().
std::vector<double> marginal_depths();

/// Densities of the states, at 400 points per level. Collective.
std::vector<LawDensity> law_densities(const LevelLaws& laws, const Normalization& scale,
                                      MarginalShelf& shelf);

}  // namespace htdm
