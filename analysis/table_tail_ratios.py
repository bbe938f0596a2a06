#!/usr/bin/python3
"""Generated over true tail probability of every sampler at every depth.

    table_tail_ratios.py RESULTS [--output FOLDER]

Writes tail_ratios.csv, with intervals, and prints the ratios.
"""

import sys

from plotting import label, nu_text
from tables import main
from tail_ratios import rows


def cells(listed):
    """One dictionary per sampler and depth."""
    return [{**row.point, "sampler": row.name, "nu": nu_text(row.nu), "depth": f"{r.depth:g}",
             "ratio": f"{r.ratio:.5g}", "low": f"{r.low:.5g}", "high": f"{r.high:.5g}",
             "method": r.method} for row in listed for r in row.ratios]


def text(listed):
    """Three digits; what is 0 to them is said to be below, and what is doubtful marked."""
    depths = [r.depth for r in listed[0].ratios]
    lines = [f"{'sampler':<44}" + "".join(f"{depth:>10g}" for depth in depths)]
    point = None
    for row in listed:
        if row.point != point:
            point = row.point
            if point:
                lines.append(", ".join(f"{key} = {value}" for key, value in point.items()))
        numbers = "".join(f"{shown(r):>10}" for r in row.ratios)
        lines.append(f"  {label(row._asdict()):<42}" + numbers)
    if any("*" in line for line in lines):
        lines.append("* doubtful: ten paths or fewer, or a bound of a quarter or more")
    return "\n".join(lines)


def shown(r):
    if r.ratio < 5e-4:
        return f"< {max(r.high, 1e-3):.1g}"
    return f"{r.ratio:.3f}" + ("*" if r.doubt else "")


def table(results):
    listed = rows(results)
    return cells(listed), text(listed)


if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], "tail_ratios.csv", table))
