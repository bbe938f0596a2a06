#include "denoiser/two_point_theory.hpp"

#include "core/error.hpp"

#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

namespace htdm {

double tanh_q(double u, double q) {
  if (q == 1) return std::tanh(u);
  const double v = (q - 1) * u;
  if (std::abs(v) >= 1) return std::copysign(1.0, u);
  return std::tanh(std::atanh(v) / (q - 1));
}

TwoPointTheory::TwoPointTheory(double radius, double nu, int dimension)
    : radius_(radius), nu_(nu), dimension_(dimension) {
  check_input(radius > 0 && std::isfinite(radius) && nu > 0 && dimension >= 1,
              "two points at distance " + std::to_string(radius) + " from their middle, nu = " +
                  std::to_string(nu) + ", in dimension " + std::to_string(dimension),
              "Their posterior mean needs a positive distance, nu > 0 and a dimension of 1 or more",
              "Change data.separation, the noise or data.dimension");
}

double TwoPointTheory::argument(double x, double sigma) const {
  const double variance = sigma * sigma;
  if (std::isinf(nu_)) return radius_ * x / variance;
  const double nearer = variance + (x - radius_) * (x - radius_) / nu_;
  return (nu_ + dimension_) / 4 * std::log1p(4 * radius_ * x / nu_ / nearer);
}

double TwoPointTheory::denoiser(double x, double sigma) const {
  return std::copysign(radius_ * std::tanh(argument(std::abs(x), sigma)), x);
}

double TwoPointTheory::slope(double x, double sigma) const {
  const double variance = sigma * sigma;
  const double nearer = variance + (x - radius_) * (x - radius_) / nu_;
  const double farther = variance + (x + radius_) * (x + radius_) / nu_;
  const double rate = (1 + dimension_ / nu_) * radius_ *
                      (variance + (radius_ * radius_ - x * x) / nu_) / nearer / farther;
  const double cosine = std::cosh(argument(std::abs(x), sigma));
  return radius_ * rate / cosine / cosine;
}

double TwoPointTheory::critical_sigma() const {
  return radius_ * std::sqrt(1 + (dimension_ - 1) / nu_);
}

double TwoPointTheory::branch(double sigma) const {
  const double critical = critical_sigma();
  if (sigma >= critical) return 0;
  // dD/dx(0) - 1, without subtracting what is nearly equal.
  const double at_origin =
      (critical - sigma) * (critical + sigma) / (sigma * sigma + radius_ * radius_ / nu_);
  const auto excess = [&](double x) { return x > 0 ? denoiser(x, sigma) / x - 1 : at_origin; };
  const double at_radius = excess(radius_);
  if (at_radius >= 0) return radius_;  // tanh has rounded to 1
  std::uintmax_t most = 200;
  const auto [low, high] =
      boost::math::tools::toms748_solve(excess, 0.0, radius_, at_origin, at_radius,
                                        boost::math::tools::eps_tolerance<double>(52), most);
  return low + (high - low) / 2;
}

double TwoPointTheory::amplitude() const {
  if (std::isinf(nu_)) return std::sqrt(3.0);
  const double p = (nu_ + dimension_) / 2;
  return std::sqrt(3 * nu_ / (2 * p - 1) * (p / (p + 2)));
}

std::vector<FixedPoint> TwoPointTheory::fixed_points(double sigma) const {
  const double x = branch(sigma);
  if (x == 0) return {fixed_point(0, sigma)};
  return {fixed_point(-x, sigma), fixed_point(0, sigma), fixed_point(x, sigma)};
}

}  // namespace htdm
