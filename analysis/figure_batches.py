#!/usr/bin/python3
"""Per-batch spread: the exceedance probability of every batch of every sampler and level."""

import sys

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from htdm_results import computed, reference
from plotting import (REFERENCES, TRUTH, Picture, arrow, binomial_range, condition, label,
                      level_text, looks, main, outer_legend, plt)

CAPTION = (
    "Every batch on its own: dots are the exceedance probabilities of the {batches} batches of "
    "{size:,} paths, in batch order from top to bottom; open dots in the strip at the left are "
    "batches with no path beyond the threshold. The large mark with a bar below them is the pooled "
    "probability with its 95 % Clopper–Pearson interval; an arrow in its place starts at the "
    "interval's upper end where no path at all was beyond. {truth}The pale band is where 19 of 20 "
    "batches would lie if they differed by counting chance alone: dots inside it mean that the "
    "pooled interval can be trusted, dots strewn far outside it that batches differ by more than "
    "chance.")
TRUTH_TEXT = {"law": "The black line is the true probability. ",
              "test": "The black line is the share of the test sample. ", "": ""}


def pictures(results):
    entries = [entry for entry in results["samplers"] if computed(entry, "exceedance")
               and entry["exceedance"]["batch_count"].shape[1] > 0]
    if not entries:
        return []
    levels = min(len(entry["exceedance"]["threshold"]) for entry in entries)
    columns = levels if levels <= 3 else 2
    rows = -(-levels // columns)
    figure, axes = plt.subplots(
        rows, columns, squeeze=False, sharey=True,
        figsize=(1.6 + 3.3 * columns, rows * (1.1 + 0.42 * len(entries))))
    own = looks(results)
    for level, axis in enumerate(axes.flat[:levels]):
        draw(axis, results, entries, own, level)
    for axis in axes.flat[levels:]:
        axis.remove()
    axes[0, 0].set_yticks(range(len(entries)), [label(entry) for entry in entries])
    axes[0, 0].set_ylim(len(entries) - 0.45, -0.55)
    outer_legend(figure, axes.flat[:1])
    batches = entries[0]["exceedance"]["batch_count"].shape[1]
    return [Picture("batches", "Spread over batches", CAPTION.format(
        batches=batches, size=round(float(entries[0]["paths"]) / batches),
        truth=TRUTH_TEXT[reference(results)]), "exceedance/batch_count of each sampler", figure)]


def draw(axis, results, entries, own, level):
    table = entries[0]["exceedance"]
    truth = table["level"][level]
    edge, right = ends(entries, level, truth)
    zero = edge / (right / edge) ** 0.06  # where batches without a path are drawn
    if not np.isnan(truth):
        axis.axvline(truth, color=TRUTH, linewidth=1.2, zorder=3,
                     label=REFERENCES[reference(results)])
    empty = False
    for row, entry in enumerate(entries):
        table, color = entry["exceedance"], own[entry["name"]].color
        size = float(entry["paths"]) / table["batch_count"].shape[1]
        pooled = table["probability"][level]
        rates = table["batch_count"][level] / size
        if pooled > 0:
            low, high = binomial_range(size, pooled)
            axis.barh(row, max(high / size, edge) - max(low / size, edge), 0.8, color=color,
                      left=max(low / size, edge), alpha=0.2, linewidth=0, zorder=1)
        y = row + np.linspace(-0.36, 0.14, len(rates))
        seen = rates > 0
        axis.plot(rates[seen], y[seen], "o", color=color, markersize=3, zorder=4)
        axis.plot(np.full((~seen).sum(), zero), y[~seen], "o", color=color, markersize=3,
                  markerfacecolor="white", zorder=4)
        empty = empty or not seen.all()
        draw_pooled(axis, row, [table[key][level] for key in ("probability", "low", "high")],
                    edge, own[entry["name"]])
    legend_entries(axis)
    frame(axis, edge, right, zero, empty)
    axis.set_xlabel(f"P({condition(table['event'][level], table['threshold'][level], results)})")
    axis.set_title("" if np.isnan(truth) else f"{TITLES[reference(results)]} {level_text(truth)}")


TITLES = {"law": "true probability", "test": "share of the test sample"}


def ends(entries, level, truth):
    """The range of everything nonzero that is drawn; interval ends below it are cut off."""
    values = [] if np.isnan(truth) else [truth]
    for entry in entries:
        table = entry["exceedance"]
        counts = table["batch_count"][level]
        values.extend(counts[counts > 0] / (float(entry["paths"]) / len(counts)))
        values.extend([table["high"][level], table["probability"][level]])
    values = [value for value in values if np.isfinite(value) and value > 0]
    return (min(values) / 1.6, max(values) * 1.4) if values else (1e-3, 1)


def draw_pooled(axis, row, estimate, edge, look):
    """A mark with its interval, below the dots and edged in white to stand out from the band."""
    value, low, high = estimate
    y = row + 0.28
    if value > 0:
        axis.plot([max(low, edge), high], [y, y], color=look.color, linewidth=2.2, zorder=6)
        axis.plot(value, y, marker=look.marker, color=look.color, markersize=8,
                  markeredgecolor="white", markeredgewidth=1.2, zorder=7)
    elif np.isfinite(high):
        arrow(axis, (high, y), (edge, y), look.color)


def legend_entries(axis):
    """What the marks mean, in grey: colours name samplers, and these stand at the left."""
    grey = "0.35"
    axis.plot([], [], "o", color=grey, markersize=3, label="one batch")
    axis.plot([], [], "-o", color=grey, markersize=7, linewidth=2.2, markeredgecolor="white",
              label="all batches, 95 % interval")
    axis.barh([0], [0], color=grey, alpha=0.25, label="19 of 20 batches by chance")


def frame(axis, edge, right, zero, empty):
    axis.set_xscale("log")
    axis.set_xlim(zero / (edge / zero) if empty else edge, right)
    decades = [10.0 ** k for k in range(-12, 1) if edge <= 10.0 ** k <= right]
    factors = (1, 3) if right / edge < 300 else (1,)
    if len(decades) < 2:
        factors = (1, 2, 5)
    ticks = [factor * 10.0 ** k for k in range(-12, 1) for factor in factors
             if edge <= factor * 10.0 ** k <= right]
    free = zero * (right / zero) ** 0.14 if empty else 0  # room for the label of zero
    ticks = [tick for tick in ticks if tick > free]
    axis.xaxis.set_major_locator(FixedLocator(([zero] if empty else []) + ticks))
    axis.xaxis.set_major_formatter(FuncFormatter(
        lambda value, _: "none" if value == zero else level_text(value)))
    axis.xaxis.set_minor_locator(FixedLocator([]))
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.grid(axis="y", visible=False)
    if empty:
        axis.axvspan(zero / (edge / zero), edge, color="0.93", linewidth=0, zorder=0)


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
