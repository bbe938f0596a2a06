#!/usr/bin/python3
"""Paths of t_sde and of the ablated one on the same Wiener increments, over the fixed points of the
denoiser (Fig. 1a)."""

import sys

import numpy as np

from plotting import PALETTE, Picture, main, nu_text, plt
from two_points import NAMES, along, chosen

KIND = "trajectories"
CAPTION = (
    "The first {count} paths at ν = {nu}, d = {d}: the state along the axis over √(|a|² + σ²), so "
    "that the points are at ±1 at the end and the noise has size 1 at the start, against the noise "
    "level, which falls to the right. A colour is one path: both panels start it from the same "
    "state and drive it by the same Wiener increments, so all that differs is the coefficient c. "
    "Black are the fixed points x = D(x, σ), stable (solid) or not (dashed); they part at the "
    "dotted level.")
LOWEST = 0.02


def pictures(results, count=6):
    nu, *entries = chosen(results)
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.9), sharex=True, sharey=True)
    for axis, entry in zip(axes, entries):
        for path, color in zip(along(results, entry, slice(count)), PALETTE):
            axis.plot(entry["sigma"], path * scale(entry, entry["sigma"]), color=color,
                      linewidth=1)
        fixed_points(axis, entry)
        axis.set_title(f"{NAMES[entry['kind']]}: " + (
            "c² = (ν + δ²)/(ν + d − 2)" if entry["kind"] == "t_sde" else "c = 1"))
        axis.set_xlabel("noise level σ, z-space")
    axes[0].set_xscale("log")
    first = entries[0]
    axes[0].set_xlim(min(10 * first["basins"]["critical_sigma"], first["sigma"][0]), LOWEST)
    axes[0].set_ylim(-3.2, 3.2)
    axes[0].set_ylabel("x·a/|a|, over √(|a|² + σ²)")
    return [Picture("trajectories", "Paths on the same increments", CAPTION.format(
        count=count, nu=nu_text(nu), d=len(entries[0]["deviation"])),
        "path_state and fixed_points/ of each sampler", figure)]


def scale(entry, sigma):
    """|a|/sqrt(|a|^2 + sigma^2)."""
    return 1 / np.sqrt(1 + (sigma / entry["basins"]["radius"]) ** 2)


def fixed_points(axis, entry):
    table, basins = entry["fixed_points"], entry["basins"]
    low = table["sigma"] <= basins["critical_sigma"]
    # Below the last level of the table the outer fixed points are the points themselves.
    sigma = np.append(table["sigma"][low], LOWEST / 2)
    branch = np.append(table["branch"][low] / basins["radius"], 1) * scale(entry, sigma)
    style = {"color": "black", "linewidth": 1.5, "zorder": 5}
    for sign in (1, -1):
        axis.plot(sigma, sign * branch, **style)
    axis.plot([entry["sigma"][0], basins["critical_sigma"]], [0, 0], **style)
    axis.plot([basins["critical_sigma"], LOWEST], [0, 0], **style, linestyle=(0, (4, 2)))
    axis.axvline(basins["critical_sigma"], color="black", linewidth=0.8, linestyle=":")


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__, kind=KIND))
