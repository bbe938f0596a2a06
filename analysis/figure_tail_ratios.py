#!/usr/bin/python3
"""Generated over true tail probability against depth, one panel per point of the sweep."""

import sys

import numpy as np

from plotting import DASHES, PALETTE, TRUTH, Picture, label, main, nu_text, outer_legend, plt
from tail_ratios import rows

CAPTION = (
    "P(event value > x)/truth against the true probability, both axes logarithmic; the black line "
    "is 1. {what}Solid lines are t_sde_exact, the more levels the darker; dashed ones the others. "
    "Samplers whose tail is lost leave the frame at the bottom.")
COUNTED = "Bands are 95 % Clopper–Pearson intervals. "
FRAME = (0.2, 8)
NAMES = {"data.nu": "data ν"}


def panel_title(point):
    return ", ".join(f"{NAMES.get(key, key.replace('models.', '').replace('.', ' ')).replace('nu', 'ν')} = "
                     f"{nu_text(value)}" for key, value in point.items())


def looks(listed):
    """{(name, nu text): (colour, dashes)}: shades for t_sde_exact, the palette for others."""
    exact = list(dict.fromkeys(row.name for row in listed if row.kind == "t_sde_exact"))
    shades = plt.get_cmap("Blues")(np.linspace(0.45, 1, max(len(exact), 1)))
    own = {name: (shade, "-") for name, shade in zip(exact, shades)}
    others = list(dict.fromkeys(key(row) for row in listed if row.kind != "t_sde_exact"))
    own.update({one: (PALETTE[1 + i % 5], DASHES[1 + (i + i // 5) % 5])
                for i, one in enumerate(others)})
    return own


def key(row):
    """What a line stands for: nu belongs to it where it is the sampler's own choice."""
    return row.name if row.kind in ("t_sde_exact", "t_ode") else label(row._asdict())


def draw(axis, listed, own):
    for row in listed:
        color, dashes = own[key(row)]
        depths, ratios = [r.depth for r in row.ratios], [r.ratio for r in row.ratios]
        axis.plot(depths, ratios, color=color, linestyle=dashes, marker="o", markersize=2.5,
                  label=key(row))
        axis.fill_between(depths, [r.low for r in row.ratios], [r.high for r in row.ratios],
                          color=color, alpha=0.2, linewidth=0)
    axis.axhline(1, color=TRUTH, linewidth=1)
    axis.set(xscale="log", yscale="log", ylim=FRAME, yticks=[0.25, 0.5, 1, 2, 4],
             yticklabels=["¼", "½", "1", "2", "4"])
    axis.minorticks_off()
    axis.invert_xaxis()


def pictures(results):
    listed = rows(results)
    points = []
    for row in listed:
        if row.point not in points:
            points.append(row.point)
    columns = min(4, len(points))
    lines = -(-len(points) // columns)
    figure, axes = plt.subplots(lines, columns, figsize=(2.7 * columns + 1, 2.4 * lines + 1.2),
                                sharex=True, sharey=True, squeeze=False)
    own = looks(listed)
    for axis, point in zip(axes.flat, points):
        draw(axis, [row for row in listed if row.point == point], own)
        axis.set_title(panel_title(point))
    for axis in axes[-1]:
        axis.set_xlabel("true probability")
    for axis in axes[:, 0]:
        axis.set_ylabel("generated / true")
    outer_legend(figure, [axes.flat[0]], 4)
    counted = any(r.method == "counting" for row in listed for r in row.ratios)
    return [Picture("tail_ratios", "Tail ratios", CAPTION.format(what=COUNTED if counted else ""),
                    "propagated_law/exceedance/ or exceedance/ of each sampler", figure)]


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__.splitlines()[0]))
