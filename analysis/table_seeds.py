#!/usr/bin/python3
"""Spread over data seeds: Table I with its mean and interval over repeated runs.

    table_seeds.py RUN RUN ... [--output FOLDER]

Writes seeds.csv, seeds.tex, seeds.png and seeds.svg and prints the table. Each run is one seed of
the same study: another training sample, other initial weights, other noise.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from scipy.stats import t as student_t

from htdm_results import InputError, computed, read
from plotting import Picture, label, level_text, looks, nu_text, plt, save

COLUMNS = ("sampler nu quantity level runs mean low high between_std counting_std zero_runs "
           "upper_bound").split()
CAPTION = ("Each point is one seed with its own 95 % interval; the short line and the band are the "
           "mean over seeds and its 95 % Student-t interval. The dashed line is the true "
           "probability. A run with no path beyond the threshold is an arrow at its upper bound.")


def rows(runs):
    """One dictionary per sampler, nu and quantity, keys COLUMNS.

    mean and [low, high]: over runs, Student-t; between_std: standard deviation over runs, 1/(n-1);
    counting_std: what counting alone would give, sqrt(mean of p(1 - p)/paths). Where a run has no
    path beyond the threshold its probability enters as 0 and `upper_bound` is the mean of the upper
    ends of the runs' intervals, those of zero counts included.
    """
    listed = []
    for i, entry in enumerate(runs[0]["samplers"]):
        entries = [run["samplers"][i] for run in runs]
        table = computed(entry, "exceedance")
        for k in range(len(table["threshold"]) if table else 0):
            listed.append(exceedance_row(entries, k))
        for key in ("w1_test", "w1_law"):
            if all(computed(e, key) for e in entries):
                values = np.array([np.max(e[key]["value"]) for e in entries])
                listed.append({**named(entry, key, np.nan, len(runs)), **over_runs(values)})
    return listed


def named(entry, quantity, level, runs):
    return {**dict.fromkeys(COLUMNS), "sampler": entry["name"], "nu": entry["nu"],
            "quantity": quantity, "level": level, "runs": runs}


def over_runs(values):
    """Mean, its 95 % Student-t interval and the standard deviation over runs."""
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return {"mean": mean}
    std = float(np.std(values, ddof=1))
    half = float(student_t.ppf(0.975, n - 1)) * std / np.sqrt(n)
    return {"mean": mean, "low": mean - half, "high": mean + half, "between_std": std}


def exceedance_row(entries, k):
    tables = [entry["exceedance"] for entry in entries]
    p = np.array([table["probability"][k] for table in tables])
    paths = np.array([entry["paths"] for entry in entries], dtype=float)
    row = {**named(entries[0], f"P({tables[0]['event'][k]} > {tables[0]['threshold'][k]:.4g})",
                   tables[0]["level"][k], len(entries)), **over_runs(p)}
    row["counting_std"] = float(np.sqrt(np.mean(p * (1 - p) / paths)))
    row["zero_runs"] = int(np.sum(p == 0))
    if row["zero_runs"]:
        row["upper_bound"] = float(np.mean([table["high"][k] for table in tables]))
    return row


def few(row):
    """Whether all runs together saw ten paths or fewer: (mean/counting_std)^2 is a run's count."""
    return bool(row["counting_std"]) and (
        row["runs"] * (row["mean"] / row["counting_std"]) ** 2 < 10.5)


def estimate(row):
    """mean [low, high] for a reader; a mean of zero as its bound; few paths in all are marked."""
    if row["mean"] == 0:
        return f"< {row['upper_bound']:.2g}"
    mean = f"{row['mean']:.3g}" + ("*" if few(row) else "")
    if row["low"] is None:
        return f"{mean} (one run: no interval)"
    return f"{mean} [{max(row['low'], 0.0):.3g}, {row['high']:.3g}]"


def spread(row):
    """between-seed over counting standard deviation; a dash where counting says nothing."""
    if not row["counting_std"] or row["between_std"] is None:
        return "-"
    return f"{row['between_std'] / row['counting_std']:.1f}"


def text(listed):
    lines = [f"{'sampler':<16}{'nu':>6}  {'quantity':<20}{'mean over seeds [95 %]':<32}"
             f"{'std over seeds':>15}{'/ counting':>12}"]
    for row in listed:
        std = f"{row['between_std']:.2g}" if row["between_std"] else "-"
        zeros = f"  ({row['zero_runs']} of {row['runs']} runs saw none)" if row["zero_runs"] else ""
        lines.append(f"{row['sampler']:<16}{nu_text(row['nu']):>6}  {row['quantity']:<20}"
                     f"{estimate(row):<32}{std:>15}{spread(row):>12}{zeros}")
    if any(map(few, listed)):
        lines.append("* doubtful: ten paths or fewer in all runs together")
    return "\n".join(lines)


def latex(listed):
    lines = [r"\begin{tabular}{lrllrr}", r"\hline",
             r"sampler & $\nu$ & quantity & mean [95\,\%] & std & /counting \\", r"\hline"]
    for row in listed:
        std = f"{row['between_std']:.2g}" if row["between_std"] else "--"
        cells = [row["sampler"].replace("_", r"\_"), nu_text(row["nu"]).replace("∞", r"$\infty$"),
                 row["quantity"].replace("_", r"\_").replace(">", "$>$"),
                 estimate(row).replace("<", "$<$"), std, spread(row)]
        lines.append(" & ".join(cells).replace("–", "--") + r" \\")
    return "\n".join(lines + [r"\hline", r"\end{tabular}", ""])


def picture(runs, listed):
    first = runs[0]
    table = first["samplers"][0]["exceedance"]
    levels = len(table["threshold"])
    figure, axes = plt.subplots(1, levels, figsize=(3.7 * levels + 0.4, 4.0), squeeze=False,
                                sharey=True)
    own = looks(first)
    for k, axis in enumerate(axes[0]):
        draw_level(axis, runs, listed, own, k)
        axis.set_xlabel(f"P({table['event'][k]} > {table['threshold'][k]:.4g})")
        axis.set_title(f"true probability {level_text(table['level'][k])}"
                       if not np.isnan(table["level"][k]) else "")
    names = [label(entry) for entry in first["samplers"]]
    axes[0][0].set_yticks(range(len(names)), names)
    axes[0][0].invert_yaxis()
    return Picture("seeds", "Spread over data seeds", CAPTION, "exceedance/ of every run", figure)


def draw_level(axis, runs, listed, own, k):
    level = runs[0]["samplers"][0]["exceedance"]["level"][k]
    if not np.isnan(level):
        axis.axvline(level, color="black", linestyle=(0, (4, 2)), linewidth=1.1)
    axis.set_xscale("log")
    for i, entry in enumerate(runs[0]["samplers"]):
        look = own[entry["name"]]
        row = [r for r in listed if r["sampler"] == entry["name"] and r["quantity"][0] == "P"
               and (r["nu"] == entry["nu"] or np.isnan(entry["nu"]))][k]
        if row["mean"] > 0 and row["low"] is not None:
            axis.fill_betweenx([i - 0.38, i + 0.38], max(row["low"], row["mean"] / 50), row["high"],
                               color=look.color, alpha=0.25, linewidth=0)
            axis.plot([row["mean"]] * 2, [i - 0.38, i + 0.38], color=look.color, linewidth=1.8)
        for s, run in enumerate(runs):
            table = run["samplers"][i]["exceedance"]
            draw_run(axis, [table[key][k] for key in ("probability", "low", "high")],
                     i + 0.5 * (s / max(1, len(runs) - 1) - 0.5), look)


def draw_run(axis, values, y, look):
    p, low, high = values
    if p == 0:
        axis.annotate("", (high / 2.5, y), (high, y),
                      arrowprops={"arrowstyle": "->", "color": look.color})
        axis.plot([high], [y], "|", color=look.color)
        axis.plot([high / 4], [y], alpha=0)  # limits do not know of arrows
    else:
        axis.errorbar([p], [y], xerr=[[p - low], [high - p]], fmt=look.marker, markersize=3.5,
                      color=look.color, linewidth=1)


def check_alike(runs):
    first = [(e["name"], e["nu"]) for e in runs[0]["samplers"]]
    for run in runs[1:]:
        if repr([(e["name"], e["nu"]) for e in run["samplers"]]) != repr(first):
            raise InputError(f"{run['path']}: has other samplers than {runs[0]['path']}; give runs "
                             "of one study that differ in study.seed only")
    seeds = [int(run["seed"]) for run in runs]
    if len(set(seeds)) < len(seeds):
        raise InputError(f"the seeds are {seeds}: two runs of one seed are one run; repeat one "
                         "with --set study.seed=...")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", help="folders of runs that differ in study.seed")
    parser.add_argument("--output", default="results/seeds", help="folder for table and figure")
    options = parser.parse_args(arguments)
    try:
        runs = [read(path) for path in options.runs]
        check_alike(runs)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    folder = Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    listed = rows(runs)
    with open(folder / "seeds.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(listed)
    (folder / "seeds.tex").write_text(latex(listed), encoding="utf-8")
    save(picture(runs, listed), folder)
    print(text(listed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
