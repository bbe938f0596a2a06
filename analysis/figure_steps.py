#!/usr/bin/python3
"""Error of the tail against network calls: one line for every way of taking steps."""

import sys

import numpy as np

from htdm_results import propagated_law, study_of
from plotting import DASHES, PALETTE, TRUTH, Picture, level_text, main, outer_legend, plt

CAPTION = (
    "|P(event value > x)/truth − 1| against network calls per path, both axes logarithmic, one panel "
    "for each depth, from laws without Monte Carlo. Lines join samplers that differ in their number "
    "of levels only; the dashed line is 5 %. A line that dips crosses from too light to too heavy a "
    "tail there.")


def calls_of(section):
    """Network calls per path: one or two a step, and one for the output."""
    twice = section.get("scheme") == "heun" or section.get("convention", "ito") != "ito"
    return (int(section["levels"]) - 1) * (2 if twice else 1) + 1


def curves(results):
    """{(kind, scheme, increments): [(calls, levels, [(level, ratio), ...]), ...]} in order of
    calls, for samplers with a law at two budgets or more."""
    sections = study_of(results).get("samplers", {})
    groups = {}
    for entry in results["samplers"]:
        law = propagated_law(entry)
        if law is None or entry["name"] not in sections:
            continue
        section = sections[entry["name"]]
        key = (entry["kind"], section.get("scheme", ""), section.get("increments", ""))
        table = law["exceedance"]
        ratios = [(level, p / level) for level, p in zip(table["level"], table["probability"])
                  if not np.isnan(level)]
        groups.setdefault(key, []).append(
            (calls_of(section), int(section["levels"]), ratios))
    return {key: sorted(group, key=lambda point: point[0]) for key, group in groups.items()
            if len({calls for calls, _, _ in group}) > 1}


def name_of(key):
    kind, scheme, increments = key
    return f"{kind}, {scheme}" + (", t increments" if increments == "student_t" else "")


def calls_needed(points, k, error=0.05):
    """Calls from which on the error at depth k stays below `error`: between the last two budgets
    around it the signed error is taken as linear in log calls, which asks for a little too many
    where it falls like a power. NaN where no budget is enough, and the smallest one where all are."""
    calls = np.array([point[0] for point in points], dtype=float)
    errors = np.array([point[2][k][1] - 1 for point in points])
    above = np.flatnonzero(np.abs(errors) > error)
    if len(above) == 0:
        return calls[0]
    i = above[-1]
    if i + 1 == len(calls):
        return np.nan
    x, y = np.log(calls[i:i + 2]), np.sign(errors[i]) * errors[i:i + 2]
    return float(np.exp(x[0] + (x[1] - x[0]) * (y[0] - error) / (y[0] - y[1])))


def pictures(results):
    groups = curves(results)
    if not groups:
        return []
    depths = [level for level, _ in next(iter(groups.values()))[0][2]]
    figure, axes = plt.subplots(1, len(depths), figsize=(3.3 * len(depths), 3.6), sharey=True,
                                squeeze=False)
    for k, axis in enumerate(axes[0]):
        for i, (key, points) in enumerate(groups.items()):
            calls = [point[0] for point in points]
            errors = [abs(point[2][k][1] - 1) for point in points]
            axis.plot(calls, errors, color=PALETTE[i % 6], linestyle=DASHES[(i + i // 6) % 6],
                      marker="osD^vP"[i % 6], markersize=4, label=name_of(key))
        axis.axhline(0.05, color=TRUTH, linewidth=1, linestyle=(0, (4, 2)))
        axis.set(xscale="log", yscale="log", xlabel="network calls per path",
                 title=f"depth {level_text(depths[k])}")
    axes[0][0].set_ylabel("relative error of the tail")
    outer_legend(figure, axes[0], 3)
    return [Picture("steps", "Error of the tail against network calls", CAPTION,
                    "propagated_law/exceedance/ of each sampler, scheme and levels in the study", figure)]


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__.splitlines()[0]))
