#!/usr/bin/python3
"""Stationary law of u = (x - x0)/sigma for data in a point: which tail each reading of the noise
coefficient leaves."""

import sys
from pathlib import Path

import numpy as np
from scipy.integrate import trapezoid
from scipy.stats import t as student_t

from htdm_results import open_samples, study_of
from plotting import PALETTE, Picture, main, plt

READINGS = {"ito": 0, "stratonovich": 1, "hanggi": 2}
HILL = 1000
CAPTION = (
    "P(|u| > y) of the state at the last noise level, u = (x − x0)/σ, both axes logarithmic. Points "
    "are counts of {paths:,} paths; lines are √(ν/m) t(m) with m = ν, ν − 1 and ν − 2, which the "
    "Itô, Stratonovich and Hänggi readings of the coefficient leave as steps shrink (ν = {nu:g}). "
    "Tail indices by the Hill estimator from the {hill:,} largest, with 95 % intervals, and what the "
    "lines have by the same estimator: {indices}.")


def hill(size):
    """Tail index and its 95 % interval from the largest values."""
    top = np.sort(size)[-HILL - 1:]
    index = 1 / np.mean(np.log(top[1:] / top[0]))
    half = 1.96 * index / np.sqrt(HILL)
    return index, index - half, index + half


def hill_of(index, share):
    """What the estimator tends to for t(index), of the largest `share`: above the index's own
    region the tail is not yet a power."""
    y = np.geomspace(student_t.isf(share / 2, index), 1e6, 20_000)
    return share / trapezoid(2 * student_t.sf(y, index), np.log(y))


def pictures(results):
    sections = study_of(results).get("samplers", {})
    figure, axis = plt.subplots(figsize=(5.6, 4.2))
    indices, nu, paths = [], np.nan, 0
    with open_samples(Path(results["path"]).parent) as entries:
        for i, entry in enumerate(entries):
            reading = sections.get(entry["name"], {}).get("convention")
            if reading not in READINGS or "path_state" not in entry:
                continue
            sigma = entry["sigma"][-1]
            size = np.abs(entry["path_state"][:, -1, 0].astype(float)) / sigma
            nu, paths = float(entry["nu"]), len(size)
            draw(axis, size, nu, READINGS[reading], PALETTE[i % 6], reading)
            index, low, high = hill(size)
            of_line = hill_of(nu - READINGS[reading], HILL / paths)
            indices.append(f"{reading} {index:.2f} [{low:.2f}, {high:.2f}], {of_line:.2f}")
    if not indices:
        return []
    axis.set(xscale="log", yscale="log", xlabel="y", ylabel="P(|u| > y)",
             xlim=(0.3, None))
    axis.legend()
    caption = CAPTION.format(paths=paths, nu=nu, hill=HILL, indices="; ".join(indices))
    return [Picture("readings", "Three readings of the noise coefficient", caption,
                    "samplers/*/path_state in samples.h5", figure)]


def draw(axis, size, nu, lost, color, name):
    size = np.sort(size)
    p = 1 - np.arange(len(size)) / len(size)
    shown = np.unique(np.round(len(size) * (1 - np.logspace(0, -np.log10(len(size)), 60))).astype(
        int).clip(0, len(size) - 1))
    axis.plot(size[shown], p[shown], "o", markersize=3, color=color, label=name)
    y = np.geomspace(0.5, size[-1], 200)
    index = nu - lost
    axis.plot(y, 2 * student_t.sf(y / np.sqrt(nu / index), index), color=color, linewidth=1.1)


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__.splitlines()[0]))
