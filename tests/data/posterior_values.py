#!/usr/bin/env python3
"""Write posterior_values.txt: the posterior of Student-t data under Student-t noise by direct
quadrature over x0, in extended precision (NumPy's longdouble, 64 bits of mantissa on x86).

x = x0 + sigma eps at (x, 0, ..., 0), x0 ~ 0.6 t_d(0, I, nu_data), eps ~ t_d(0, I, nu_noise); inf is
the Gaussian. Space is cut halfway between 0 and x. Each half is integrated in polar coordinates about
its own centre, Gauss-Legendre panels in asinh(radius/scale) and in the angle to the other centre.
Nothing here uses that Student-t laws are mixtures of Gaussians. Every value is computed at two
resolutions, and the script fails where these differ by 1e-10.

Usage: python3 posterior_values.py > posterior_values.txt   (some minutes)
"""

import numpy as np

REAL = np.longdouble
SCALE = REAL("0.6")


def log_kernel(squared, scale, nu, d):
    """ln of the density of scale t_d(0, I, nu) at |y|^2 = squared, up to a constant."""
    ratio = squared / (scale * scale)
    if np.isinf(nu):
        return -ratio / 2
    return -(nu + d) / 2 * np.log1p(ratio / nu)


def panels(breaks, nodes):
    """Gauss-Legendre nodes and weights on all panels between breaks."""
    node, weight = (np.asarray(v, REAL) for v in np.polynomial.legendre.leggauss(nodes))
    node, weight = refine(node, nodes)
    breaks = np.asarray(breaks, REAL)
    half = np.diff(breaks)[:, None] / 2
    middle = ((breaks[1:] + breaks[:-1]) / 2)[:, None]
    return (middle + half * node).ravel(), (half * weight).ravel()


def refine(x, n):
    """Newton's method on the Legendre polynomial of degree n, to extended precision."""
    for _ in range(3):
        p0, p1 = np.ones_like(x), x
        for k in range(2, n + 1):
            p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
        slope = n * (x * p1 - p0) / (x * x - 1)
        x = x - p1 / slope
    return x, 2 / ((1 - x * x) * slope * slope)


def angles(d, nodes):
    """cos(angle) and weights; panels close in on the right angle, where the cut goes to infinity."""
    if d == 1:
        return np.array([1, -1], REAL), np.ones(2, REAL)
    right = np.arccos(REAL(0))
    close = 1 - REAL(2) ** -np.arange(1, 9)
    breaks = np.concatenate([np.arange(4) / REAL(8), close, np.arange(4, 9) / REAL(4)]) * right
    theta, weight = panels(breaks, nodes)
    return np.cos(theta), weight * np.sin(theta) ** (d - 2)


def half_space(x, near, far, d, nodes):
    """Terms about one centre; near and far are (scale, nu) of the law there and of the other."""
    cosine, angle_weight = angles(d, nodes - 2)
    far_out = REAL(1e8) * (x + near[0] + far[0])
    with np.errstate(divide="ignore", over="ignore"):
        limit = np.where(cosine > 0, np.minimum(x / 2 / cosine, far_out), far_out)
    unit = np.minimum(near[0], x / 2 + far[0])
    end = np.arcsinh(limit / unit)[:, None]
    tau, tau_weight = panels(np.linspace(0, 1, 65), nodes)
    t = end * tau
    q = unit * np.sinh(t)
    jacobian = end * tau_weight * unit * np.cosh(t) * angle_weight[:, None]
    along = q * cosine[:, None]
    other = x * x + q * q - 2 * x * along
    log_weight = (log_kernel(q * q, near[0], near[1], d) + log_kernel(other, far[0], far[1], d)
                  + (d - 1) * np.log(q))
    return log_weight, jacobian, along, q * q, other


def posterior(d, nu_data, nu_noise, sigma, x, nodes, scale=SCALE):
    """D, (x - D)/sigma, E[|x - x0|^2/sigma^2 | x] and ln of the density of x but for the constants
    of log_kernel and of the angle."""
    data, noise = (scale, nu_data), (sigma, nu_noise)
    log1, jac1, along1, _, other1 = half_space(x, data, noise, d, nodes)
    log2, jac2, along2, square2, _ = half_space(x, noise, data, d, nodes)
    top = max(log1.max(), log2.max())
    w1, w2 = jac1 * np.exp(log1 - top), jac2 * np.exp(log2 - top)
    mass = w1.sum() + w2.sum()
    mean = ((w1 * along1).sum() + (w2 * (x - along2)).sum()) / mass
    gap = ((w1 * (x - along1)).sum() + (w2 * along2).sum()) / mass / sigma
    square = ((w1 * other1).sum() + (w2 * square2).sum()) / mass / sigma**2
    return mean, gap, square, top + np.log(mass)


def main():
    print("# dimension nu_data nu_noise sigma x D (x-D)/sigma E[|x-x0|^2/sigma^2|x]; "
          "data 0.6 t_d(0, I, nu_data); written by posterior_values.py")
    nus = [2.5, 3.0, 5.0, np.inf]
    worst = 0.0
    for d in (1, 2, 16):
        for nu_data in nus:
            for nu_noise in nus:
                if np.isinf(nu_data) and np.isinf(nu_noise):
                    continue
                for sigma in ("0.002", "0.05", "0.5", "1", "5", "80"):
                    for x in ("0.7", "20", "1e6") if d == 1 else ("3", "1e6"):
                        s, point = REAL(float(sigma)), REAL(float(x))
                        fine = posterior(d, nu_data, nu_noise, s, point, 16)
                        coarse = posterior(d, nu_data, nu_noise, s, point, 14)
                        sizes = (max(abs(fine[0]), s), max(1, abs(fine[1])), fine[2])
                        error = max(float(abs(a - b) / c) for a, b, c in zip(fine, coarse, sizes))
                        worst = max(worst, error)
                        if not error < 1e-10:
                            raise SystemExit(f"{d} {nu_data} {nu_noise} {sigma} {x}: {error}")
                        print(d, nu_data, nu_noise, sigma, x, *(f"{float(v):.14g}" for v in fine[:3]))
    print(f"# resolutions differ by at most {worst:.1g}")


if __name__ == "__main__":
    main()
