#include "diffusion/process.hpp"

#include "core/error.hpp"
#include "diffusion/schedule.hpp"

#include <cmath>
#include <string>

namespace htdm {
namespace {

bool explodes(const Process& process) {
  return process.kind == Process::Kind::ve;
}

double beta_at(const Process& process, double lambda) {
  return process.beta_min + time_of(process, lambda) * (process.beta_max - process.beta_min);
}

}  // namespace

double time_of(const Process& process, double lambda) {
  if (explodes(process)) return lambda;
  // ln(1 + lambda^2) = beta_min t + (beta_max - beta_min) t^2/2, solved without subtraction.
  const double integral = std::log1p(lambda * lambda);
  const double slope = process.beta_max - process.beta_min;
  return 2 * integral /
         (process.beta_min + std::sqrt(process.beta_min * process.beta_min + 2 * slope * integral));
}

double level_at(const Process& process, double time) {
  if (explodes(process)) return time;
  const double slope = process.beta_max - process.beta_min;
  return std::sqrt(std::expm1(process.beta_min * time + slope * time * time / 2));
}

double signal(const Process& process, double lambda) {
  return explodes(process) ? 1 : 1 / std::hypot(1.0, lambda);
}

double signal_rate(const Process& process, double lambda) {
  return explodes(process) ? 0 : -beta_at(process, lambda) / 2;
}

double noise_rate(const Process& process, double lambda) {
  return explodes(process) ? std::sqrt(2 * lambda) : std::sqrt(beta_at(process, lambda));
}

EulerStep euler_step(const Process& process, double lambda, double next) {
  if (explodes(process)) {
    return {
        .keep = 1, .drift = 2 * (next - lambda), .noise = std::sqrt(lambda * lambda - next * next)};
  }
  const double mu = signal(process, lambda), mu_next = signal(process, next);
  const double h = time_of(process, lambda) - time_of(process, next);
  const double beta = beta_at(process, lambda);
  return {.keep = mu / mu_next * (1 + beta * h / 2),
          .drift = -beta * h / (mu * lambda * mu_next),
          .noise = std::sqrt(beta * h) / mu_next};
}

HeunStep heun_step(const Process& process, double lambda, double next) {
  if (explodes(process)) {
    const double h = next - lambda;
    return {.keep_predicted = 1, .predict = h, .keep = 1, .first = h / 2, .second = h / 2};
  }
  const double mu = signal(process, lambda), mu_next = signal(process, next);
  const double dt = time_of(process, next) - time_of(process, lambda);
  const double beta = beta_at(process, lambda), beta_next = beta_at(process, next);
  // dx/dt = -beta/2 x + beta/(2 sigma) u, sigma = mu lambda.
  const double ratio = mu / mu_next;
  HeunStep step{};
  step.keep_predicted = ratio * (1 - dt * beta / 2);
  step.predict = dt * beta / (2 * mu * lambda * mu_next);
  const double of_predicted = -dt * beta_next / 4;
  step.keep = ratio * (1 - dt * beta / 4) + of_predicted * step.keep_predicted;
  step.first = step.predict / 2 + of_predicted * step.predict;
  step.second = dt * beta_next / (4 * mu_next * next * mu_next);
  return step;
}

std::vector<double> even_time_levels(const Process& process, int levels, double sigma_max,
                                     double sigma_min) {
  check_input(process.beta_min > 0 && process.beta_min <= process.beta_max &&
                  std::isfinite(process.beta_max),
              "beta_min = " + std::to_string(process.beta_min) +
                  " and beta_max = " + std::to_string(process.beta_max) +
                  " do not satisfy 0 < beta_min <= beta_max < inf",
              "Noise is added at the rate beta, which grows from one to the other",
              "Use for example 0.1 and 20");
  // Also checks the levels asked for. rho = 1 is equal steps of sigma, the time of VE.
  std::vector<double> result =
      noise_levels({.levels = levels, .sigma_max = sigma_max, .sigma_min = sigma_min, .rho = 1});
  if (explodes(process)) return result;
  const double first = time_of(process, sigma_max), last = time_of(process, sigma_min);
  for (int i = 1; i + 1 < levels; ++i) {
    const double fraction = static_cast<double>(i) / (levels - 1);
    result[i] = level_at(process, first + fraction * (last - first));
  }
  return result;
}

}  // namespace htdm
