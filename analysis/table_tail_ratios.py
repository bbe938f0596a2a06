#!/usr/bin/python3
"""Generated over true tail probability of every sampler at every depth.

    table_tail_ratios.py RESULTS [--output FOLDER]

Writes tail_ratios.csv, with intervals, and prints the ratios.
"""

import argparse
import csv
import sys
from pathlib import Path

from htdm_results import InputError, read
from plotting import nu_text
from tail_ratios import rows


def write(path, listed):
    points = list(listed[0].point)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*points, "sampler", "nu", "depth", "ratio", "low", "high", "method"])
        for row in listed:
            for r in row.ratios:
                writer.writerow([*row.point.values(), row.name, nu_text(row.nu), f"{r.depth:g}",
                                 f"{r.ratio:.5g}", f"{r.low:.5g}", f"{r.high:.5g}", r.method])


def text(listed):
    """Three digits; what is 0 to them is said to be below."""
    depths = [r.depth for r in listed[0].ratios]
    lines = [f"{'sampler':<44}" + "".join(f"{depth:>10g}" for depth in depths)]
    point = None
    for row in listed:
        if row.point != point:
            point = row.point
            if point:
                lines.append(", ".join(f"{key} = {value}" for key, value in point.items()))
        numbers = "".join(f"{shown(r):>10}" for r in row.ratios)
        lines.append(f"  {row.name + ', ν = ' + nu_text(row.nu):<42}" + numbers)
    return "\n".join(lines)


def shown(r):
    return f"{r.ratio:.3f}" if r.ratio >= 5e-4 else f"< {max(r.high, 1e-3):.1g}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", help="folder or file of a run or of its laws")
    parser.add_argument("--output", help="folder for the table; default: that of the results")
    options = parser.parse_args(arguments)
    try:
        results = read(options.results)
        listed = rows(results)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    folder = Path(options.output or Path(results["path"]).parent)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "tail_ratios.csv", listed)
    print(text(listed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
