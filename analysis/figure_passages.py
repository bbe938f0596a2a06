#!/usr/bin/python3
"""When paths first and last change sides, over ν: t_sde against the ablated one."""

import sys

import numpy as np

from plotting import TRUTH, Picture, clopper_pearson, main, nu_text, path_counts, plt
from two_points import colors, pairs, remaining, statistic

KIND = "trajectories"
CAPTION = (
    "{paths} paths of each sampler, d = {d}. Left: the share that has still to cross the plane "
    "half-way between the points, in a step from level σ or below it, against σ over the level "
    "σ_c of the bifurcation: t_sde solid, ablated dashed, bands 95 % Clopper–Pearson intervals. "
    "Middle: the level of the last crossing of t_sde, dotted of the first (share of all paths per "
    "unit of ln σ). Right: "
    "paths that cross after the bifurcation, and below their ratio to the ablated sampler's.")


def pictures(results):
    both = pairs(results)
    shades = colors(results)
    figure = plt.figure(figsize=(10.4, 3.8))
    grid = figure.add_gridspec(2, 3, height_ratios=[1.6, 1])
    left, middle = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[:, 1])
    for nu, *entries in both:
        for entry in entries:
            draw(left, middle, entry, shades[nu])
        left.plot([], [], color=shades[nu], label=f"ν = {nu_text(nu)}")
    decorate(left, middle)
    late(figure.add_subplot(grid[0, 2]), figure.add_subplot(grid[1, 2]), both)
    entries = [{"paths": entry["basins"]["paths"]} for _, *each in both for entry in each]
    return [Picture("passages", "The last change of sides", CAPTION.format(
        paths=path_counts(entries), d=len(both[0][1]["deviation"])),
        "passages/ and basins/ of each sampler", figure)]


def draw(left, middle, entry, color):
    dashes = "-" if entry["kind"] == "t_sde" else (0, (4, 1.5))
    paths = int(entry["basins"]["paths"])
    sigma, counts = remaining(entry)
    ratio = sigma / entry["basins"]["critical_sigma"]
    seen = counts > 0
    left.plot(ratio[seen], counts[seen] / paths, color=color, linestyle=dashes, linewidth=1.2)
    low, high = np.array([clopper_pearson(int(count), paths) for count in counts[seen]]).T
    left.fill_between(ratio[seen], low, high, color=color, alpha=0.2, linewidth=0)
    levels = entry["passages"]["sigma"]
    if entry["kind"] == "t_sde":
        for which, dots in (("last", "-"), ("first", ":")):
            density = entry["passages"][which][1:] / paths / np.log(levels[:-1] / levels[1:])
            middle.stairs(density[::-1], (levels / entry["basins"]["critical_sigma"])[::-1],
                          color=color, linewidth=1.2, linestyle=dots)


def decorate(left, middle):
    for axis in (left, middle):
        axis.axvline(1, color=TRUTH, linewidth=0.8, linestyle=":")
        axis.set_xscale("log")
        axis.set_xlabel("$\\sigma/\\sigma_c$")
        axis.set_yscale("log")
    left.set_xlim(20, 0.05)
    middle.set_xlim(100, 0.05)
    left.set_ylim(1e-6, 1)
    left.set_ylabel("share still to cross")
    left.plot([], [], color="0.2", label="t_sde")
    left.plot([], [], color="0.2", linestyle=(0, (4, 1.5)), label="ablated")
    left.legend(loc="lower left", fontsize=7.5)
    middle.set_ylabel("crossings per unit of ln σ")
    middle.set_ylim(1e-4, 5)


def late(upper, lower, both):
    place = np.arange(len(both))
    for column, (marker, color, name) in enumerate((("o", "#D55E00", "t_sde"),
                                                    ("s", "#0072B2", "ablated"))):
        values = np.array([statistic(pair[1 + column], "late")[1:] for pair in both])
        upper.errorbar(place + 0.1 * (column - 0.5), values[:, 0],
                       [values[:, 0] - values[:, 1], values[:, 2] - values[:, 0]], fmt=marker,
                       color=color, markersize=4, capsize=2, label=name)
    upper.set_ylabel("cross after $\\sigma_c$")
    upper.set_ylim(bottom=0)
    upper.legend(loc="best", fontsize=7.5)
    upper.set_xticks(place, [])
    ratios = np.array([ratio(*(statistic(entry, "late") for entry in pair[1:]),
                             int(pair[1]["basins"]["paths"])) for pair in both])
    lower.errorbar(place, ratios[:, 0], [ratios[:, 0] - ratios[:, 1], ratios[:, 2] - ratios[:, 0]],
                   fmt="D", color="0.2", markersize=4, capsize=2)
    lower.axhline(1, color=TRUTH, linewidth=0.8, linestyle=":")
    lower.set_xticks(place, [nu_text(nu) for nu, *_ in both])
    lower.set_xlabel("ν")
    lower.set_ylabel("t_sde/ablated")
    for axis in (upper, lower):
        axis.set_xlim(-0.5, len(both) - 0.5)


def ratio(one, other, paths):
    """Quotient of two shares with a 95 % interval as if the paths were independent: on the same
    increments it is no narrower than the truth, as the two counts rise and fall together."""
    if one[0] == 0 or other[0] == 0:
        return np.nan, np.nan, np.nan
    value = one[1] / other[1]
    spread = 1.96 * np.sqrt(1 / one[0] - 1 / paths + 1 / other[0] - 1 / paths)
    return value, value * np.exp(-spread), value * np.exp(spread)


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__, kind=KIND))
