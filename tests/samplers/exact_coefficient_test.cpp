/// The identity behind t_sde_exact, (x - D) p = -sigma^2 grad(c^2 p), for data without symmetry.
#include "denoiser/exact_mixture.hpp"
#include "denoiser/posterior_at.hpp"
#include "samplers/kinds.hpp"
#include "samplers/step_law.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

using test::posterior_at;
using test::Vector;
constexpr double inf = std::numeric_limits<double>::infinity();

double squared_distance_of(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/// Data of two Gaussian parts under t_d(0, I, nu) noise.
struct Case {
  std::vector<MixturePart> parts;
  double nu, sigma;
};

/// The density of the data at x0 times (2 pi)^(d/2).
double data_density(const Case& c, const Vector& x0) {
  double sum = 0;
  for (const MixturePart& part : c.parts) {
    const double q = squared_distance_of(x0, part.center) / (part.scale * part.scale);
    sum += part.weight * std::exp(-q / 2) / std::pow(part.scale, x0.size());
  }
  return sum;
}

double noise_kernel(const Case& c, const Vector& x, const Vector& x0) {
  const double q = squared_distance_of(x, x0) / (c.sigma * c.sigma);
  return std::pow(1 + q / c.nu, -(c.nu + static_cast<double>(x.size())) / 2);
}

/// The density of x = x0 + sigma eps but for a factor that does not depend on x: the trapezoidal
/// rule over x0, whose error on these analytic terms is below 1e-14 relative.
double marginal(const Case& c, const Vector& x) {
  const double h = std::min(0.15, c.sigma / 3);
  const int n = static_cast<int>(6.5 / h);  // the parts are below 1e-15 there
  double sum = 0;
  Vector x0(x.size());
  const auto add_line = [&] {
    for (int i = -n; i <= n; ++i) {
      x0[0] = i * h;
      sum += data_density(c, x0) * noise_kernel(c, x, x0);
    }
  };
  if (x.size() == 1) {
    add_line();
  } else {
    for (int k = -n; k <= n; ++k) {
      x0[1] = k * h;
      add_line();
    }
  }
  return sum;
}

/// c^2 of the sampler's own step, from what the denoiser knows.
double squared_coefficient_at(const Case& c, const Vector& x) {
  const int d = static_cast<int>(x.size());
  const StepLaw law =
      t_sde_exact_step({.levels = {c.sigma, c.sigma / 2}, .nu = c.nu, .scheme = Scheme::euler}, d);
  const StepCoefficients numbers = law.coefficients({{}, c.sigma, c.sigma / 2, law.step_nu, d});
  const auto posterior = posterior_at(MixtureDenoiser(c.parts, c.nu), c.sigma, x);
  const double u2 = squared_norm(posterior.gap);
  return numbers.constant + numbers.quadratic * u2 + numbers.spread * (posterior.square - u2);
}

/// -sigma^2 grad(c^2 p)/p by central differences of fourth order.
Vector pull(const Case& c, const Vector& x) {
  const auto product = [&](std::size_t j, double step) {
    Vector y(x);
    y[j] += step;
    return squared_coefficient_at(c, y) * marginal(c, y);
  };
  const double h = 0.004 * (1 + std::sqrt(squared_norm(x)));
  Vector result(x.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double near = product(j, h) - product(j, -h),
                 far = product(j, 2 * h) - product(j, -2 * h);
    result[j] = -c.sigma * c.sigma * (8 * near - far) / (12 * h) / marginal(c, x);
  }
  return result;
}

/// Differences are good to 1e-6 of |x - D| + sigma. With nu + d in place of nu + d - 2 in c^2 they
/// are off by 2/(nu + d) of |x - D|, a fifth and more.
void expect_identity(const Case& c, const Vector& x) {
  const Vector gap = posterior_at(MixtureDenoiser(c.parts, c.nu), c.sigma, x).gap;
  const Vector found = pull(c, x);
  const double size = c.sigma * (1 + std::sqrt(squared_norm(gap)));
  for (std::size_t j = 0; j < x.size(); ++j) {
    EXPECT_NEAR(found[j], c.sigma * gap[j], 1e-6 * size)
        << "nu " << c.nu << " sigma " << c.sigma << " x_" << j << " " << x[j];
  }
}

TEST(ExactCoefficient, KeepsTheFlowInOneDimension) {
  const std::vector<MixturePart> parts{{0.3, {-1.2}, 0.5, inf}, {0.7, {0.8}, 0.65, inf}};
  for (const double nu : {2.5, 3.0, 8.0}) {
    for (const double sigma : {0.1, 0.5, 2.0, 20.0}) {
      for (const double x : {-40.0, -3.0, -0.9, 0.1, 1.7, 9.0, 300.0}) {
        expect_identity({parts, nu, sigma}, {x});
      }
    }
  }
}

TEST(ExactCoefficient, KeepsTheFlowInTwoDimensions) {
  const std::vector<MixturePart> parts{{0.3, {-1.2, 0.4}, 0.5, inf}, {0.7, {0.8, -0.3}, 0.65, inf}};
  for (const double nu : {2.5, 5.0}) {
    for (const double sigma : {0.3, 1.0, 8.0}) {
      for (const Vector& x : {Vector{-0.9, 0.7}, Vector{0.2, -2}, Vector{3, 1}, Vector{-40, 25}}) {
        expect_identity({parts, nu, sigma}, x);
      }
    }
  }
}

}  // namespace
}  // namespace htdm
