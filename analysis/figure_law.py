#!/usr/bin/python3
"""Laws without Monte Carlo, log-log to 1e-12, over what was counted: tails that counting cannot
see."""

import sys

import numpy as np

from htdm_results import computed, has_law, propagated_law
from plotting import (TRUTH, Picture, event_text, main, outer_legend, path_counts, plt, selections)

CAPTION = (
    "Probability that the {event} exceeds x (raw space), both axes logarithmic. Lines are laws "
    "propagated from noise level to noise level without Monte Carlo, with errors far below their "
    "width (largest relative error at the study's levels: {error:.1g}). {counted}{truth}")
COUNTED = (
    "Points are counts of {paths} paths, bands their pointwise 95 % Clopper–Pearson intervals; the "
    "grey region holds what this many paths cannot see. ")
TRUTH_TEXT = "The black line is the true law; it may lie under that of a sampler."
DEEPEST = 1e-12


def pictures(results):
    return [picture(results, chosen) for chosen in selections(results, propagated_law)]


def picture(results, chosen):
    figure, axis = plt.subplots(figsize=(6.4, 4.8))
    sign, event = event_text(results)
    counted = [draw(axis, *what) for what in zip(chosen.entries, chosen.looks, chosen.labels)]
    if any(counted):
        bound = min(entry["survival"]["high"].min() for entry, seen in zip(chosen.entries, counted)
                    if seen)
        axis.axhspan(DEEPEST / 10, bound, color="0.93", linewidth=0, zorder=0)
    law = draw_truth(axis, chosen.entries)
    frame(axis, chosen.entries)
    axis.set_ylabel(f"P({sign} > x)")
    axis.set_xlabel("x, raw space")
    outer_legend(figure, [axis], 3)
    error = max(propagated_law(entry)["relative_error"] for entry in chosen.entries)
    return Picture(
        f"law{chosen.suffix}", f"Laws without Monte Carlo: {chosen.title}", CAPTION.format(
            event=event, error=error, truth=TRUTH_TEXT if law else "",
            counted=COUNTED.format(paths=path_counts(chosen.entries)) if any(counted) else ""),
        "propagated_law/survival/ and survival/ of each sampler", figure)


def draw(axis, entry, style, text):
    """The law as a line, counts as points; whether there are any."""
    law = propagated_law(entry)["survival"]
    known = law["error"] < 0.01 * law["probability"]
    axis.plot(law["threshold"][known], law["probability"][known], color=style.color,
              linestyle=style.dashes, linewidth=1.2, label=text)
    survival = computed(entry, "survival")
    if survival is None:
        return False
    seen = (survival["count"] > 0) & (survival["count"] < 0.5 * entry["paths"])
    share = survival["count"][seen] / float(entry["paths"])
    x, low, high = (survival[key][seen] for key in ("threshold", "low", "high"))
    axis.fill_between(x, low, high, color=style.color, alpha=0.25, linewidth=0)
    axis.plot(x, share, style.marker, markersize=2.5, color=style.color, linestyle="")
    return True


def draw_truth(axis, entries):
    """The true law at the thresholds of all samplers; whether there is one."""
    laws = [propagated_law(entry)["survival"] for entry in entries]
    x, first = np.unique(np.concatenate([law["threshold"] for law in laws]), return_index=True)
    true = np.concatenate([law["law"] for law in laws])[first]
    if has_law(true):
        axis.plot(x, true, color=TRUTH, linewidth=1, zorder=1.5, label="true law")
    return has_law(true)


def frame(axis, entries):
    """From 1e-1 to DEEPEST, as far out as the heaviest of the laws and ten times the others."""
    curves = [propagated_law(entry)["survival"] for entry in entries]
    reach = [curve["threshold"][curve["probability"] > 0.5 * DEEPEST].max() for curve in curves]
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlim(min(curve["threshold"].min() for curve in curves), max(reach))
    axis.set_ylim(DEEPEST, 0.2)


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
