#!/usr/bin/python3
"""Q-Q plots in z-space: quantiles of generated paths against those of the test sample."""

import sys

import numpy as np

from htdm_results import computed, dimension, has_law
from plotting import (TRUTH, Picture, label, level_text, looks, main, nu_text, plt,
                      representatives, sweeps)

CAPTION = (
    "Upper axes: quantiles of the generated paths (vertical) against those of the test sample at "
    "the same levels (horizontal), in z-space{component}; one panel per {panel}. On the diagonal "
    "the two laws agree; a curve flatter than the diagonal at the ends means tails that are too "
    "light, a steeper one tails that are too heavy. Axes are linear around 0 and logarithmic "
    "outside (asinh), so that bulk and tails are seen together; rings mark tail probabilities of "
    "{levels} on both sides. Lower axes: the same as a departure from the diagonal, outward "
    "positive, in per cent of √(1 + z²), that is, of the quantile itself in the tails; the shaded "
    "band is the pointwise 95 % interval of the generated quantile, and curves may leave the "
    "frame.{law}")
LAW = (" The thin dashed line is the true law against the test sample: where it leaves the "
       "diagonal, the test sample itself is off by chance.")
TICKS = np.array([1, 3, 10, 30, 100, 300, 1000])


def pictures(results):
    drawn = []
    shown = [entry for entry in representatives(results) if computed(entry, "qq")]
    if shown:
        drawn.append(picture(results, shown, "qq", "Q–Q, generated against test", "sampler"))
    for name, entries in sweeps(results).items():
        entries = [entry for entry in entries if computed(entry, "qq")]
        if entries:
            drawn.append(picture(results, entries, f"qq_{name}", f"Q–Q of {name} along ν", "ν"))
    return drawn


def picture(results, entries, name, title, panel):
    limit = 1.15 * max(np.abs(finite(entry["qq"][key])).max()
                       for entry in entries for key in ("generated", "test"))
    levels = [level for level in (1e-4, 1e-3, 1e-2, 1e-1)
              if level >= 0.999 * min(entry["qq"]["level"].min() for entry in entries)]
    panels = grid(len(entries))
    for i, (entry, (upper, lower)) in enumerate(zip(entries, panels)):
        look = looks(results)[entry["name"]]
        qq = thinned(entry["qq"], levels)
        draw_quantiles(upper, qq, look, levels, limit, named=i == 0)
        draw_departure(lower, qq, look)
        scale(upper, "x", limit)
        scale(upper, "y", limit)
        upper.set_title(f"ν = {nu_text(entry['nu'])}" if panel == "ν" else label(entry))
    law = any(has_law(entry["qq"].get("law")) for entry in entries)
    return Picture(name, title, CAPTION.format(
        component=" (first component)" if dimension(results) > 1 else "", panel=panel,
        law=LAW if law else "",
        levels=", ".join(f"{level:g}" for level in reversed(levels))),
        "qq/ of each sampler", panels[0][0].figure)


def grid(count):
    """Pairs of axes, quantiles above and departure below, sharing their horizontal axis."""
    columns = count if count <= 2 else 2 if count == 4 else 3
    rows = -(-count // columns)
    width = {1: 4.2, 2: 3.4, 3: 2.6}[columns]
    figure = plt.figure(figsize=(width * columns, (width * 1.36 + 0.1) * rows))
    outer = figure.add_gridspec(rows, columns)
    pairs = []
    for i in range(count):
        cell = outer[i // columns, i % columns]
        inner = cell.subgridspec(2, 1, height_ratios=[3, 1.25], hspace=0)
        upper = figure.add_subplot(inner[0])
        lower = figure.add_subplot(inner[1], sharex=upper)
        upper.tick_params(labelbottom=False)
        if i % columns == 0:
            upper.set_ylabel("generated quantile (z)")
            lower.set_ylabel("departure")
        if i + columns >= count:
            lower.set_xlabel("test quantile (z)")
        pairs.append((upper, lower))
    return pairs


def thinned(qq, levels):
    """The rows an eye can tell apart: one per small step of asinh(test), and the levels to mark."""
    step = np.floor(250 * np.arcsinh(qq["test"]))
    keep = np.unique(step, return_index=True)[1]
    marks = [np.argmin(np.abs(qq["level"] - mark)) for level in levels
             for mark in (level, 1 - level)]
    keep = np.unique(np.concatenate([keep, marks, [0, len(step) - 1]]).astype(int))
    return {key: values[keep] for key, values in qq.items() if np.size(values) == len(step)}


def draw_quantiles(axis, qq, look, levels, limit, named):
    low, high = (np.clip(qq[key], -2 * limit, 2 * limit) for key in ("low", "high"))
    axis.plot([-limit, limit], [-limit, limit], color=TRUTH, linewidth=0.9, zorder=1)
    axis.fill_between(qq["test"], low, high, color=look.color, alpha=0.3, linewidth=0, zorder=2)
    axis.plot(qq["test"], qq["generated"], color=look.color, linewidth=1.8, zorder=3)
    for level in levels:
        for mark in (level, 1 - level):
            i = int(np.argmin(np.abs(qq["level"] - mark)))
            axis.plot(qq["test"][i], qq["generated"][i], marker="o", markersize=4.5,
                      markerfacecolor="white", markeredgecolor=look.color, zorder=4)
        if named:
            axis.annotate(level_text(level), (qq["test"][i], qq["generated"][i]), xytext=(7, -9),
                          textcoords="offset points", fontsize=8, color="0.3").set_in_layout(False)


def draw_departure(axis, qq, look):
    """100 (q - test) sign(test) / sqrt(1 + test^2) for generated quantile, band and true law."""
    per_cent = 100 * np.sign(qq["test"]) / np.hypot(1, qq["test"])
    low, high = (np.clip((qq[key] - qq["test"]) * per_cent, -1e4, 1e4) for key in ("low", "high"))
    axis.axhline(0, color=TRUTH, linewidth=0.9, zorder=1)
    if has_law(qq.get("law")):
        axis.plot(qq["test"], (qq["law"] - qq["test"]) * per_cent, color="0.3", linewidth=0.9,
                  dashes=(3, 2), zorder=4)
    axis.fill_between(qq["test"], low, high, color=look.color, alpha=0.35, linewidth=0, zorder=2)
    axis.plot(qq["test"], (qq["generated"] - qq["test"]) * per_cent, color=look.color,
              linewidth=1.3, zorder=3)
    axis.set_ylim(-40, 40)
    axis.set_yticks([-30, 0, 30], ["−30 %", "0", "+30 %"])


def scale(axis, which, limit):
    """asinh: the same on both axes, so the diagonal stays straight."""
    ticks = TICKS[TICKS < limit][::1 if limit < 25 else 2]
    ticks = np.concatenate([-ticks[::-1], [0], ticks])
    getattr(axis, f"set_{which}scale")("function", functions=(np.arcsinh, np.sinh))
    getattr(axis, f"set_{which}ticks")(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
    getattr(axis, f"set_{which}lim")(-limit, limit)


def finite(values):
    return values[np.isfinite(values)]


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
