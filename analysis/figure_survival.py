#!/usr/bin/python3
"""Survival functions, log-log: how often paths exceed x, and the ratio to the truth."""

import sys

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from htdm_results import computed, has_law
from plotting import (DASHES, TRUTH, Look, Picture, event_text, label, level_text, looks, main,
                      nu_text, plt, representatives, sweeps)

CAPTION = (
    "Probability that the {event} exceeds x (raw space), counted over {paths} paths per sampler, "
    "both axes logarithmic; shaded bands are pointwise 95 % Clopper–Pearson intervals. "
    "{truth}Dotted vertical lines are the thresholds of Table I. A sampler with no path beyond "
    "some x is not dropped: the arrow starts at the upper end of its 95 % interval there, and its "
    "curve may lie anywhere below; the grey region holds what this many paths cannot see.")
RATIO = (0.02, 10)  # what the lower panel shows
TRUTH_TEXT = (
    "The black line is the true law. The lower panel divides by it: 1 is right, 0.5 means half as "
    "many extremes as there should be; curves that leave it at the bottom go on in the upper "
    "panel. ")


def pictures(results):
    drawn = []
    own = looks(results)
    shown = [entry for entry in representatives(results) if drawable(entry)]
    if shown:
        drawn.append(picture(results, shown, [own[entry["name"]] for entry in shown],
                             [label(entry) for entry in shown],
                             "survival", "How often extremes occur"))
    for name, entries in sweeps(results).items():
        entries = [entry for entry in entries if drawable(entry)]
        if entries:
            shades = plt.get_cmap("viridis")(np.linspace(0, 0.86, len(entries)))
            styles = [Look(shade, DASHES[i % 6], "o") for i, shade in enumerate(shades)]
            drawn.append(picture(results, entries, styles,
                                 [f"ν = {nu_text(entry['nu'])}" for entry in entries],
                                 f"survival_{name}", f"Extremes of {name} along ν"))
    return drawn


def drawable(entry):
    """Whether there is a curve: laws of a few points have none."""
    survival = computed(entry, "survival")
    return survival is not None and np.count_nonzero(survival["count"]) > 1


def picture(results, entries, styles, labels, name, title):
    law = all(has_law(entry["survival"].get("law")) for entry in entries)
    figure, axes = plt.subplots(2 if law else 1, 1, sharex=True, squeeze=False,
                                figsize=(6.4, 6.6 if law else 4.6),
                                gridspec_kw={"height_ratios": [3, 2]} if law else None)
    top, bottom = axes[0, 0], axes[-1, 0] if law else None
    symbol, event = event_text(results)
    for entry, style, text in zip(entries, styles, labels):
        draw(top, entry, style, text, divide=False)
        if law:
            draw(bottom, entry, style, text, divide=True)
    x, reach = reach_of(entries, law)
    if law:
        top.plot(x, reach, color=TRUTH, linewidth=1.1, label="true law")
        bottom.axhline(1, color=TRUTH, linewidth=1.1)
        bottom.set_ylabel("ratio to the truth")
    bound = min(entry["survival"]["high"].min() for entry in entries)
    limits(top, bottom, x, reach, bound)
    thresholds(axes[:, 0], entries[0])
    top.set_ylabel(f"P({symbol} > x)")
    axes[-1, 0].set_xlabel("x, raw space")
    top.legend(loc="upper right" if len(entries) < 9 else "lower left", handlelength=3,
               frameon=True, framealpha=0.9, edgecolor="none")
    paths = sorted({int(entry["paths"]) for entry in entries})
    return Picture(name, title, CAPTION.format(
        event=event, paths=" to ".join(f"{count:,}" for count in {paths[0]: 0, paths[-1]: 0}),
        truth=TRUTH_TEXT if law else ""), figure)


def draw(axis, entry, style, text, divide):
    """The counted curve with its band; where the count runs out, an arrow at the upper bound."""
    survival = entry["survival"]
    scale = np.ones(len(survival["threshold"]))
    if divide:
        scale = 1 / np.where(survival["law"] > 0, survival["law"], np.nan)
    x, seen = survival["threshold"], survival["count"] > 0
    value = survival["count"] / float(entry["paths"]) * scale
    low, high = survival["low"] * scale, survival["high"] * scale
    axis.fill_between(x[seen], low[seen], high[seen], color=style.color, alpha=0.22, linewidth=0)
    axis.plot(x[seen], value[seen], color=style.color, linestyle=style.dashes, label=text)
    if not seen.all():
        first = int(np.argmin(seen))
        if not np.isfinite(high[first]):
            return
        if first > 0 and value[first - 1] > high[first]:
            axis.plot(x[first - 1:first + 1], [value[first - 1], high[first]], color=style.color,
                      linestyle=style.dashes)
        if not divide or high[first] > 2 * RATIO[0]:
            end = max(high[first] / 4, 1.05 * RATIO[0]) if divide else high[first] / 4
            axis.annotate("", xy=(x[first], end), xytext=(x[first], high[first]), zorder=5,
                          arrowprops={"arrowstyle": "-|>", "color": style.color, "linewidth": 1.4,
                                      "shrinkA": 0, "shrinkB": 0})
            axis.plot(x[first], high[first], marker="_", markersize=9, markeredgewidth=1.8,
                      color=style.color, zorder=5)


def reach_of(entries, law):
    """All thresholds of all samplers, and there the truth, or the largest probability without it."""
    x = np.concatenate([entry["survival"]["threshold"] for entry in entries])
    reach = np.concatenate([entry["survival"]["law"] if law else entry["survival"]["count"] /
                            float(entry["paths"]) for entry in entries])
    order = np.lexsort((-reach, x))
    x, first = np.unique(x[order], return_index=True)
    return x, reach[order][first]


def limits(top, bottom, x, reach, bound):
    """From the median outwards, as far as the paths can see."""
    inside = x[(reach <= 0.7) & (reach >= bound)]
    if len(inside) < 2 or inside[0] <= 0:
        inside = x[x > 0]
    for axis in filter(None, (top, bottom)):
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlim(inside[0], inside[-1])
    top.set_ylim(bound / 6, 1.2)
    top.axhspan(bound / 6, bound, color="0.93", linewidth=0, zorder=0)
    ticks = [factor * 10.0 ** k for k in range(-3, 9) for factor in (1, 3)]
    top.xaxis.set_major_locator(FixedLocator([x for x in ticks if inside[0] <= x <= inside[-1]]))
    top.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    top.xaxis.set_minor_formatter(NullFormatter())
    if bottom:
        bottom.set_ylim(*RATIO)
        bottom.set_yticks([0.03, 0.1, 0.3, 1, 3, 10])
        bottom.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bottom.yaxis.set_minor_formatter(NullFormatter())
        bottom.fill_between(x[reach > 0], 1e-9, bound / reach[reach > 0], color="0.93",
                            linewidth=0, zorder=0)


def thresholds(axes, entry):
    """Vertical lines at the thresholds of Table I, named by their level where there is one."""
    table = computed(entry, "exceedance")
    if table is None:
        return
    for threshold, level in zip(table["threshold"], table["level"]):
        for axis in axes:
            axis.axvline(threshold, color="0.45", linewidth=0.9, linestyle=":", zorder=1)
        text = f"{threshold:.4g}" if np.isnan(level) else level_text(level)
        axes[0].annotate(text, (threshold, 1), xycoords=("data", "axes fraction"), ha="center",
                         va="bottom", fontsize=8, color="0.3")


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
