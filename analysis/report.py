#!/usr/bin/python3
"""Figures, Table I and a self-contained report of a run.

    report.py results/paper

Reads RESULTS_DIR/results.h5; of a sweep, makes a report of every point in RESULTS_DIR/points/NNN,
and RESULTS_DIR/report.html and table1.csv of all. Else writes RESULTS_DIR/figures/*.png and *.svg, RESULTS_DIR/table1.csv,
RESULTS_DIR/table1.tex and RESULTS_DIR/report.html; prints Table I. Exit codes: 0 done, 2 bad input.
"""

import argparse
import os
import sys
from pathlib import Path

import figure_batches
import figure_law
import figure_loss
import figure_marginals
import figure_qq
import figure_ratio
import figure_survival
import figure_sweep
import report_page
import table
import table_latex
from htdm_results import InputError, read, study_of
from plotting import path_counts, save

FIGURES = (figure_survival, figure_law, figure_marginals, figure_ratio, figure_batches,
           figure_sweep, figure_qq, figure_loss)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     epilog="example: report.py results/paper")
    parser.add_argument("results", type=Path, metavar="RESULTS_DIR")
    options = parser.parse_args(arguments)
    try:
        results = read(options.results)
        folder = Path(results["path"]).parent
        name = study_of(results).get("study", {}).get("name", folder.resolve().name)
        written = sweep(results, folder, name) if "sweep" in results else report(results, folder,
                                                                                 name)
    except (InputError, OSError) as error:
        print(f"report: {error}", file=sys.stderr)
        return 2
    print(f"Table I of {name}: {path_counts(results['samplers'])} paths per sampler, seed "
          f"{results['seed']}\n")
    print(table.text(results))
    for point in results.get("points", [results]):
        for warning in report_page.warnings(point):
            print(f"warning: {warning}")
    print("wrote " + ", ".join(f"{folder / file}" for file in written))
    return 0


def report(results, folder, name):
    """All files of one run; their names."""
    pictures = [picture for part in FIGURES for picture in part.pictures(results)]
    images = [(picture, save(picture, folder / "figures")) for picture in pictures]
    table.write_csv(results, folder / "table1.csv")
    write(folder / "table1.tex", table_latex.latex(results, name))
    write(folder / "report.html", report_page.page(results, images, name))
    return ["report.html", "table1.csv", "table1.tex", "figures/"]


def sweep(results, folder, name):
    """A report of every point, and a page and a table of all."""
    for number, point in enumerate(results["points"]):
        below = folder / "points" / f"{number:03}"
        below.mkdir(parents=True, exist_ok=True)
        report(point, below, f"{name}, point {number:03}")
    table.write_csv(results, folder / "table1.csv")
    write(folder / "report.html", report_page.sweep_page(results, name))
    return ["report.html", "table1.csv", "points/*/report.html"]


def write(path, text):
    aside = path.with_name(path.name + ".part")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # batch logs may not be UTF-8
    sys.exit(main())
