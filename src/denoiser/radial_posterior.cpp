#include "denoiser/radial_posterior.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace htdm {
namespace {

/// Both laws Gaussian, or the data in one point.
RadialPosterior gaussian_posterior(const RadialLaw& law, double sigma, double r2) {
  const double d = law.dimension, variance = law.scale * law.scale;
  const double total = variance + sigma * sigma;
  const double data = variance / total, noise = sigma * sigma / total;
  return {-d / 2 * std::log(2 * std::numbers::pi * total) - r2 / (2 * total), data, noise,
          noise * r2 / total + d * data};
}

RadialPosterior point_posterior(const RadialLaw& law, double sigma, double r2) {
  const double d = law.dimension, nu = law.nu_noise, square = r2 / (sigma * sigma);
  const double log_density = std::lgamma((nu + d) / 2) - std::lgamma(nu / 2) -
                             d / 2 * std::log(nu * std::numbers::pi * sigma * sigma) -
                             (nu + d) / 2 * std::log1p(square / nu);
  return {log_density, 0, 1, square};
}

/// d = 1, nu_data = nu_noise = 3.
RadialPosterior cubic_posterior(const RadialLaw& law, double sigma, double y2) {
  const double alpha = std::sqrt(3.0) * law.scale, beta = std::sqrt(3.0) * sigma;
  const double w = alpha + beta, w2 = w * w, both = alpha * beta;
  const double cubes = alpha * alpha * alpha + beta * beta * beta;
  const double n = w2 * (w2 + both) + y2 * (cubes / w);
  const double ratio = y2 / (w * n);  // of y^4 no power is formed
  return {std::log(2 * w * n / std::numbers::pi) - 3 * std::log(w2 + y2),
          alpha * alpha * (w2 * (w + 3 * beta) + alpha * y2) / (w * n),
          beta * beta * (w2 * (w + 3 * alpha) + beta * y2) / (w * n),
          3 * ((beta * y2 + cubes + 6 * both * w) * ratio + w2 * w * alpha * alpha / (w * n))};
}

/// rho and 1 - rho at u = ln(rho/(1 - rho)), with their logarithms.
struct Shares {
  explicit Shares(double u) {
    const double e = std::exp(-std::abs(u)), l = std::log1p(e);
    const double large = 1 / (1 + e), small = e / (1 + e);
    data = u > 0 ? large : small;
    noise = u > 0 ? small : large;
    log_data = u > 0 ? -l : u - l;
    log_noise = u > 0 ? -u - l : -l;
  }
  double data, noise, log_data, log_noise;
};

/// The integrand at one u. `variance` is that of one component of the posterior.
struct Node {
  double log_weight, variance;
};

/// Sums of weights scaled by their largest so far.
class Sums {
 public:
  /// ln of the weight, kept also relative to what the shares make of it.
  double add(const Shares& shares, const Node& node) {
    if (node.log_weight > top_) {
      const double factor = std::exp(top_ - node.log_weight);
      for (double* sum : {&mass, &data, &noise, &noise_squared, &variance}) *sum *= factor;
      top_ = node.log_weight;
    }
    top_data_ = std::fmax(top_data_, node.log_weight + shares.log_data);
    top_noise_ = std::fmax(top_noise_, node.log_weight + shares.log_noise);
    const double weight = std::exp(node.log_weight - top_);
    mass += weight;
    data += weight * shares.data;
    noise += weight * shares.noise;
    noise_squared += weight * shares.noise * shares.noise;
    variance += weight * node.variance;
    return node.log_weight;
  }

  /// Below these, nodes of the left and right tail change no moment.
  double left_end() const { return top_noise_ - 40; }
  double right_end() const { return top_data_ - 40; }
  double log_mass() const { return top_ + std::log(mass); }

  double mass = 0, data = 0, noise = 0, noise_squared = 0, variance = 0;

 private:
  double top_ = -inf, top_data_ = -inf, top_noise_ = -inf;
};

/// The integrand rises up to `low` and falls from `high` on.
struct Modes {
  double low, high;
};

/// Trapezoidal rule of step h over all u. `log_constant` belongs to the density.
template <class Integrand>
RadialPosterior integrate(const RadialLaw& law, double sigma, double r2, double h, Modes modes,
                          double log_constant, const Integrand& integrand) {
  Sums sums;
  const auto add = [&](double k) {
    const Shares shares(k * h);
    return sums.add(shares, integrand(k * h, shares));
  };
  const double first = std::floor(modes.low / h);
  double k = first;
  for (; k * h < modes.high; ++k) add(k);
  while (add(k) > sums.right_end()) ++k;
  for (k = first - 1; add(k) > sums.left_end();) --k;
  return {log_constant + std::log(h) + sums.log_mass(), sums.data / sums.mass,
          sums.noise / sums.mass,
          (sums.noise_squared * r2 + law.dimension * sums.variance) / (sums.mass * sigma * sigma)};
}

/// Integrands are at least as wide as 1/sqrt(exponent), and analytic in a strip.
double step(double exponent) {
  return std::fmin(0.25, 0.75 / std::sqrt(exponent));
}

RadialPosterior both_mixed(const RadialLaw& law, double sigma, double r2) {
  const double d = law.dimension, a = law.nu_data / 2, b = law.nu_noise / 2, sum = a + b + d / 2;
  const double data = a * law.scale * law.scale, noise = b * sigma * sigma;
  const double all = data + noise + r2 / 2;
  const Modes modes{-std::log((1 + 2 * a / (b + d / 2)) * (all / data)),
                    std::log((1 + 2 * b / (a + d / 2)) * (all / noise))};
  const double log_constant = a * std::log(data) + b * std::log(noise) + std::lgamma(sum) -
                              std::lgamma(a) - std::lgamma(b) -
                              d / 2 * std::log(2 * std::numbers::pi);
  return integrate(law, sigma, r2, step(sum), modes, log_constant,
                   [&](double /*u*/, const Shares& s) -> Node {
                     const double h = data / s.data + noise / s.noise + r2 / 2;
                     return {-a * s.log_data - b * s.log_noise - sum * std::log(h),
                             s.data * s.noise * h / (sum - 1)};
                   });
}

/// Gaussian noise: lambda = e^u sigma^2/scale^2, v = sigma^2/(1 - rho).
RadialPosterior data_mixed(const RadialLaw& law, double sigma, double r2) {
  const double d = law.dimension, a = law.nu_data / 2, noise = sigma * sigma;
  const double c = a * law.scale * law.scale / noise, exponent = r2 / (2 * noise);
  const Modes modes{std::log(c / (a + d / 2)), std::log((c + exponent) / a)};
  const double log_constant =
      a * std::log(c) - std::lgamma(a) - d / 2 * std::log(2 * std::numbers::pi * noise);
  return integrate(law, sigma, r2, step(a + d / 2), modes, log_constant,
                   [&](double u, const Shares& s) -> Node {
                     return {-a * u - c * std::exp(-u) + d / 2 * s.log_noise - exponent * s.noise,
                             s.data * noise};
                   });
}

/// Gaussian data: omega = e^-u scale^2/sigma^2, v = scale^2/rho.
RadialPosterior noise_mixed(const RadialLaw& law, double sigma, double r2) {
  const double d = law.dimension, b = law.nu_noise / 2, data = law.scale * law.scale;
  const double c = b * sigma * sigma / data, exponent = r2 / (2 * data);
  const Modes modes{-std::log((c + exponent) / b), -std::log(c / (b + d / 2))};
  const double log_constant =
      b * std::log(c) - std::lgamma(b) - d / 2 * std::log(2 * std::numbers::pi * data);
  return integrate(
      law, sigma, r2, step(b + d / 2), modes, log_constant, [&](double u, const Shares& s) -> Node {
        return {b * u - c * std::exp(u) + d / 2 * s.log_data - exponent * s.data, s.noise * data};
      });
}

}  // namespace

RadialPosterior radial_quadrature(const RadialLaw& law, double sigma, double squared_radius) {
  if (!std::isfinite(squared_radius)) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan, nan, nan};
  }
  if (std::isinf(law.nu_noise)) return data_mixed(law, sigma, squared_radius);
  if (std::isinf(law.nu_data)) return noise_mixed(law, sigma, squared_radius);
  return both_mixed(law, sigma, squared_radius);
}

RadialPosterior radial_posterior(const RadialLaw& law, double sigma, double squared_radius) {
  HTDM_EXPECTS(sigma > 0 && law.scale >= 0 && law.nu_data > 0 && law.nu_noise > 0);
  if (std::isinf(law.nu_noise) && (std::isinf(law.nu_data) || law.scale == 0)) {
    return gaussian_posterior(law, sigma, squared_radius);
  }
  if (law.scale == 0) return point_posterior(law, sigma, squared_radius);
  if (law.dimension == 1 && law.nu_data == 3 && law.nu_noise == 3) {
    return cubic_posterior(law, sigma, squared_radius);
  }
  return radial_quadrature(law, sigma, squared_radius);
}

}  // namespace htdm
