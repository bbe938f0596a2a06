#!/usr/bin/env python3
"""Write mixture_values.txt: the posterior of mixtures under Student-t and Gaussian noise, every
part by the quadrature over x0 of posterior_values.py in extended precision (Gaussian parts under
Gaussian noise: in closed form), weighed by their densities at x.

x = x0 + sigma eps, x0 of law sum_k w_k (m_k + s_k t_d(0, I, nu_k)), eps ~ t_d(0, I, nu_noise); inf
is the Gaussian. Values at two resolutions must agree within 1e-11.

Usage: python3 mixture_values.py > mixture_values.txt   (a minute)
"""

import math

import numpy as np

from posterior_values import REAL, posterior

INF = np.inf
# name: (weight, centre in two dimensions, scale, nu) of every part; d = 1 takes the first component
MIXTURES = {
    "overlapping": [("0.3", ("-0.4", "0.3"), "0.5", INF), ("0.7", ("0.6", "-0.1"), "0.8", INF)],
    "apart": [("0.3", ("-4", "1"), "0.2", INF), ("0.7", ("3", "-2"), "0.5", INF)],
    "overlapping_t": [("0.4", ("-0.5", "0.2"), "0.4", 3.0), ("0.6", ("0.7", "0.1"), "0.6", 4.0)],
    "apart_t": [("0.2", ("-4", "1"), "0.3", 3.0), ("0.8", ("3", "-2"), "0.6", INF)],
}
SIGMAS = ("0.002", "0.05", "0.6", "5", "80")
POINTS = ("0.5", "20", "1e6")  # the first component; the second is -0.3 times it


def number(text):
    """A decimal as the double that the test reads."""
    return REAL(float(text))


def log_constant(scale, nu, d):
    """ln of what log_kernel leaves out of the density of scale t_d(0, I, nu)."""
    if math.isinf(nu):
        return REAL(-d / 2 * math.log(2 * math.pi)) - d * np.log(scale)
    return REAL(math.lgamma((nu + d) / 2) - math.lgamma(nu / 2)
                - d / 2 * math.log(nu * math.pi)) - d * np.log(scale)


def gaussian_part(d, sigma, r, scale):
    variance = scale**2 + sigma**2
    gap = sigma * r / variance
    return (r * scale**2 / variance, gap, gap**2 + d * scale**2 / variance,
            -r**2 / (2 * variance) + log_constant(np.sqrt(variance), INF, d))


def values(parts, d, nu, sigma, x, nodes):
    """D (d numbers), (x - D)/sigma (d numbers), E[|x - x0|^2/sigma^2 | x]."""
    given, log_weights = [], []
    for weight, centre, scale, nu_data in parts:
        away = x - np.array([number(c) for c in centre[:d]])
        r = np.sqrt((away**2).sum())
        scale = number(scale)
        if math.isinf(nu) and math.isinf(nu_data):
            mean, gap, square, log_density = gaussian_part(d, sigma, r, scale)
        else:
            mean, gap, square, log_mass = posterior(d, nu_data, nu, sigma, r, nodes, scale)
            # An angle from 0 to pi sees half of the plane.
            log_density = (log_mass + log_constant(scale, nu_data, d) + log_constant(sigma, nu, d)
                           + np.log(REAL(1 if d == 1 else 2)))
        given.append((x - away + mean * away / r, gap * away / r, square))
        log_weights.append(np.log(number(weight)) + log_density)
    p = np.exp(np.array(log_weights) - max(log_weights))
    p /= p.sum()
    return [sum(w * g[i] for w, g in zip(p, given)) for i in range(3)]


def main():
    print("# mixture dimension nu_noise sigma x D (x-D)/sigma E[|x-x0|^2/sigma^2|x], vectors component "
          "by component; written by mixture_values.py")
    for name, parts in MIXTURES.items():
        for weight, centre, scale, nu in parts:
            print("part", name, weight, *centre, scale, nu)
    worst = 0.0
    for name, parts in MIXTURES.items():
        for d in (1, 2):
            for nu in (3.0, INF):
                for sigma in SIGMAS:
                    for first in POINTS:
                        s = number(sigma)
                        x = np.array([float(first), -0.3 * float(first)][:d], REAL)
                        fine, coarse = (values(parts, d, nu, s, x, n) for n in (16, 14))
                        error = max(float(np.max(np.abs(a - b) / np.maximum(np.abs(b), low)))
                                    for a, b, low in zip(fine, coarse, (s, 1, 0)))
                        worst = max(worst, error)
                        if not error < 1e-11:
                            raise SystemExit(f"{name} {d} {nu} {sigma} {first}: {error}")
                        print(name, d, nu, sigma, *(f"{float(v):.17g}" for v in x),
                              *(f"{float(v):.14g}" for v in (*fine[0], *fine[1], fine[2])))
    print(f"# resolutions differ by at most {worst:.1g}")


if __name__ == "__main__":
    main()
