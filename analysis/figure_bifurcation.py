#!/usr/bin/python3
"""Bifurcation diagram of the two-point denoiser over (σ, ν): fixed points of x = D(x, σ), their
stability, and where paths are."""

import sys

import numpy as np

from plotting import OPAQUE, TRUTH, Picture, main, nu_text, plt
from two_points import along, chosen, colors, pairs

KIND = "trajectories"
CAPTION = (
    "Left: fixed points x = D(x, σ) of the exact denoiser in units of |a|, d = {d}, for every ν: "
    "stable ones solid, the middle below its bifurcation dashed; behind them where the paths of "
    "t_sde (ν = {nu}) are, darker for more of those at a level. Middle: slope of D along the axis, "
    "in the middle of the points (dashed) and at the outer fixed points (solid): where it passes 1 "
    "stability changes hands. Right: the level of the bifurcation over ν, "
    "σ_c² = |a|² (ν + d − 1)/ν, with the values of the left panel.")


def pictures(results):
    nu, entry, _ = chosen(results)
    shades = colors(results)
    radius = entry["basins"]["radius"]
    d = len(entry["deviation"])
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.4, 3.6),
                                                 width_ratios=[1.3, 1.1, 1])
    widest = max(each["basins"]["critical_sigma"] for _, each, _ in pairs(results)) / radius
    crowd(left, results, entry, 1.6 * widest)
    for value, each, _ in pairs(results):
        table, basins = each["fixed_points"], each["basins"]
        sigma, critical = table["sigma"] / radius, basins["critical_sigma"] / radius
        low = table["sigma"] <= basins["critical_sigma"]
        for sign in (1, -1):
            left.plot(sigma[low], sign * table["branch"][low] / radius, color=shades[value],
                      label=f"ν = {nu_text(value)}" if sign == 1 else None)
        left.plot([critical, 1.6 * widest], [0, 0], color=shades[value])
        left.plot([0, critical], [0, 0], color=TRUTH, linestyle=(0, (4, 2)), linewidth=1)
        middle.plot(sigma, table["slope_origin"], color=shades[value], linestyle=(0, (4, 2)),
                    linewidth=1)
        middle.plot(sigma[low], table["slope_branch"][low], color=shades[value])
        right.plot(1 / value, critical, "o", color=shades[value], markersize=5, zorder=4)
    theory(right, d)
    decorate(left, middle, widest)
    return [Picture("bifurcation", "Bifurcation of the two-point denoiser",
                    CAPTION.format(d=d, nu=nu_text(nu)),
                    "fixed_points/, basins/ and path_state of each sampler", figure)]


def crowd(axis, results, entry, reach):
    """How many paths are where, over the most of any place at the level."""
    x = along(results, entry)
    sigma = entry["sigma"] / entry["basins"]["radius"]
    inside = sigma < reach
    edges = np.linspace(-2, 2, 81)
    counts = np.array([np.histogram(column, edges)[0] for column in x.T[inside]])
    share = counts / counts.max(axis=1, keepdims=True)
    borders = np.concatenate([[reach], np.sqrt(sigma[inside][1:] * sigma[inside][:-1]),
                              [sigma[-1] / 2]])
    axis.pcolormesh(borders, edges, share.T, cmap="Greys", vmax=1.8, rasterized=True,
                    zorder=0)


def theory(axis, d):
    inverse = np.linspace(0, 0.45, 200)
    critical = np.sqrt(1 + (d - 1) * inverse)
    axis.plot(inverse, critical, color=TRUTH)
    axis.fill_between(inverse, 0, critical, color="0.92", linewidth=0, zorder=0)
    axis.text(0.225, 0.5 * critical[100], "three fixed points: one\nbeside each point, stable,\n"
              "and the middle", ha="center", va="center", fontsize=8)
    axis.text(0.225, 1.25 * critical[100], "one, stable", ha="center", va="center", fontsize=8)
    axis.set_xlim(-0.012, 0.45)
    axis.set_ylim(0, 1.5 * critical[-1])
    axis.set_xticks([0, 0.1, 0.2, 1 / 3, 0.4], ["∞", "10", "5", "3", "2.5"])
    axis.set_xlabel("ν (even in 1/ν)")
    axis.set_ylabel("bifurcation level $\\sigma_c/|a|$")


def decorate(left, middle, widest):
    left.set_xlim(1.6 * widest, 0)
    left.set_ylim(-2, 2)
    left.set_xlabel("σ/|a|")
    left.set_ylabel("fixed points, x/|a|")
    left.grid(False)
    left.legend(loc="upper left", fontsize=7.5, **OPAQUE)
    middle.axhline(1, color=TRUTH, linewidth=0.8, linestyle=":")
    middle.set_xlim(1.6 * widest, 0)
    middle.set_ylim(0, 2.5)
    middle.set_xlabel("σ/|a|")
    middle.set_ylabel("slope dD/dx along the axis")
    middle.text(0.03, 0.97, "middle: dashed\nouter: solid", transform=middle.transAxes, va="top",
                fontsize=8)


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__, kind=KIND))
