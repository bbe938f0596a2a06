#!/usr/bin/python3
"""Survival functions, log-log: how often paths exceed x, beside the true law, or beside the test
sample where the data have none."""

import sys

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from htdm_results import computed, has_law, reference, test_count
from plotting import (TRUTH, Picture, arrow, clopper_pearson, event_text, level_text, main,
                      outer_legend, path_counts, plt, selections, size_event)

CAPTION = (
    "Probability that the {event} exceeds x (raw space), counted over {paths} paths per sampler, "
    "both axes logarithmic, so that a power law is a straight line; shaded bands are pointwise "
    "95 % Clopper–Pearson intervals. {truth}{named}A sampler with no path beyond some x is not "
    "dropped: the arrow starts at the upper end of its 95 % interval there, and its curve may lie "
    "anywhere below; the grey region holds what this many paths cannot see.")
TRUTH_TEXT = {
    "law": "The black line is the true law: below it extremes are too rare, above too frequent. ",
    "test": "Black dots are the test sample, {count:,} values the models have not seen, with their "
            "own 95 % intervals: a sampler is wrong where the bands part. ", "": ""}
NAMES = {name: f"Dotted vertical lines are the thresholds of Table I{by}. " for name, by in {
    "law": ", named by their true probability",
    "test": ", named by the share of the test sample beyond", "": ""}.items()}


def pictures(results):
    return [picture(results, chosen) for chosen in selections(results, drawable)]


def drawable(entry):
    """Whether there is a curve: laws of a few points have none."""
    survival = computed(entry, "survival")
    return survival is not None and np.count_nonzero(survival["count"]) > 1


def picture(results, chosen):
    entries = chosen.entries
    law = all(has_law(entry["survival"].get("law")) for entry in entries)
    figure, axis = plt.subplots(figsize=(6.4, 4.8))
    symbol, event = event_text(results)
    for entry, style, text in zip(entries, chosen.looks, chosen.labels):
        draw(axis, entry, style, text)
    x, reach = reach_of(entries, law)
    count = test_count(results)
    truth = "law" if law else "test" if count and "test" in entries[0]["survival"] else ""
    if truth == "law":
        axis.plot(x, reach, color=TRUTH, linewidth=1.1, label="true law")
    elif truth == "test":
        draw_test(axis, entries, count)
    limits(axis, x, reach, min(entry["survival"]["high"].min() for entry in entries))
    named = thresholds(axis, entries[0], size_event(results))
    axis.set_ylabel(f"P({symbol} > x)")
    axis.set_xlabel("x, raw space")
    outer_legend(figure, [axis], 3)
    return Picture(f"survival{chosen.suffix}", f"How often extremes occur: {chosen.title}",
                   CAPTION.format(event=event, paths=path_counts(entries),
                                  truth=TRUTH_TEXT[truth].format(count=count),
                                  named=NAMES[reference(results)] if named else ""),
                   "survival/ of each sampler", figure)


def draw(axis, entry, style, text):
    """The counted curve with its band; where the count runs out, an arrow at the upper bound."""
    survival = entry["survival"]
    x, seen = survival["threshold"], survival["count"] > 0
    value = survival["count"] / float(entry["paths"])
    low, high = survival["low"], survival["high"]
    axis.fill_between(x[seen], low[seen], high[seen], color=style.color, alpha=0.2, linewidth=0)
    axis.plot(x[seen], value[seen], color=style.color, linestyle=style.dashes, label=text)
    if not seen.all():
        first = int(np.argmin(seen))
        if np.isfinite(high[first]):
            arrow(axis, (x[first], high[first]), (x[first], high[first] / 4), style.color)


def draw_test(axis, entries, count):
    """Share of the test sample beyond each threshold that at least one of its values passes."""
    x, first = np.unique(np.concatenate([entry["survival"]["threshold"] for entry in entries]),
                         return_index=True)
    above = np.concatenate([entry["survival"]["test"] for entry in entries])[first].astype(int)
    x, above = x[above > 0], above[above > 0]
    share = above / count
    low, high = np.transpose([clopper_pearson(k, count) for k in above])
    axis.errorbar(x, share, [share - low, high - share], fmt=".", color=TRUTH, markersize=3,
                  elinewidth=0.6, zorder=3, label="test sample")


def reach_of(entries, law):
    """All thresholds of all samplers, and there the truth, or without it the largest estimate."""
    x = np.concatenate([entry["survival"]["threshold"] for entry in entries])
    reach = np.concatenate([entry["survival"]["law"] if law else entry["survival"]["count"] /
                            float(entry["paths"]) for entry in entries])
    order = np.lexsort((-reach, x))
    x, first = np.unique(x[order], return_index=True)
    return x, reach[order][first]


def limits(axis, x, reach, bound):
    """From the median outwards, as far as the paths can see."""
    inside = x[(reach <= 0.7) & (reach >= bound)]
    if len(inside) < 2 or inside[0] <= 0:
        inside = x[x > 0]
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlim(inside[0], inside[-1])
    axis.set_ylim(bound / 6, 1.2)
    axis.axhspan(bound / 6, bound, color="0.93", linewidth=0, zorder=0)
    ticks = [factor * 10.0 ** k for k in range(-9, 9) for factor in (1, 3)]
    axis.xaxis.set_major_locator(FixedLocator([x for x in ticks if inside[0] <= x <= inside[-1]]))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.xaxis.set_minor_formatter(NullFormatter())


def thresholds(axis, entry, size):
    """Vertical lines at the thresholds of Table I, named by their level where there is one; whether
    there are any."""
    drawn, last, row = False, 0.0, 0
    low, high = np.log(axis.get_xlim())
    table = computed(entry, "exceedance") or {"threshold": [], "level": [], "event": []}
    for threshold, level, event in zip(table["threshold"], table["level"], table["event"]):
        if event != size:
            continue
        axis.axvline(threshold, color="0.45", linewidth=0.9, linestyle=":", zorder=1)
        text = f"{threshold:.4g}" if np.isnan(level) else level_text(level)
        # Names of near thresholds take turns in two rows.
        row = 1 - row if drawn and np.log(threshold / last) < 0.09 * (high - low) else 0
        drawn, last = True, threshold
        axis.annotate(text, (threshold, 1), (0, 10 * row), xycoords=("data", "axes fraction"),
                      textcoords="offset points", ha="center", va="bottom", fontsize=8,
                      color="0.3", annotation_clip=True)
    return drawn


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
