/// The reverse SDE with a noise coefficient, by every scheme there is for it.
///
/// In y = x/mu and the noise level sigma (diffusion/process.hpp), with u = (y - D)/sigma and
/// c^2 = (nu + q)/(nu + d - 2), q = |u|^2 or E[|eps|^2 | y], from sigma to s < sigma:
///   euler      y <- keep y + drift u + noise c z of euler_step(); weak order 1
///   ancestral  y <- D + r^2 (y - D) + sqrt(r^2 (sigma^2 - s^2) c^2 + (1 - r^2)^2 V) z, r =
///   s/sigma:
///              the mean and the variance of y_s given y under the forward process. V is
///              E[|x0 - D|^2 | y]/d where the coefficient knows it and 0 elsewhere. Order 1, exact
///              in both moments for any step
///   heun       Heun's step of the ODE from sigma to m = s^2/sigma, and from there forward with
///              noise sqrt(s^2 - m^2) c(p, m) z, p the state that Heun predicts: two calls. With D
///              and c frozen it is the ancestral step; the drift is of order 2, and the law as well
///              where forward noise is Gaussian
/// z may be Student-t draws of the same variance (Proposition 1 of Wakatsuki and Shimazaki: the
/// same SDE as steps shrink). Other readings of c dw than Ito's take the coefficient of euler at (1
/// - a) c(y) + a c(y'), y' the Ito step's end with the same z: two calls; a = 1/2 is Stratonovich's
/// and a = 1 Hanggi's. For a point u is then t(nu), t(nu - 1), t(nu - 2) by its tail as steps
/// shrink. Source: Euler-Maruyama of Song et al., ICLR 2021, and Wakatsuki and Shimazaki,
/// arXiv:2606.01645; the other two are derived here.
#pragma once

#include "samplers/sampler.hpp"
#include "samplers/step_law.hpp"

namespace htdm {

/// Where the coefficient comes from: q is |u|^2, q is E[|eps|^2 | y], or the denoiser gives c^2
/// itself as its square (ode_law.hpp; euler only).
enum class Coefficient { gap, posterior, given };

/// The step of `scheme`, which is not exponential, from t_d(0, sigma_max^2 I, nu) with a
/// coefficient of step_nu. Start and increments are those of the options.
StepLaw reverse_sde_step(Scheme scheme, const SamplerOptions& options, Coefficient coefficient,
                         double step_nu, int dimension);

}  // namespace htdm
