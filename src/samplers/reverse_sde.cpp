#include "samplers/reverse_sde.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace htdm {
namespace {

/// c^2 = (nu + |w|^2 + rest)/(nu + d - 2), written so that it is 1 at nu = inf.
double squared_coefficient(const PlainStep& step, std::span<const double> w) {
  const double nu = step.place.nu, d = step.place.dimension;
  return (1 + (squared_norm(w) + step.rest) / nu) / (1 + (d - 2) / nu);
}

double reading_of(Convention convention) {
  if (convention == Convention::hanggi) return 1;
  return convention == Convention::stratonovich ? 0.5 : 0;
}

/// constant, quadratic and spread of c^2.
StepCoefficients of_coefficient(const StepPlace& place) {
  const double divisor = 1 + (place.dimension - 2) / place.nu;
  const double quadratic = 1 / place.nu / divisor;
  return {
      .drift = 0, .noise = 0, .constant = 1 / divisor, .quadratic = quadratic, .spread = quadratic};
}

StepCoefficients euler_numbers(const StepPlace& place) {
  const EulerStep step = euler_step(place.process, place.sigma, place.s);
  StepCoefficients numbers = of_coefficient(place);
  numbers.keep = step.keep;
  numbers.drift = step.drift;
  numbers.noise = step.noise;
  numbers.reading = place.reading;
  return numbers;
}

/// c^2 is the square.
StepCoefficients given_euler_numbers(const StepPlace& place) {
  StepCoefficients numbers = euler_numbers(place);
  numbers.constant = 0;
  numbers.quadratic = numbers.spread = 1;
  return numbers;
}

void plain_given_euler(const PlainStep& step, std::span<double> x) {
  const double c = std::sqrt(std::max(0.0, squared_norm(step.u) + step.rest));
  plain_euler_step(step.place, step.u, step.tau, c, x);
}

void plain_euler(const PlainStep& step, std::span<double> x) {
  double c = std::sqrt(squared_coefficient(step, step.u));
  if (!step.v.empty()) {
    const double weight = step.place.reading;
    c = (1 - weight) * c + weight * std::sqrt(squared_coefficient(step, step.v));
  }
  plain_euler_step(step.place, step.u, step.tau, c, x);
}

StepCoefficients ancestral_numbers(const StepPlace& place) {
  const double sigma = place.sigma, s = place.s, r = s / sigma;
  StepCoefficients numbers = of_coefficient(place);
  numbers.drift = -(sigma * sigma - s * s) / sigma;
  numbers.noise = s * std::sqrt(1 - r * r);
  // (1 - r^2)^2 sigma^2 over noise^2 is 1/r^2 - 1.
  numbers.spread += (1 / (r * r) - 1) / place.dimension;
  return numbers;
}

void plain_ancestral(const PlainStep& step, std::span<double> x) {
  const double sigma = step.place.sigma, s = step.place.s, d = step.place.dimension;
  const double r2 = s * s / (sigma * sigma);
  const double variance = r2 * (sigma * sigma - s * s) * squared_coefficient(step, step.u) +
                          (1 - r2) * (1 - r2) * sigma * sigma * step.rest / d;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double denoised = x[j] - sigma * step.u[j];
    x[j] = denoised + r2 * (x[j] - denoised) + std::sqrt(std::max(0.0, variance)) * step.tau[j];
  }
}

StepCoefficients heun_numbers(const StepPlace& place) {
  const HeunStep step = heun_step(place.process, place.sigma, halfway(place.sigma, place.s));
  const double r = place.s / place.sigma;
  StepCoefficients numbers = of_coefficient(place);
  numbers.keep = step.keep;
  numbers.drift = step.first;
  numbers.second = step.second;
  numbers.noise = place.s * std::sqrt(1 - r * r);
  return numbers;
}

void plain_heun(const PlainStep& step, std::span<double> x) {
  const Process& process = step.place.process;
  const double sigma = step.place.sigma, s = step.place.s, m = halfway(sigma, s);
  std::vector<double> p(x.size());
  plain_heun_predict(process, sigma, m, x, step.u, p);
  plain_heun_correct(process, sigma, m, p, step.u, step.v, x);
  const double scale = std::sqrt((s * s - m * m) * squared_coefficient(step, step.v));
  for (std::size_t j = 0; j < x.size(); ++j) x[j] += scale * step.tau[j];
}

}  // namespace

StepLaw reverse_sde_step(Scheme scheme, const SamplerOptions& options, Coefficient coefficient,
                         double step_nu, int dimension) {
  HTDM_EXPECTS(scheme != Scheme::exponential);
  const double increment_nu = options.increment_nu;
  StepLaw law{.prior_nu = options.nu,
              .step_nu = step_nu,
              .noise_nu = increment_nu == 0 ? options.nu + dimension : increment_nu,
              .coefficients = euler_numbers,
              .plain = plain_euler};
  check_input(law.noise_nu > 2, "the increments' nu is " + std::to_string(law.noise_nu),
              "Only above 2 do Student-t increments have the variance that the step needs",
              "Use a larger nu, or inf for Gaussian increments");
  law.noise_scale = std::sqrt(1 - 2 / law.noise_nu);
  law.reading = reading_of(options.convention);
  check_input(law.reading == 0 || (scheme == Scheme::euler && coefficient == Coefficient::gap),
              "a convention other than ito was asked for",
              "The coefficient is read at the end of Euler steps only, and that of t_sde_exact is "
              "derived for the Ito reading",
              "Use scheme = \"euler\" and t_sde, or the Ito convention");
  if (law.reading > 0) law.second_point = SecondPoint::end;
  law.asks_square = coefficient != Coefficient::gap;
  if (coefficient == Coefficient::given) {
    check_input(scheme == Scheme::euler && options.process.kind == Process::Kind::ve,
                "the coefficient from the law of t_ode with another scheme or process",
                "It is that of Euler steps of the variance-exploding process",
                "Set scheme = \"euler\" and process = \"ve\"");
    law.coefficients = given_euler_numbers;
    law.plain = plain_given_euler;
  }
  if (scheme == Scheme::ancestral) {
    law.coefficients = ancestral_numbers;
    law.plain = plain_ancestral;
  } else if (scheme == Scheme::heun) {
    law.coefficients = heun_numbers;
    law.plain = plain_heun;
    law.second_point = SecondPoint::halfway;
  }
  return law;
}

}  // namespace htdm
