#!/usr/bin/python3
"""Tail ratio against depth: how often extremes are generated, over how often they should be."""

import sys

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from htdm_results import computed, has_law, reference, test_count
from plotting import (TRUTH, Picture, arrow, clopper_pearson, event_text, level_text, main,
                      outer_legend, path_counts, plt, selections, size_event, symbol)

CAPTION = (
    "How many times too often or too rarely a sampler goes beyond a threshold ({paths} paths "
    "each), against how deep in the tail that threshold lies: at depth 1000 one {of} in 1000 goes "
    "beyond it. 1 is right, 0.5 means half as many extremes as there should be; a curve that falls "
    "to the right belongs to a tail that is too light. {kind}{zero}")
CURVES = (
    "Shaded bands are pointwise 95 % Clopper–Pearson intervals; dotted vertical lines are the "
    "thresholds of Table I, with their x. The grey region holds what this many paths cannot see. ")
POINTS = (
    "Points are the levels of Table I, moved apart sideways for legibility, with 95 % "
    "Clopper–Pearson intervals of the generated probability{test}. ")
TEST = (
    "; the grey boxes are the 95 % intervals of the test sample itself ({count:,} values): a "
    "perfect sampler may lie anywhere in them, so only departures beyond them count")
ZERO = (
    "An arrow starts at the upper end of the 95 % interval of a sampler that never went so deep; "
    "its ratio may lie anywhere below.")
RATIO = (0.02, 10)  # what is shown


def pictures(results):
    against = reference(results)
    if not against:
        return []
    return [picture(results, chosen, against) for chosen in selections(results, usable)]


def usable(entry):
    """Whether a curve or points are there to draw."""
    return has_curve(entry) or any(np.isfinite((computed(entry, "exceedance") or
                                                {"level": [np.nan]})["level"]))


def has_curve(entry):
    """Whether counts can be divided by a law; laws of a few points give no curve."""
    survival = computed(entry, "survival")
    return survival is not None and has_law(survival.get("law")) and np.count_nonzero(
        survival["count"]) > 1


def picture(results, chosen, against):
    curve = all(map(has_curve, chosen.entries))
    events = [event for event in events_of(chosen.entries)
              if not curve or event != size_event(results)]
    panels = curve + len(events)
    figure, axes = plt.subplots(1, panels, sharey=True, squeeze=False,
                                figsize=(6.4 if panels == 1 else 4.2 * panels, 4.4))
    if curve:
        draw_curves(axes[0, 0], results, chosen)
    for axis, event in zip(axes[0, int(curve):], events):
        frame(axis, draw_points(axis, results, chosen, event, against))
    if curve:
        frame(axes[0, 0])
    axes[0, 0].set_ylabel("generated / " + ("true" if against == "law" else "test sample's") +
                          " probability")
    outer_legend(figure, axes[0], 3 if panels == 1 else 5)
    count = test_count(results)
    test = TEST.format(count=count) if against == "test" and count else ""
    return Picture(
        f"ratio{chosen.suffix}", f"Tail ratio against depth: {chosen.title}", CAPTION.format(
            paths=path_counts(chosen.entries), zero=ZERO,
            of="path of the true law" if against == "law" else "value of the test sample",
            kind=(CURVES if curve else "") + (POINTS.format(test=test) if events else "")),
        "survival/ (count, low, high, law)" if curve and not events else
        "exceedance/ (probability, low, high over level)" if not curve else
        "survival/ and exceedance/", figure)


def events_of(entries):
    """The events of the exceedance tables, in their order."""
    return list(dict.fromkeys(str(event) for entry in entries for event in
                              (computed(entry, "exceedance") or {"event": []})["event"]))


def draw_curves(axis, results, chosen):
    """Survival functions over the law, along 1/law."""
    bound = min(entry["survival"]["high"].min() for entry in chosen.entries)
    for entry, style, text in zip(chosen.entries, chosen.looks, chosen.labels):
        survival = {key: values[entry["survival"]["law"] > 0]
                    for key, values in entry["survival"].items()
                    if np.shape(values) == entry["survival"]["law"].shape}
        depth, seen = 1 / survival["law"], survival["count"] > 0
        value = survival["count"] / float(entry["paths"]) * depth
        low, high = survival["low"] * depth, survival["high"] * depth
        axis.fill_between(depth[seen], low[seen], high[seen], color=style.color, alpha=0.2,
                          linewidth=0)
        axis.plot(depth[seen], value[seen], color=style.color, linestyle=style.dashes, label=text)
        if not seen.all():
            down(axis, depth[~seen][0], high[~seen][0], style.color)
    axis.set_xlim(2, 1 / bound)
    depth = np.geomspace(1, 2 / bound, 50)
    axis.fill_between(depth, 1e-9, bound * depth, color="0.93", linewidth=0, zorder=0)
    table = computed(chosen.entries[0], "exceedance") or {"level": [], "threshold": [], "event": []}
    for level, threshold, event in zip(table["level"], table["threshold"], table["event"]):
        if np.isfinite(level) and event == size_event(results):
            axis.axvline(1 / level, color="0.45", linewidth=0.9, linestyle=":", zorder=1)
            axis.annotate(f"x = {threshold:.4g}", (1 / level, 1), ha="center", va="bottom",
                          xycoords=("data", "axes fraction"), fontsize=8, color="0.3")
    axis.set_xlabel(f"depth: in the true law, one path in … has {event_text(results)[0]} > x")


def draw_points(axis, results, chosen, event, against):
    """Exceedance over its level, one point per level of the event; boxes for the test sample."""
    levels = sorted({level for entry in chosen.entries for level in of_event(entry, event)[0]})
    closest = min(np.diff(np.log(levels)), default=1.5)
    count, box = test_count(results), np.exp(0.42 * min(closest, 1.5))
    for i, (entry, style, text) in enumerate(zip(chosen.entries, chosen.looks, chosen.labels)):
        level, value, low, high = of_event(entry, event)
        depth = box ** (0.8 * (2 * (i + 0.5) / len(chosen.entries) - 1)) / level
        seen = value > 0
        axis.errorbar(depth[seen], value[seen], color=style.color, marker=style.marker, label=text,
                      yerr=[(value - low)[seen], (high - value)[seen]], markersize=5, capsize=2.5,
                      linewidth=1.3, linestyle=style.dashes, zorder=3)
        for x, bound in zip(depth[~seen], high[~seen]):
            down(axis, x, bound, style.color)
    for level in levels if against == "test" and count else []:
        low, high = (end / level for end in clopper_pearson(round(count * level), count))
        axis.fill_between([1 / level / box, box / level], max(low, 1e-9), high, color="0.88",
                          linewidth=0, zorder=0,
                          label="95 % interval of the test sample" if level == levels[0] else None)
    axis.set_xlim(1 / levels[-1] / box ** 1.2, box ** 1.2 / levels[0])
    axis.set_title({"upper": "upper tail", "lower": "lower tail"}.get(
        event, f"{symbol(event, results)} > x"))
    axis.set_xlabel("depth: one " + ("value of the test sample" if against == "test" else "path") +
                    " in … lies beyond")
    axis.grid(axis="x", visible=False)
    return 1 / np.array(levels)


def of_event(entry, event):
    """Levels of one event, and the exceedance with its interval over them."""
    table = computed(entry, "exceedance")
    keep = (table["event"] == event) & (table["level"] > 0)
    level = table["level"][keep]
    return [level, *(table[key][keep] / level for key in ("probability", "low", "high"))]


def down(axis, x, bound, color):
    """An arrow from the bound, if that is in the frame."""
    if np.isfinite(bound) and bound > 1.5 * RATIO[0]:
        arrow(axis, (x, min(bound, RATIO[1])), (x, max(bound / 4, 1.05 * RATIO[0])), color)


def frame(axis, depths=None):
    """Logarithmic axes around the line at 1; ticks at these depths, or at powers of ten."""
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.axhline(1, color=TRUTH, linewidth=1.1, zorder=2)
    axis.set_ylim(*RATIO)
    axis.set_yticks([0.03, 0.1, 0.3, 1, 3, 10])
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.xaxis.set_major_locator(LogLocator(numticks=12) if depths is None else
                                FixedLocator(depths))
    axis.xaxis.set_major_formatter(FuncFormatter(
        lambda value, _: f"{value:,.0f}" if value < 2e4 else level_text(value)))
    axis.xaxis.set_minor_formatter(NullFormatter())
    if depths is not None:
        axis.xaxis.set_minor_locator(NullLocator())


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
