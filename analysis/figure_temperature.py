#!/usr/bin/python3
"""Effective temperature c² along the paths of t_sde: mean, median and quantile bands over σ
(Fig. 1b)."""

import sys

import numpy as np

from plotting import OPAQUE, PALETTE, TRUTH, Picture, main, nu_text, plt
from two_points import chosen, colors, pairs

KIND = "trajectories"
CAPTION = (
    "Left: c² of {count:,} paths at ν = {nu}, d = {d}, against the noise level, which falls to the "
    "right: median, the middle 50 and 90 % and the mean over paths, whose band is its 95 % "
    "bootstrap interval (c² has a tail of index ν/2, so it is too narrow below ν = 4). Thin lines "
    "are three paths. c = 1 is the ablated sampler; no path is colder than ν/(ν + d − 2). Right: "
    "median (solid) and mean (dashed) for every ν. Dotted: where the middle of the points loses "
    "its stability.")
MEAN = PALETTE[3]
BANDS = ((5, 95, 0.15), (25, 75, 0.3))


def pictures(results):
    nu, entry, _ = chosen(results)
    shades = colors(results)
    d = len(entry["deviation"])
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.7), sharex=True)
    bands(left, entry, shades[nu])
    left.axhline(nu / (nu + d - 2), color="0.4", linewidth=0.9, linestyle=(0, (1, 1)),
                 label="coldest, ν/(ν + d − 2)")
    left.axvline(entry["basins"]["critical_sigma"], color=TRUTH, linewidth=0.8, linestyle=":")
    left.set_title(f"ν = {nu_text(nu)}")
    for value, each, _ in pairs(results):
        sigma, c2 = steps(each)
        right.plot(sigma, np.median(c2, axis=0), color=shades[value], label=f"ν = {nu_text(value)}")
        right.plot(sigma, c2.mean(axis=0), color=shades[value], linestyle=(0, (3, 1.5)),
                   linewidth=1)
        right.axvline(each["basins"]["critical_sigma"], color=shades[value], linewidth=0.8,
                      linestyle=":")
    right.set_title("median (solid) and mean (dashed) for every ν")
    for axis in (left, right):
        axis.set_xlabel("noise level σ, z-space")
        axis.axhline(1, color=TRUTH, linewidth=0.9, linestyle=(0, (5, 2)), label="ablated, c = 1")
        axis.legend(loc="upper left", fontsize=7.5, ncol=2, **OPAQUE)
        axis.set_yscale("log")
        axis.set_ylim(top=3 * axis.get_ylim()[1])
    left.set_ylabel("effective temperature c²")
    left.set_xscale("log")
    left.set_xlim(entry["sigma"][0], 0.002)
    return [Picture("temperature", "Effective temperature along paths", CAPTION.format(
        count=len(entry["path_c2"]), nu=nu_text(nu), d=d), "path_c2 of each sampler", figure)]


def steps(entry):
    """Levels that a step starts from, and c² there, [path][level]."""
    return entry["sigma"][:-1], entry["path_c2"][:, :-1].astype(float)


def bands(axis, entry, color):
    sigma, c2 = steps(entry)
    for low, high, alpha in BANDS:
        axis.fill_between(sigma, *np.percentile(c2, [low, high], axis=0), color=color, alpha=alpha,
                          linewidth=0, label=f"middle {high - low} % of paths")
    axis.plot(sigma, np.median(c2, axis=0), color=color, label="median")
    mean, low, high = bootstrap(c2)
    axis.plot(sigma, mean, color=MEAN, linestyle=(0, (3, 1.5)), label="mean")
    axis.fill_between(sigma, low, high, color=MEAN, alpha=0.25, linewidth=0)
    for path in c2[:3]:
        axis.plot(sigma, path, color="0.35", linewidth=0.4)


def bootstrap(values, repeats=400):
    """Mean over paths at every level with its 95 % percentile interval over resampled paths."""
    draw = np.random.default_rng(0)
    weights = draw.multinomial(len(values), np.full(len(values), 1 / len(values)), size=repeats)
    means = weights @ values / len(values)
    return values.mean(axis=0), *np.percentile(means, [2.5, 97.5], axis=0)


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__, kind=KIND))
