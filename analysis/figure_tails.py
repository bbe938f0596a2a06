#!/usr/bin/python3
"""Return levels, Hill plot, mean excess and threshold stability of a tail.h5: data beside what was
generated and beside laws."""

import sys

import numpy as np

from plotting import DASHES, PALETTE, TRUTH, Picture, main, nu_text, outer_legend, plt

KIND = "tail"
CAPTION = (
    "Tails of the {event} ({sizes}). Top left: probability beyond x, both axes logarithmic; points "
    "are counts with Clopper–Pearson intervals, lines laws, bars the return levels of the "
    "generalised Pareto fits with their profile-likelihood intervals. Top right: Hill's tail index "
    "of the largest draws against their share, and the local index of laws; flat where the tail is "
    "a power law. Bottom left: mean excess over a threshold, a line of slope ξ/(1 − ξ) where the "
    "tail is Pareto with shape ξ < 1. Bottom right: shape ξ of fits above higher and higher "
    "thresholds (to the left), constant from where on it can be trusted. Bands are pointwise 95 % "
    "intervals{doubt}.")
DOUBT = "; marked with * in the legend: doubtful, as the report says"
PARTS = {"training data": ("0.55", "-"), "held-out data": (TRUTH, "-"),
         "law of the data": (TRUTH, (0, (4, 2)))}


def pictures(results):
    events = list(dict.fromkeys(tail["event"] for tail in results["tails"]))
    return [picture(results, event, "" if event == events[0] else f"_{event}")
            for event in events]


def picture(results, event, suffix):
    tails = [tail for tail in results["tails"] if tail["event"] == event]
    figure, axes = plt.subplots(2, 2, figsize=(9.2, 6.8))
    (levels, hill), (excess, stability) = axes
    for tail, (color, dashes) in zip(tails, styles(tails)):
        text = label(tail) + ("*" if doubtful(tail) else "")
        draw_levels(levels, tail, color, dashes, text)
        draw_hill(hill, tail, color, dashes)
        draw_excess(excess, tail, color)
        draw_stability(stability, tail, color)
    frame(levels, hill, excess, stability, tails)
    outer_legend(figure, [levels], 3)
    return Picture(f"tails{suffix}", f"Tails of the {event}", CAPTION.format(
        event={"norm": "norm of a draw", "coordinate": "size of the first coordinate",
               "upper": "upper tail of the first coordinate",
               "lower": "lower tail of the first coordinate",
               "linear": "weighted sum of the coordinates"}[event],
        sizes="; ".join(f"{label(tail)}: {int(tail['draws']):,} draws" for tail in tails
                        if tail["draws"]) or "laws only",
        doubt=DOUBT if any(map(doubtful, tails)) else ""),
        "tails/ of tail.h5", figure)


def styles(tails):
    """Data in grey and black; a sampler and its law share a colour."""
    names = list(dict.fromkeys(name(tail) for tail in tails if tail["sampler"]))
    looks = {text: (PALETTE[i % 6], DASHES[i // 6 % 6]) for i, text in enumerate(names)}
    return [PARTS.get(tail["part"]) or looks[name(tail)] for tail in tails]


def name(tail):
    return tail["sampler"] + ("" if np.isnan(tail["nu"]) else f", ν = {nu_text(tail['nu'])}")


def label(tail):
    if not tail["sampler"]:
        return tail["part"]
    return f"law of {name(tail)}" if tail["part"] == "law" else name(tail)


def doubtful(tail):
    return any(doubt != "" for doubt in tail["numbers"]["doubt"])


def band(axis, x, table, color):
    """The value as a line, its interval as a band where it is finite."""
    low, high = table["low"], table["high"]
    known = np.isfinite(low) & np.isfinite(high)
    axis.fill_between(x[known], low[known], high[known], color=color, alpha=0.18, linewidth=0)


def draw_levels(axis, tail, color, dashes, text):
    points = tail["survival"]
    x, p = points["threshold"], points["probability"]
    if tail["draws"] == 0:
        axis.plot(x, p, color=color, linestyle=dashes, linewidth=1.2, label=text)
        return
    band(axis, x, points, color)
    axis.plot(x, p, ".", color=color, markersize=3.5, label=text)
    table = tail["return_levels"]
    fitted = (table["quantity"] == "fitted") & np.isfinite(table["value"])
    value, low, high = (table[key][fitted] for key in ("value", "low", "high"))
    axis.errorbar(value, table["probability"][fitted], xerr=[value - low, high - value], fmt="D",
                  color=color, markersize=3, elinewidth=1, capsize=2)


def draw_hill(axis, tail, color, dashes):
    if tail["draws"] == 0:
        points = tail["survival"]
        axis.plot(points["probability"], points["index"], color=color, linestyle=dashes,
                  linewidth=1.2)
        return
    table = tail["hill_plot"]
    share = table["exceedances"] / float(tail["draws"])
    band(axis, share, table, color)
    axis.plot(share, table["value"], color=color, linewidth=1.2)


def draw_excess(axis, tail, color):
    table = tail["mean_excess"]
    if tail["draws"] == 0 or len(table["value"]) == 0:
        return
    band(axis, table["threshold"], table, color)
    axis.plot(table["threshold"], table["value"], ".-", color=color, linewidth=1, markersize=3)


def draw_stability(axis, tail, color):
    if tail["draws"] == 0:
        return
    table = tail["stability"]
    share = table["exceedances"] / float(tail["draws"])
    band(axis, share, table, color)
    axis.plot(share, table["shape"], ".-", color=color, linewidth=1, markersize=3)


def frame(levels, hill, excess, stability, tails):
    """Axes as far as draws and return levels reach, but not far beyond data where there are some;
    laws go on to 1e-15, where nothing else is."""
    drawn = [tail for tail in tails if tail["draws"]] or tails
    probabilities = np.concatenate([tail["return_levels"]["probability"] for tail in tails] +
                                   [tail["survival"]["probability"] for tail in drawn])
    lowest = probabilities[probabilities > 0].min() / 2
    thresholds = np.concatenate([within(tail, lowest) for tail in tails])
    values = np.concatenate([tail["return_levels"]["high"] for tail in drawn])
    farthest = max(thresholds.max(), np.nanmax(values[np.isfinite(values)], initial=0))
    levels.set_xscale("log")
    levels.set_yscale("log")
    data = [within(tail, 0).max() for tail in tails if tail["draws"] and not tail["sampler"]]
    levels.set_xlim(thresholds[thresholds > 0].min(),
                    min(farthest, 30 * thresholds.max(), 300 * max(data, default=np.inf)))
    levels.set_ylim(lowest, 0.4)
    levels.set_xlabel("x, raw data units")
    levels.set_ylabel("probability beyond x")
    hill.set_xscale("log")
    hill.set_xlim(lowest, 0.4)
    tops = [value for tail in drawn for value in tail["hill_plot"]["value"]] or [
        value for tail in tails for value in tail["survival"]["index"]]
    hill.set_ylim(0, 1.6 * np.median(tops))
    hill.set_xlabel("share of the draws, or probability beyond")
    hill.set_ylabel("tail index (Hill; of laws local)")
    excess.set_xscale("log")
    excess.set_yscale("log")
    excess.set_xlabel("threshold, raw data units")
    excess.set_ylabel("mean excess")
    stability.set_xscale("log")
    stability.axhline(0, color="0.4", linewidth=0.8)
    shapes = np.concatenate([tail["stability"]["shape"] for tail in drawn])
    if len(shapes):
        middle = np.median(shapes)
        stability.set_ylim(min(-0.2, middle - 0.7), max(0.8, middle + 0.7))
    stability.set_xlabel("share of the draws in the fit")
    stability.set_ylabel("shape ξ")


def within(tail, lowest):
    points = tail["survival"]
    return points["threshold"][points["probability"] >= lowest]


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__, kind=KIND))
