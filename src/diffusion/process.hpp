/// Forward processes x_t = mu_t x0 + sigma_t e, in the coordinates y = x/mu.
///
/// y = x0 + lambda e with lambda = sigma/mu, the noise level: in y every process has the marginals
/// of the variance-exploding one, and one denoiser D(y, lambda) serves all. Processes differ in how
/// a numerical step of theirs, taken in x and their own time, looks in y, and in where equal steps
/// of time put the levels. Symbols: f = mu'/mu, g^2 = (sigma^2)' - 2 f sigma^2, primes are time
/// derivatives; u = (y - D)/lambda = (x - mu D)/sigma.
#pragma once

#include <vector>

namespace htdm {

/// Variance-exploding: mu = 1, sigma the clock. Variance-preserving: dx = -beta/2 x dt +
/// sqrt(beta) dw, beta(t) = beta_min + t (beta_max - beta_min), mu^2 = 1/(1 + lambda^2) =
/// exp(-integral of beta), sigma^2 = 1 - mu^2. Source: Song et al., ICLR 2021, whose range of beta
/// is the default.
struct Process {
  enum class Kind { ve, vp };
  Kind kind = Kind::ve;
  double beta_min = 0.1, beta_max = 20;  ///< of vp; 0 < beta_min <= beta_max

  friend bool operator==(const Process&, const Process&) = default;
};

/// The time at which a process has noise level lambda: lambda itself for VE.
double time_of(const Process& process, double lambda);
/// Its inverse.
double level_at(const Process& process, double time);

/// mu at noise level lambda.
double signal(const Process& process, double lambda);
/// f and g at noise level lambda; VE: 0 and sqrt(2 lambda).
double signal_rate(const Process& process, double lambda);
double noise_rate(const Process& process, double lambda);

/// The Euler-Maruyama step of dx = [f x + g^2 u/sigma] dt + g c dw from level lambda to the lower
/// level next: y <- keep y + drift u + noise c z. VE steps in sigma, its noise in sigma^2.
struct EulerStep {
  double keep, drift, noise;
};
EulerStep euler_step(const Process& process, double lambda, double next);

/// Heun's step of dx/dt = f x + (sigma' - f sigma) u from level lambda to level next:
///   p = keep_predicted y + predict u(y, lambda),  y <- keep y + first u(y, lambda)
///   + second u(p, next).
struct HeunStep {
  double keep_predicted, predict, keep, first, second;
};
HeunStep heun_step(const Process& process, double lambda, double next);

/// Noise levels from sigma_max down to sigma_min (of lambda; ends are exact) at equal steps of the
/// process's time. Throws InputError unless levels >= 2, 0 < sigma_min < sigma_max < inf and
/// 0 < beta_min <= beta_max < inf.
std::vector<double> even_time_levels(const Process& process, int levels, double sigma_max,
                                     double sigma_min);

}  // namespace htdm
