#!/usr/bin/python3
"""Table and figure of jobs/scaling: what was measured, the model fitted to it, what it predicts.

    table_scaling.py FOLDER    reads FOLDER/scaling.json; prints the table; writes scaling.csv,
                               scaling.png and scaling.svg there
"""

import argparse
import csv
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from plotting import DASHES, PALETTE, plt

sys.path.append(str(Path(__file__).resolve().parents[1] / "jobs" / "scaling"))

import fitting  # noqa: E402
import scaling_model as model  # noqa: E402

JOBS = ("paper", "1e9, table", "1e12, table", "1e9, network", "1e12, network")
CLUSTER = "cluster, assumed network"


def text(values):
    return "{:.3g} [{:.3g}, {:.3g}]".format(*fitting.spread(values))


def time_text(seconds):
    for unit, size in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def print_efficiencies(report):
    print("\nParallel efficiency (rate over cores times the rate of the first layout)")
    for what in (*report["paths"], "training"):
        quantity = "step" if what == "training" else "paths"
        for kind in ("strong", "weak"):
            if kind == "weak" and what == "training":
                continue
            for layout, values in fitting.efficiencies(report, kind, what, quantity).items():
                print(f"  {what:10} {kind:8} {layout[0]} rank(s) x {layout[1]} thread(s)   "
                      f"{text(values)}")


def print_fits(report):
    print("\nCosts of communication, shared memory (2 ranks)")
    for name, unit, scale in (("message", "byte", 1e9), ("fold", "block", 1e9)):
        fit = fitting.fits(report)[name]
        worst = max(map(abs, fit["residuals"]))
        print(f"  {name:10} {fit['a'] * 1e6:.3g} ± {fit['a_error'] * 1e6:.2g} us + "
              f"{fit['b'] * scale:.3g} ± {fit['b_error'] * scale:.2g} ns a {unit}; "
              f"residuals up to {100 * worst:.0f} %")
    found = report["communication"]
    print(f"  request    {text(np.array(found['request']['1']) * 1e6)} us of the root's thread")
    print(f"  deal       {text(np.array(found['deal']['0']) * 1e6)} us for a window without blocks")
    if report["checkpoint"]["seconds"]:
        size = max(report["checkpoint"]["bytes"])
        seconds = fitting.median(report["checkpoint"]["seconds"])
        print(f"  checkpoint {size / 1e6:.3g} MB of sampling; written, read back and flushed in "
              f"{text(np.array(report['checkpoint']['seconds']) * 1e3)} ms = "
              f"{size / seconds / 1e6:.3g} MB/s")
    first = tuple(report["layouts"][0])
    size = fitting.median(fitting.times(report, "strong", "table", first, "results_bytes"))
    print(f"  results    {size / 1e6:.3g} MB; htdm merge: {text(report['merge'])} s a part")
    print(f"  tables     {report['table_bytes'] / 1e6:.3g} MB to every rank, "
          f"{fitting.tables_seconds(report):.3g} core-seconds for 128 levels")


def print_checks(report):
    print("\nThe model beside what it was not fitted to        measured      modelled")
    for what, measured, modelled in fitting.checks(report):
        print(f"  {what:45} {measured:10.3g} s {modelled:10.3g} s  ({modelled / measured:.2f})")


def counted_requests(of, ranks):
    """Requests of all other ranks in a window; the root receives 16 bytes each."""
    return of["window"]["root"]["deal"]["received"] / 16 if ranks > 1 else 0.0


def inner(of, what, number):
    """Mean and maximum over ranks of the messages that Open MPI sent inside collectives."""
    seen = of[what].get("monitored")
    values = seen["collective"][number] if seen else [math.nan]
    return float(np.mean(values)), max(values)


def print_counts(report):
    counts = {int(ranks): of for ranks, of in report["counts"].items()}
    print("\nMessages and bytes (differences of runs; ranks share processors)\n"
          "ranks | window: requests  blocks' results   | entry: sums            | training step: "
          "gradients of a rank  weights to it | checkpoint: sums\n"
          "      |       to the root  to the root, bytes | calls  bytes a rank     |   messages   "
          "bytes sent           bytes         | calls a rank")
    for ranks, of in counts.items():
        window, entry, step = of["window"]["root"], of["entry"]["root"], of["step"]["root"]
        saved = of.get("checkpoint", {}).get("root", {}).get("reduce", {}).get("calls", math.nan)
        print(f"{ranks:5} | {counted_requests(of, ranks):14.0f}  "
              f"{window['gather']['received']:17,.0f}   | {entry['reduce']['calls']:5.0f}  {entry['reduce']['sent']:12,.0f}     | "
              f"{step['exchange']['messages']:9.1f}  {step['exchange']['sent']:12,.0f}  "
              f"{step['all_gather']['received']:16,.0f}      | {saved:6.1f}")
    if not report["monitored"]:
        print("Open MPI's monitoring is not here: messages inside collectives are only modelled")
        return
    print("\nMessages that a rank sends inside collectives (Open MPI's monitoring; mean, most)\n"
          "ranks | log2 |  training step       |  window            |  entry")
    for ranks, of in counts.items():
        if ranks > 1:
            cells = ["{:8.1f} {:8.1f}".format(*inner(of, what, "messages"))
                     for what in ("step", "window", "entry")]
            print(f"{ranks:5} | {math.log2(ranks):4.0f} | " + "   | ".join(cells))


def print_predictions(report, rows):
    for machine_name, machine in fitting.machines(report).items():
        print(f"\nPredicted, {machine_name}: {machine.alpha * 1e6:.3g} us a message, "
              f"{1e-9 / machine.beta:.3g} GB/s, {machine.service * 1e6:.3g} us a request, "
              f"{machine.fold * 1e9:.3g} ns a block folded, {machine.launch * 1e3:.3g} ms to start "
              "a rank\njob            ranks x threads   time      efficiency  costs most"
              "                 best block: size, time, efficiency   a part   one run")
        for row in rows:
            if row["machine"] == machine_name:
                print(f"{row['job']:14} {row['ranks']:7} x {row['threads']:<4}   "
                      f"{time_text(row['seconds']):>9} {row['efficiency']:9.3f}   "
                      f"{row['bottleneck']:26} {row['block']:9,}  "
                      f"{time_text(row['seconds_best']):>9}  {row['efficiency_best']:6.3f}  {row['part'] or '–':>9}"
                      f" {row['worthwhile'] or '–':>9}")


def print_table(report, rows):
    kept = " (quick: too little work for its numbers)" if report["quick"] else ""
    print(f"{report['provenance']['isa']}; medians of {report['rounds']} rounds [smallest, largest]"
          f"{kept}")
    print_efficiencies(report)
    print_fits(report)
    print_checks(report)
    print_counts(report)
    print_predictions(report, rows)


def write_csv(report, rows, path):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["what", "case", "quantity", "round", "value"])
        for case, quantities in report["times"].items():
            for quantity, values in quantities.items():
                writer.writerows(("time", case, quantity, k, v) for k, v in enumerate(values))
        for quantity, sizes in report["communication"].items():
            if quantity != "ranks":
                for size, values in sizes.items():
                    writer.writerows(("communication", quantity, size, k, v)
                                     for k, v in enumerate(values))
        for ranks, of in report["counts"].items():
            for what in ("step", "window", "entry", "checkpoint"):
                for who in ("root", "others"):
                    for kind, found in of.get(what, {}).get(who, {}).items():
                        writer.writerows(("count", f"{ranks} ranks, {what}, {who}",
                                          f"{kind} {number}", 0, v) for number, v in found.items())
        for row in rows:
            case = f"{row['job']}, {row['ranks']}x{row['threads']}, {row['machine']}"
            for quantity in ("seconds", "efficiency", "block", "seconds_best", "efficiency_best",
                             "part", "worthwhile"):
                writer.writerow(("prediction", case, quantity, 0, row[quantity]))
            writer.writerows(("prediction", case, f"seconds of {part}", 0, v)
                             for part, v in row["parts"].items())


def draw_efficiencies(axis, report):
    labels = []
    for what in (*report["paths"], "training"):
        for kind in ("strong", "weak"):
            if kind == "weak" and what == "training":
                continue
            quantity = "step" if what == "training" else "paths"
            for layout, values in fitting.efficiencies(report, kind, what, quantity).items():
                middle, low, high = fitting.spread(values)
                axis.errorbar(middle, len(labels), xerr=[[middle - low], [high - middle]],
                              capsize=2, fmt="o" if kind == "strong" else "s", color=PALETTE[
                                  ["network", "table", "training"].index(what)])
                labels.append(f"{what}, {kind}, {layout[0]}×{layout[1]}")
    axis.set_yticks(range(len(labels)), labels, fontsize=7)
    axis.axvline(1, color="0.4", linestyle=":", linewidth=1)
    axis.set(title="Measured efficiency, ranks × threads", xlabel="rate / (cores × rate of one)",
             xlim=(0.5, 1.1))
    axis.invert_yaxis()


def draw_line(axis, sizes, fit, xlabel, title):
    x = np.array(sorted(map(int, sizes)), float)
    middle, low, high = np.transpose([fitting.spread(sizes[str(int(size))]) for size in x])
    axis.errorbar(x, middle * 1e6, [(middle - low) * 1e6, (high - middle) * 1e6], fmt="o",
                  color=PALETTE[0], markersize=4, capsize=2, label="measured")
    fine = np.geomspace(x[0], x[-1], 100)
    axis.plot(fine, (fit["a"] + fit["b"] * fine) * 1e6, color=PALETTE[1],
              label=f"{fit['a'] * 1e6:.2g} µs + {fit['b'] * 1e9:.2g} ns × size")
    axis.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="µs", title=title)
    axis.legend()


def draw_counts(axis, report):
    counts = {int(ranks): of for ranks, of in report["counts"].items() if int(ranks) > 1}
    ranks = np.array(list(counts), float)
    axis.plot(ranks, [counted_requests(of, r) for r, of in counts.items()], "o", color=PALETTE[0],
              label="requests of a window, to the root")
    per_block = 16 / fitting.rate(report, "table", report["paths"]["table"])
    axis.plot(ranks, [model.requests(model.window_blocks(int(r), 1), int(r), 1, per_block)
                      for r in ranks], color=PALETTE[0], linestyle=DASHES[1], label="modelled")
    if report["monitored"]:
        axis.plot(ranks, [inner(of, "entry", "messages")[0] for of in counts.values()], "s",
                  color=PALETTE[1], label="inside the sums of an entry, a rank")
        axis.plot(ranks, [of["entry"]["root"]["reduce"]["calls"] * math.log2(r)
                          for r, of in counts.items()], color=PALETTE[1], linestyle=DASHES[1],
                  label="calls × log₂ ranks")
    axis.set(xscale="log", yscale="log", xlabel="ranks (sharing two cores)", ylabel="messages",
             title="Counted messages")
    axis.legend(fontsize=7)


def best(ranks, work, machine):
    """Efficiency with the best block size."""
    block = model.best_block(ranks, 1, work, machine)
    return model.efficiency(ranks, 1, replace(work, block=block), machine)


def draw_predictions(axis, report):
    machine = fitting.machines(report)[CLUSTER]
    ranks = np.unique(np.logspace(0, 5.3, 60).astype(int))
    works = fitting.works(report)
    for k, job in enumerate(JOBS):
        axis.plot(ranks, [model.efficiency(int(r), 1, works[job], machine) for r in ranks],
                  color=PALETTE[k], label=job)
        axis.plot(ranks, [best(int(r), works[job], machine) for r in ranks],
                  color=PALETTE[k], linestyle=DASHES[2], linewidth=1.2)
    axis.set(xscale="log", xlabel="ranks of one thread", ylabel="efficiency", ylim=(0, 1.05),
             title="Predicted, assumed network (dotted: best block size)")
    axis.legend(fontsize=7)


def draw_parts(axis, rows):
    shown = [row for row in rows if row["machine"] == CLUSTER and row["threads"] == 1]
    names = list(dict.fromkeys(name for row in shown for name in row["parts"]))
    left = np.zeros(len(shown))
    for k, name in enumerate(names):
        share = np.array([row["parts"].get(name, 0.0) / row["seconds"] for row in shown])
        axis.barh(range(len(shown)), share, left=left, color=[*PALETTE, "0.75", "0.45"][k % 8],
                  label=name, hatch="///" if k >= 8 else None, edgecolor="white", linewidth=0.3)
        left += share
    axis.set_yticks(range(len(shown)), [f"{row['job']}, {row['ranks']:,}" for row in shown],
                    fontsize=7)
    axis.invert_yaxis()
    axis.set(xlabel="share of the time", title="Predicted: where the time goes, as shipped",
             xlim=(0, 1))
    axis.legend(fontsize=6.5, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.16))


def draw(report, rows, folder):
    figure, axes = plt.subplots(2, 3, figsize=(13, 7.6))
    draw_efficiencies(axes[0, 0], report)
    found = report["communication"]
    draw_line(axes[0, 1], found["ping_pong"], fitting.fits(report)["message"], "bytes",
              "A message between two ranks")
    draw_line(axes[0, 2], found["fold"], fitting.fits(report)["fold"], "blocks",
              "Gathering and folding a window")
    draw_counts(axes[1, 0], report)
    draw_predictions(axes[1, 1], report)
    draw_parts(axes[1, 2], rows)
    for ending in ("png", "svg"):
        figure.savefig(folder / f"scaling.{ending}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    report = json.loads((folder / "scaling.json").read_text())
    rows = fitting.predictions(report)
    print_table(report, rows)
    write_csv(report, rows, folder / "scaling.csv")
    draw(report, rows, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
