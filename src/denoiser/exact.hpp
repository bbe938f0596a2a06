/// Denoisers in closed form: the exact posterior of a known data law.
#pragma once

#include "denoiser/denoiser.hpp"

#include <utility>
#include <vector>

namespace htdm {

/// A denoiser that knows more of the posterior than its mean.
class ExactDenoiser : public Denoiser {
 public:
  bool knows_square() const override { return true; }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override = 0;
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    posterior(sigma, x, {.gap = gap});
  }
};

/// Data concentrated in one point x0: D = x0 for any noise.
class PointMassDenoiser : public ExactDenoiser {
 public:
  explicit PointMassDenoiser(std::vector<double> x0) : x0_(std::move(x0)) {}
  int dimension() const override { return static_cast<int>(x0_.size()); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override;

 private:
  std::vector<double> x0_;
};

/// Data N(mean, deviation^2) per component, Gaussian noise:
/// (x - D)/sigma = sigma (x - mean)/(sigma^2 + deviation^2), and the posterior variance over
/// sigma^2 is deviation^2/(sigma^2 + deviation^2).
class GaussianDenoiser : public ExactDenoiser {
 public:
  GaussianDenoiser(std::vector<double> mean, std::vector<double> deviation);
  int dimension() const override { return static_cast<int>(mean_.size()); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override;

 private:
  std::vector<double> mean_, deviation_;
};

/// Data center +- a with probability 1/2 each, noise t_d(0, I, nu), nu = inf the Gaussian:
/// D = center + a tanh(p artanh(B/A)), p = (nu + d)/2, y = x - center,
/// A = 1 + (|y|^2 + |a|^2)/(nu sigma^2), B = 2 a.y/(nu sigma^2); a tanh(a.y/sigma^2) at nu = inf.
/// p artanh(B/A) = (p/2) log1p(2B/(A - B)) with A - B = 1 + |y - a|^2/(nu sigma^2) formed directly.
/// Square: (|y - a|^2 + 4 q a.y)/sigma^2, a the nearer point and q the probability of the other.
class TwoPointDenoiser : public ExactDenoiser {
 public:
  TwoPointDenoiser(std::vector<double> center, std::vector<double> a, double nu);
  int dimension() const override { return static_cast<int>(a_.size()); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override;

 private:
  std::vector<double> center_, a_;
  double nu_;
};

}  // namespace htdm
