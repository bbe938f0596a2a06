#!/usr/bin/python3
"""Tail ratios against network calls, and the calls that 5 % of tail error need.

    table_steps.py RESULTS [--output FOLDER]

Writes steps.csv and prints one line for every way of taking steps.
"""

import sys

import numpy as np

from figure_steps import calls_needed, curves, name_of
from htdm_results import InputError
from tables import main


def rows(groups):
    """One dictionary per sampler and budget: its tail ratio at every depth."""
    listed = []
    for (kind, scheme, increments), points in groups.items():
        for calls, levels, ratios in points:
            listed.append({"kind": kind, "scheme": scheme, "increments": increments,
                           "levels": levels, "calls": calls,
                           **{f"ratio_{level:g}": f"{ratio:.5f}" if ratio >= 1e-4 else
                              f"{ratio:.3g}" for level, ratio in ratios}})
    return listed


def needed_text(points, k):
    calls = calls_needed(points, k)
    if np.isnan(calls):
        return f"> {points[-1][0]}"
    return f"<= {calls:.0f}" if calls == points[0][0] else f"{calls:.0f}"


def text(groups):
    depths = [level for level, _ in next(iter(groups.values()))[0][2]]
    lines = [f"{'calls for 5 % of tail error at depth':<46}" + "".join(f"{d:>10g}" for d in depths)]
    for key, points in groups.items():
        lines.append(f"{name_of(key):<46}" +
                     "".join(f"{needed_text(points, k):>10}" for k in range(len(depths))))
    return "\n".join(lines)


def table(results):
    groups = curves(results)
    if not groups:
        raise InputError(f"{results['path']}: holds no law at two budgets of one scheme; run "
                         "`htdm law` on a study like jobs/better_steps/better_steps.toml")
    return rows(groups), text(groups)


if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], "steps.csv", table))
