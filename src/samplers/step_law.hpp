/// What a stochastic sampler does between two levels.
#pragma once

#include "diffusion/process.hpp"
#include "samplers/step_kernels.hpp"

#include <span>

namespace htdm {

/// A step of a process from a level of x to the next.
struct StepPlace {
  Process process;
  double sigma;        ///< the level of x
  double s;            ///< the next level
  double nu;           ///< step_nu of the StepLaw
  int dimension;       ///< d
  double reading = 0;  ///< of the StepLaw
};

/// The level between sigma and s at which a step with a second point asks again: s^2/sigma.
inline double halfway(double sigma, double s) {
  return s / sigma * s;
}

/// Where a step asks its denoiser a second time.
enum class SecondPoint {
  none,
  halfway,  ///< at the state that Heun's method predicts for halfway(sigma, s)
  end,      ///< at the state that the step without a second point reaches at s
};

/// One step of one path in the plain reference.
struct PlainStep {
  StepPlace place;
  std::span<const double> u;    ///< (x - D(x, sigma))/sigma
  std::span<const double> v;    ///< the same at the second point; empty where there is none
  double rest;                  ///< tr Var(x0 | x)/sigma^2 at the last point; 0 where not asked for
  std::span<const double> tau;  ///< noise_scale times a draw of t_d(0, I, noise_nu)
};

/// A stochastic sampler as its file states it: the same step twice, as the numbers of the vector
/// kernel and as a plain formula that moves x from level sigma to level s.
struct StepLaw {
  double prior_nu;
  double step_nu;   ///< what the two functions get as nu
  double noise_nu;  ///< tau = noise_scale z sqrt(noise_nu/kappa), a new kappa each step; inf:
                    ///< tau = noise_scale z
  StepCoefficients (*coefficients)(const StepPlace& place);
  void (*plain)(const PlainStep& step, std::span<double> x);
  double noise_scale = 1;
  bool asks_square = false;  ///< needs E[|eps|^2 | x] of the denoiser
  SecondPoint second_point = SecondPoint::none;
  double reading = 0;  ///< weight of c at the end of the step, the rest at its start
};

/// The numbers of the kernel with those of the noise's scale.
StepCoefficients kernel_numbers(const StepLaw& law, const StepPlace& place);

/// |u|^2.
double squared_norm(std::span<const double> u);

/// x <- x + [f x + g^2 u/sigma] dt + g c dw, the Euler-Maruyama step of the reverse SDE of the
/// process with noise c tau, taken in the process's own x and time: the plain reference of
/// euler_step() in diffusion/process.hpp.
void plain_euler_step(const StepPlace& place, std::span<const double> u,
                      std::span<const double> tau, double c, std::span<double> y);

/// Heun's step of dx/dt = f x + g^2/(2 sigma) u from level lambda to level next, likewise: the
/// predicted state p, and y once v = u(p, next) is known.
void plain_heun_predict(const Process& process, double lambda, double next,
                        std::span<const double> y, std::span<const double> u, std::span<double> p);
void plain_heun_correct(const Process& process, double lambda, double next,
                        std::span<const double> p, std::span<const double> u,
                        std::span<const double> v, std::span<double> y);

}  // namespace htdm
