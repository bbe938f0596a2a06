#!/usr/bin/python3
"""A sweep in nu: exceedance at every level and W1, beside other samplers and the truth."""

import sys

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from htdm_results import computed, reference
from plotting import (REFERENCES, TRUTH, Picture, arrow, condition, label, level_text, looks, main,
                      nu_text, outer_legend, plt, sweeps)

CAPTION = (
    "What the sampling ν does to {name}. {exceedance}{w1}Points carry 95 % intervals; horizontal "
    "lines with bands are the samplers that do not depend on this ν. A value with no path beyond "
    "the threshold is drawn as an arrow from the upper end of its 95 % interval; those of other "
    "samplers stand at the left edge, with their bounds at the foot. Intervals of very few paths "
    "may leave the frame at the bottom. The values of ν "
    "are evenly spaced for legibility, not to scale.")
EXCEEDANCE = (
    "The first panels show the probability of exceeding each threshold{truth}. ")
TRUTHS = {"law": "; the black line is the true probability", "test": "; the black line is the "
          "share of the test sample", "": ""}
TITLES = {"law": "true probability", "test": "share of the test sample"}
W1 = (
    "The last panel shows the Wasserstein distance W1 in z-space ({what}); lower is better, and 0 "
    "is out of reach: two finite samples of one law differ too. ")


def pictures(results):
    return [picture(results, name, entries) for name, entries in sweeps(results).items()
            if any(computed(entry, table) for entry in entries
                   for table in ("exceedance", "w1_test", "w1_law"))]


def picture(results, name, entries):
    swept = sweeps(results)
    others = [entry for entry in results["samplers"] if entry["name"] not in swept]
    levels = min(len(entry["exceedance"]["threshold"]) if computed(entry, "exceedance") else 0
                 for entry in entries)
    distances = [key for key in ("w1_test", "w1_law")
                 if any(computed(entry, key) for entry in entries)]
    panels = levels + bool(distances)
    columns = panels if panels <= 3 else 2
    rows = -(-panels // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(3.2 * columns + 0.3, 3.3 * rows + 0.7),
                                squeeze=False)
    own = looks(results)
    for level, axis in enumerate(axes.flat[:levels]):
        draw_exceedance(axis, results, entries, others, own, level)
    if distances:
        draw_w1(axes.flat[levels], entries, others, own, distances)
    for axis in axes.flat[panels:]:
        axis.remove()
    for axis in axes.flat[:panels]:
        axis.set_xticks(range(len(entries)), [nu_text(entry["nu"]) for entry in entries])
        axis.set_xlim(-0.5, len(entries) - 0.5)
        axis.set_xlabel(f"ν of {name}")
        axis.grid(axis="x", visible=False)
    outer_legend(figure, axes.flat[:panels])
    what = {"w1_test": "filled: to the test sample", "w1_law": "open, dashed: to the true law"}
    return Picture(f"sweep_{name}", f"The sweep of {name} along ν", CAPTION.format(
        name=name, exceedance=EXCEEDANCE.format(truth=TRUTHS[reference(results)]) if levels else "",
        w1=W1.format(what="; ".join(what[key] for key in distances)) if distances else ""),
        "exceedance/, w1_test/ and w1_law/ of each sampler", figure)


def draw_exceedance(axis, results, entries, others, own, level):
    table = entries[0]["exceedance"]
    threshold, truth = table["threshold"][level], table["level"][level]
    values = np.array([estimate(entry, level) for entry in entries])
    references = [(entry, estimate(entry, level)) for entry in others
                  if computed(entry, "exceedance")]
    frame(axis, [values] + [value for _, value in references], [] if np.isnan(truth) else [truth])
    if not np.isnan(truth):
        axis.axhline(truth, color=TRUTH, linewidth=1.2, zorder=3,
                     label=REFERENCES[reference(results)])
    draw_references(axis, references, own)
    points(axis, values, own[entries[0]["name"]], entries[0]["name"])
    axis.set_ylabel(f"P({condition(table['event'][level], threshold, results)})")
    axis.set_title("" if np.isnan(truth) else f"{TITLES[reference(results)]} {level_text(truth)}")


def draw_w1(axis, entries, others, own, distances):
    """W1 of the worst component; to the test sample filled, to the law open and dashed."""
    shown = distances[0]
    values = {key: np.array([worst(computed(entry, key)) for entry in entries])
              for key in distances}
    references = [(entry, worst(computed(entry, shown))) for entry in others
                  if computed(entry, shown)]
    frame(axis, list(values.values()) + [value for _, value in references], [])
    draw_references(axis, references, own)
    for key in distances:
        points(axis, values[key], own[entries[0]["name"]], entries[0]["name"],
               hollow=key == "w1_law", shift=0.12 if key != shown else 0)
    axis.set_ylabel("$W_1$, z-space")
    axis.set_title({"w1_test": "to the test sample", "w1_law": "to the true law"}[shown] +
                   (" (open: to the law)" if len(distances) > 1 else ""))


def estimate(entry, level):
    table = entry["exceedance"]
    return [table[key][level] for key in ("probability", "low", "high")]


def worst(distance):
    if distance is None:
        return [np.nan] * 3
    i = int(np.argmax(distance["value"]))
    return [distance[key][i] for key in ("value", "low", "high")]


def frame(axis, estimates, others):
    """Logarithmic limits that hold the intervals of nonzero estimates; zeros do not stretch it."""
    rows = np.vstack([np.atleast_2d(values) for values in estimates])
    rows = rows[rows[:, 0] > 0]
    # A single path has an interval over two decades: its lower end may leave the frame.
    ends = np.concatenate([rows[:, 0], rows[:, 2], np.maximum(rows[:, 1], rows[:, 0] / 3),
                           others])
    ends = ends[np.isfinite(ends)]
    low, high = (ends.min(), ends.max()) if len(ends) else (1e-3, 1)
    axis.set_yscale("log")
    axis.set_ylim(low / (high / low) ** 0.12 / 1.2, high * (high / low) ** 0.05 * 1.1)
    if high / low < 60:
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        axis.yaxis.set_major_formatter(FuncFormatter(
            lambda value, _: level_text(value) if value < 0.01 else f"{value:g}"))
        axis.yaxis.set_minor_formatter(NullFormatter())


def points(axis, values, look, name, hollow=False, shift=0.0):
    """Estimates with error bars; a zero becomes an arrow from its upper bound."""
    x, (value, low, high) = np.arange(len(values)) + shift, values.T
    seen = value > 0
    axis.errorbar(x[seen], value[seen], yerr=[(value - low)[seen], (high - value)[seen]],
                  color=look.color, marker=look.marker, markersize=5, capsize=2.5, zorder=4,
                  markerfacecolor="white" if hollow else look.color, linewidth=1.2,
                  linestyle=(0, (3, 2)) if hollow else "-", label="_" if hollow else name)
    for position, bound in zip(x[~seen], high[~seen]):
        if np.isfinite(bound):
            start = bounded(axis, position, bound, look)
            if bound < start:
                axis.annotate(f"< {level_text(bound, 2)}", (position, start), xytext=(0, 5),
                              textcoords="offset points", ha="center", fontsize=8, color="0.25")


def draw_references(axis, references, own):
    """Horizontal bands for the samplers outside the sweep; for a zero count, its upper bound."""
    zeros = 0
    for entry, (value, low, high) in references:
        look = own[entry["name"]]
        if value > 0:
            axis.axhline(value, color=look.color, linestyle=look.dashes, label=label(entry))
            axis.axhspan(low, high, color=look.color, alpha=0.18, linewidth=0, zorder=1)
        elif np.isfinite(high):
            bounded(axis, -0.35 + 0.17 * zeros, high, look)
            axis.annotate(f"{entry['name']} < {level_text(high, 2)}", (0.14, 0.03 + 0.055 * zeros),
                          xycoords="axes fraction", fontsize=8, color="0.25")
            zeros += 1


def bounded(axis, x, bound, look):
    """From the bound downwards, or where that is below the frame from its edge; where it starts."""
    bottom, top = axis.get_ylim()
    length = (top / bottom) ** 0.1
    start = max(bound, bottom * length)
    arrow(axis, (x, start), (x, start / length), look.color)
    return start


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
