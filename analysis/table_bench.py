#!/usr/bin/python3
"""Table and figure of jobs/bench: rates of htdm beside PyTorch, SGEMM and the memory.

    table_bench.py FOLDER      reads FOLDER/bench.json; prints the table; writes bench.csv, bench.png
                               and bench.svg there
"""

import argparse
import csv
import json
import sys
from pathlib import Path

import numpy as np

from plotting import PALETTE, plt

STEPS = 128  # network calls or lookups of a path of t_sde
WORK = {"network": "paths/s", "table": "paths/s", "training": "steps/s"}


def spread(values):
    """Median, smallest, largest."""
    return float(np.median(values)), min(values), max(values)


def text(values):
    median, low, high = spread(values)
    return f"{median:.4g} [{low:.4g}, {high:.4g}]"


def fastest_layout(rates, what, cores):
    """The case of htdm that uses all cores and does it best."""
    names = [name for name in rates if name.startswith(f"{what} ")
             and np.prod([int(n) for n in name.split()[1].split("x")]) == cores]
    return max(names, key=lambda name: np.median(rates[name]))


def comparison(report):
    """Rows (what, unit, htdm, PyTorch at its best, PyTorch as shipped, quotients)."""
    rates = report["rates"]
    for what, unit in WORK.items():
        name = fastest_layout(rates, what, report["cores"])
        kind = "training" if what == "training" else "network"
        best, shipped = (rates.get(f"torch {kind} {how}") for how in ("best", "as shipped"))
        yield {"what": name, "unit": unit, "htdm": rates[name], "best": best, "shipped": shipped}


def quotient(ours, theirs):
    """Of the medians, with the smallest and largest quotient of one round."""
    if not theirs:
        return "–"
    each = np.divide(ours, theirs)
    return f"{np.median(ours) / np.median(theirs):.3g} [{each.min():.3g}, {each.max():.3g}]"


def efficiencies(report):
    """(what, layout, rate over cores times the rate of one)."""
    cores, rates = report["cores"], report["rates"]
    return [(what, f"{shape[0]} rank(s) x {shape[1]} thread(s)",
             np.divide(rates[f"{what} {shape[0]}x{shape[1]}"], rates[f"{what} 1x1"]) / cores)
            for what in WORK for shape in ((1, cores), (cores, 1)) if cores > 1]


def kernels(report):
    """{name of a kernel: {counter: median}}, and the values of its repetitions."""
    found = {}
    for row in report["kernels"]["benchmarks"]:
        if row.get("aggregate_name") == "median":
            found[row["run_name"]] = row
    return found


def roofline(report):
    """(kernel, rate, share of the machine's limit)."""
    rows = kernels(report)
    for name, row in rows.items():
        plain = name.replace("/real_time", "").replace("/repeats:7", "")
        if "share_of_sgemm" in row:
            yield plain, f"{row['gflops']:.1f} GF/s", f"{100 * row['share_of_sgemm']:.0f} % of SGEMM"
        elif "steps/s" in row and "ns/step/thread" in row:
            yield plain, f"{row['steps/s'] / 1e6:.0f} M path-steps/s", (
                f"{row['ns/step/thread']:.2f} ns each; no memory beyond its cache")
        elif "GB/s" in row:
            yield plain, f"{row['GB/s']:.1f} GB/s", "the machine's copy rate"


def print_table(report):
    print(f"{report['cores']} cores, {report['provenance']['isa']}; medians of {report['rounds']} "
          "rounds [smallest, largest]")
    if report["torch"]:
        tuning = report["tuning"]
        best = tuning["best"]
        print(f"PyTorch {report['torch']['version']} at its best: {best['processes']} process(es) x "
              f"{best['threads']} thread(s), batches of {best['batch']}; training with "
              f"{tuning['best_training']['threads']} thread(s); OPENBLAS_CORETYPE="
              f"{tuning['core'] or '(unset)'}. BLAS: {', '.join(report['torch']['blas'])}")
    print(f"\n{'':18} {'htdm':>32} {'PyTorch, best':>30} {'PyTorch, as shipped':>30} "
          f"{'to best':>20} {'to shipped':>22}")
    for row in comparison(report):
        cells = [text(row[k]) if row[k] else "–" for k in ("htdm", "best", "shipped")]
        print(f"{row['what']:18} {cells[0] + ' ' + row['unit']:>32} {cells[1]:>30} {cells[2]:>30} "
              f"{quotient(row['htdm'], row['best']):>20} "
              f"{quotient(row['htdm'], row['shipped']):>22}")
    print("\nparallel efficiency")
    for what, layout, values in efficiencies(report):
        print(f"{what:10} {layout:26} {text(values)}")
    print("\nkernels")
    for name, rate, share in roofline(report):
        print(f"{name:45} {rate:>24}  {share}")


def write_csv(report, path):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["quantity", "case", "round", "rate"])
        for name, values in report["rates"].items():
            writer.writerows(("rate", name, k, value) for k, value in enumerate(values))
        for quantity, cases in report["costs"].items():
            for case, values in cases.items():
                writer.writerows((quantity, case, k, value) for k, value in enumerate(values))


def draw_comparison(axis, report):
    """Bars of path or step rates: htdm against PyTorch."""
    labels = {"best": "PyTorch, best setting", "shipped": "PyTorch, as shipped", "htdm": "htdm"}
    rows = list(comparison(report))
    for i, (key, label) in enumerate(labels.items()):
        values = [spread(row[key]) if row[key] else (np.nan,) * 3 for row in rows]
        median, low, high = np.transpose(values)
        axis.bar(np.arange(len(rows)) + 0.27 * (i - 1), median, 0.25, color=PALETTE[(2, 4, 0)[i]],
                 label=label, yerr=[median - low, high - median], capsize=2)
    axis.set_xticks(range(len(rows)), [f"{name}\n({unit})" for name, unit in WORK.items()])
    axis.set(yscale="log", ylabel="per second, all cores", title="Rates")
    axis.legend()


def draw_cost(axis, cases, name):
    x = [float(case) for case in cases]
    median, low, high = np.transpose([spread(values) for values in cases.values()])
    axis.errorbar(x, median, [median - low, high - median], fmt="o-", color=PALETTE[0],
                  markersize=4, capsize=2)
    axis.set(xscale="log", yscale="log", xlabel=name, ylabel="paths/s", title=f"Against {name}")


def draw(report, folder):
    costs = report["costs"]
    figure, axes = plt.subplots(2, 4, figsize=(13, 6.2))
    draw_comparison(axes[0, 0], report)
    rows = efficiencies(report)
    for k, (what, layout, values) in enumerate(rows):
        median, low, high = spread(values)
        axes[0, 1].errorbar(median, k, xerr=[[median - low], [high - median]], fmt="o", capsize=2,
                            color=PALETTE[list(WORK).index(what)])
    axes[0, 1].set_yticks(range(len(rows)), [f"{what}\n{layout}" for what, layout, _ in rows])
    axes[0, 1].axvline(0.9, color="0.4", linestyle=":", linewidth=1)
    axes[0, 1].set(title="Parallel efficiency", xlabel="rate / (cores × rate of one)",
                   xlim=(0.5, 1.1))
    for axis, (name, cases) in zip([*axes[0, 2:], *axes[1]], costs.items()):
        draw_cost(axis, cases, name)
    for ending in ("png", "svg"):
        figure.savefig(folder / f"bench.{ending}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    report = json.loads((folder / "bench.json").read_text())
    print_table(report)
    write_csv(report, folder / "bench.csv")
    draw(report, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
