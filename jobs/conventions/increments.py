#!/usr/bin/python3
"""Student-t increments in place of Gaussian ones: how fast the difference falls as steps shrink.

    increments.py FOLDER

Writes increments.csv, increments.png and increments.svg. Nothing is drawn at random: ve_sde on
N(0, 1) data is linear, so E cos(x) of its last state is a product of characteristic functions.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.special import gammaln, kve

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "analysis"))

from plotting import DASHES, PALETTE, Picture, outer_legend, plt, save  # noqa: E402

NUS = (2.5, 3.0, 4.0, 6.0, 9.0)
VARIANCES = np.geomspace(1e-5, 1, 51)
STEPS = 2 ** np.arange(5, 14)
CAPTION = ("Left: gap of the characteristic functions of one increment of variance h at frequency "
           "1. Right: gap of E cos(x) of the last state of ve_sde on N(0, 1) data against the "
           "number of steps. One line for every nu'.")


def characteristic(nu, t):
    """E cos(t X) of a Student-t X of variance 1; N(0, 1) at nu = inf."""
    t = np.asarray(t, dtype=float)
    if np.isinf(nu):
        return np.exp(-t * t / 2)
    a, z = nu / 2, np.sqrt(nu - 2) * np.abs(t)
    return np.exp(np.log(kve(a, z)) - z + a * np.log(z) - (a - 1) * np.log(2) - gammaln(a))


def cosine(nu, steps, first=20.0, last=0.05):
    """E cos(x) after Euler-Maruyama steps from x = 0 over geometric levels."""
    sigma = first * (last / first) ** (np.arange(steps + 1) / steps)
    factor = 1 + 2 * (sigma[1:] - sigma[:-1]) * sigma[:-1] / (sigma[:-1] ** 2 + 1)
    noise = np.sqrt(sigma[:-1] ** 2 - sigma[1:] ** 2)
    later = np.append(np.cumprod(factor[:0:-1])[::-1], 1)
    return np.prod(characteristic(nu, later * noise))


def slope(x, y):
    """Of the last two points, log-log."""
    return np.log(y[-1] / y[-2]) / np.log(x[-1] / x[-2])


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
    rows = []
    for i, nu in enumerate(NUS):
        one = np.abs(characteristic(nu, np.sqrt(VARIANCES)) -
                     characteristic(np.inf, np.sqrt(VARIANCES)))
        weak = np.abs([cosine(nu, n) - cosine(np.inf, n) for n in STEPS])
        look = {"color": PALETTE[i % 6], "linestyle": DASHES[i % 6]}
        left.plot(VARIANCES, one, label=f"ν' = {nu:g}", **look)
        right.plot(STEPS, weak, marker="o", markersize=3, **look)
        rows.append({"nu": nu, "one_increment": f"{slope(VARIANCES[::-1], one[::-1]):.3f}",
                     "expected_one": min(2, nu / 2), "weak": f"{-slope(STEPS, weak):.3f}",
                     "expected_weak": min(1, nu / 2 - 1)})
    left.set(xscale="log", yscale="log", xlabel="variance h of the increment", ylabel="gap")
    right.set(xscale="log", yscale="log", xlabel="steps")
    outer_legend(figure, [left])
    save(Picture("increments", "Student-t increments", CAPTION, "", figure), folder)
    with open(folder / "increments.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: increments.py FOLDER")
    main(sys.argv[1])
