/// The law of a Markov chain on the line, step by step, by quadrature: no samples, no noise.
#pragma once

#include "denoiser/denoiser.hpp"

#include <functional>
#include <vector>

namespace htdm::test {

using Cdf = std::function<double(double)>;

/// A law as its mass in cells that are narrow near 0 and widen in proportion to |x|: edges
/// core sinh(t), t evenly spaced, out to +-reach. A step places each cell's mass at its middle, so
/// distribution functions are off by about (cell/width of the kernel)^2, 1e-4 or less as used here.
class PropagatedLaw {
 public:
  PropagatedLaw(const Cdf& start, double core, double reach, std::size_t cells);

  const std::vector<double>& middles() const { return middles_; }

  /// x -> mean[k] + scale[k] e from the middle of cell k, e with distribution function `kernel`.
  void step(const std::vector<double>& mean, const std::vector<double>& scale, const Cdf& kernel);

  /// P(x <= value), linear inside cells.
  double cdf(double value) const;
  /// P(|x| > value).
  double two_sided_exceedance(double value) const { return cdf(-value) + 1 - cdf(value); }

 private:
  double core_, reach_parameter_;
  std::vector<double> edges_, middles_, at_edges_;
};

/// u = (x - D(x, sigma))/sigma at points of the line.
std::vector<double> gaps(const Denoiser& denoiser, double sigma, const std::vector<double>& x);

/// Distribution function of t_4, in closed form; the noise of t_chain at nu = 3, d = 1.
double student_t4_cdf(double x);

/// Distribution function of N(0, 1).
double normal_cdf(double x);

}  // namespace htdm::test
