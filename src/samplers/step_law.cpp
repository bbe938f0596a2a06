#include "samplers/step_law.hpp"

#include <cmath>

namespace htdm {
namespace {

/// dx/dt = f x + g^2/(2 sigma) u at noise level lambda, for x = mu y.
double velocity(const Process& process, double lambda, double y, double u) {
  const double mu = signal(process, lambda), g = noise_rate(process, lambda);
  return signal_rate(process, lambda) * mu * y + g * g / (2 * mu * lambda) * u;
}

}  // namespace

StepCoefficients kernel_numbers(const StepLaw& law, const StepPlace& place) {
  StepCoefficients step = law.coefficients(place);
  step.noise *= law.noise_scale;
  return step;
}

double squared_norm(std::span<const double> u) {
  double sum = 0;
  for (double component : u) sum += component * component;
  return sum;
}

void plain_euler_step(const StepPlace& place, std::span<const double> u,
                      std::span<const double> tau, double c, std::span<double> y) {
  const Process& process = place.process;
  const double lambda = place.sigma, next = place.s;
  if (process.kind == Process::Kind::ve) {
    for (std::size_t j = 0; j < y.size(); ++j) {
      y[j] += 2 * (next - lambda) * u[j] + std::sqrt(lambda * lambda - next * next) * c * tau[j];
    }
    return;
  }
  const double mu = signal(process, lambda), sigma = mu * lambda;
  const double dt = time_of(process, next) - time_of(process, lambda);
  const double f = signal_rate(process, lambda), g = noise_rate(process, lambda);
  for (std::size_t j = 0; j < y.size(); ++j) {
    const double x = mu * y[j];
    const double moved = x + (f * x + g * g * u[j] / sigma) * dt + g * std::sqrt(-dt) * c * tau[j];
    y[j] = moved / signal(process, next);
  }
}

void plain_heun_predict(const Process& process, double lambda, double next,
                        std::span<const double> y, std::span<const double> u, std::span<double> p) {
  const double mu = signal(process, lambda), mu_next = signal(process, next);
  const double dt = time_of(process, next) - time_of(process, lambda);
  for (std::size_t j = 0; j < y.size(); ++j) {
    p[j] = (mu * y[j] + dt * velocity(process, lambda, y[j], u[j])) / mu_next;
  }
}

void plain_heun_correct(const Process& process, double lambda, double next,
                        std::span<const double> p, std::span<const double> u,
                        std::span<const double> v, std::span<double> y) {
  const double mu = signal(process, lambda), mu_next = signal(process, next);
  const double dt = time_of(process, next) - time_of(process, lambda);
  for (std::size_t j = 0; j < y.size(); ++j) {
    const double mean =
        (velocity(process, lambda, y[j], u[j]) + velocity(process, next, p[j], v[j])) / 2;
    y[j] = (mu * y[j] + dt * mean) / mu_next;
  }
}

}  // namespace htdm
