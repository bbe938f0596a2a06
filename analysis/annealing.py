#!/usr/bin/python3
"""Figures of `htdm trajectories` over two-point data.

    annealing.py results/annealing-line

Reads RESULTS_DIR/trajectories.h5; writes trajectories, temperature, bifurcation and passages to
RESULTS_DIR/figures/, as PNG and SVG, and the numbers of the last to RESULTS_DIR/annealing.csv, and
prints them. Each is also a script of its
own. Exit codes: 0 done, 2 bad input.
"""

import argparse
import sys
from pathlib import Path

import figure_bifurcation
import figure_passages
import figure_temperature
import figure_trajectories
import tables
import two_points
from htdm_results import InputError, read
from plotting import save

FIGURES = (figure_trajectories, figure_temperature, figure_bifurcation, figure_passages)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     epilog="example: annealing.py results/annealing-line")
    parser.add_argument("results", type=Path, metavar="RESULTS_DIR")
    options = parser.parse_args(arguments)
    try:
        results = read(options.results, "trajectories")
        folder = Path(results["path"]).parent / "figures"
        for picture in (picture for part in FIGURES for picture in part.pictures(results)):
            print(save(picture, folder))
        tables.write(folder.parent / "annealing.csv", two_points.rows(results))
        print(two_points.text(results))
    except (InputError, OSError) as error:
        print(f"annealing: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # batch logs may not be UTF-8
    sys.exit(main())
