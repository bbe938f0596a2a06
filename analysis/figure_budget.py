#!/usr/bin/python3
"""Exceedance against training budget, and the survival function at every budget.

A study that trains one network for several numbers of steps: samplers of one kind at one nu whose
models differ in `steps`.
"""

import sys

import numpy as np

from htdm_results import computed
from plotting import PALETTE, TRUTH, Picture, level_text, main, nu_text, plt

CAPTION = (
    "Upper row: exceedance probability against optimiser steps, with 95 % intervals, at each "
    "threshold; the black line is the true probability. A budget at which no path passed the "
    "threshold is an arrow from its upper bound. Lower row: survival functions of the first kind "
    "of sampler at every budget (dark: few steps) against the true one: where a curve leaves the "
    "black line is how deep its tail reaches.")


def budgets(results):
    """{(kind, nu): [(steps, entry), ...]} in order of steps, for kinds run at two budgets or more."""
    groups = {}
    for entry in results["samplers"]:
        model = results["models"].get(entry["model"], {})
        if model.get("kind") == "network" and computed(entry, "exceedance"):
            key = (entry["kind"], "" if np.isnan(entry["nu"]) else nu_text(entry["nu"]))
            groups.setdefault(key, []).append((int(model["steps"]), entry))
    return {key: sorted(group, key=lambda pair: pair[0]) for key, group in groups.items()
            if len({steps for steps, _ in group}) > 1}


def pictures(results):
    groups = budgets(results)
    if not groups:
        return []
    kinds = list(groups)
    table = groups[kinds[0]][0][1]["exceedance"]
    levels = len(table["threshold"])
    columns = max(levels, len(kinds))
    figure, axes = plt.subplots(2, columns, figsize=(3.1 * columns, 6.4), squeeze=False)
    for k in range(levels):
        draw_level(axes[0][k], groups, k)
    for k, kind in enumerate(kinds):
        draw_survival(axes[1][k], kind, groups[kind])
    for axis in [*axes[0][levels:], *axes[1][len(kinds):]]:
        axis.remove()
    axes[0][0].set_ylabel("exceedance probability")
    axes[1][0].set_ylabel("P(event value > x)")
    axes[0][0].legend(loc="lower right")
    return [Picture("budget", "How the tail depends on the training budget", CAPTION,
                    "exceedance/ and survival/ of each sampler, steps of its model", figure)]


def draw_level(axis, groups, k):
    level = np.nan
    for i, ((kind, nu), group) in enumerate(groups.items()):
        color, marker = PALETTE[i % len(PALETTE)], "osD^vP"[i % 6]
        name = kind + (f", ν = {nu}" if nu else "")
        steps, p, low, high = (np.array(v) for v in zip(*[
            (s, *(e["exceedance"][key][k] for key in ("probability", "low", "high")))
            for s, e in group]))
        steps = steps * 1.06 ** (i - (len(groups) - 1) / 2)
        seen = p > 0
        axis.errorbar(steps[seen], p[seen], [p[seen] - low[seen], high[seen] - p[seen]],
                      fmt=marker + "-", color=color, markersize=4, linewidth=1.2, label=name)
        for s, bound in zip(steps[~seen], high[~seen]):
            axis.annotate("", (s, bound / 2.5), (s, bound),
                          arrowprops={"arrowstyle": "->", "color": color})
            axis.plot([s], [bound], "_", color=color)
            axis.plot([s], [bound / 4], alpha=0)  # limits do not know of arrows
        table = group[0][1]["exceedance"]
        level, threshold, event = (table[key][k] for key in ("level", "threshold", "event"))
    if not np.isnan(level):
        axis.axhline(level, color=TRUTH, linewidth=1.1)
    axis.set(xscale="log", yscale="log", xlabel="training steps",
             title=f"P({event} > {threshold:.4g})" +
             ("" if np.isnan(level) else f", truth {level_text(level)}"))


def draw_survival(axis, key, group):
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(group)))
    for color, (steps, entry) in zip(shades, group):
        curve = computed(entry, "survival")
        if not curve:
            continue
        p = curve["count"] / entry["paths"]
        seen = p > 0
        axis.fill_between(curve["threshold"][seen], curve["low"][seen], curve["high"][seen],
                          color=color, alpha=0.25, linewidth=0)
        axis.plot(curve["threshold"][seen], p[seen], color=color, linewidth=1.3,
                  label=f"{steps:,} steps")
    curves = [computed(entry, "survival") for _, entry in group]
    longest = max((c for c in curves if c and "law" in c), default=None,
                  key=lambda c: len(c["threshold"]))
    if longest:
        axis.plot(longest["threshold"], longest["law"], color=TRUTH, linewidth=1.1,
                  linestyle=(0, (4, 2)), label="true law")
        body = longest["threshold"][longest["law"] > 0.5]
        axis.set_xlim(left=body[-1] if len(body) else None)
    axis.set(xscale="log", yscale="log", xlabel="x", ylim=(1e-7, 1),
             title=key[0] + (f", ν = {key[1]}" if key[1] else ""))
    axis.legend(fontsize=7, loc="lower left")


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__.splitlines()[0]))
