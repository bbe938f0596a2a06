#!/usr/bin/python3
"""Estimates of rare events against laws, and their processor time against that of counting.

    table.py FOLDER

Reads FOLDER/line and FOLDER/sixteen as jobs/rare/run.sh makes them; writes FOLDER/rare.csv and
prints it. Counting's time for the same standard error is its calls times what a call cost in 1e6
counted paths.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "build" / "bin" / "htdm"


def show(file):
    return json.loads(subprocess.run([PROGRAM, "show", file, "--json"], check=True,
                                     capture_output=True, text=True).stdout)["samplers"]


def truths(folder):
    """What the estimates are compared with: the propagated law, or the counted paths."""
    law = folder / "law.h5"
    return show(law) if law.exists() else show(folder / "counting.h5")


def rows(folder):
    found, counted = show(folder / "auto.h5"), show(folder / "counting.h5")
    for sampler, truth, count in zip(found, truths(folder), counted):
        seconds_a_call = count["estimates"][0]["cpu_seconds"] / count["estimates"][0]["calls"]
        for e, exact in zip(sampler["estimates"], truth["estimates"]):
            error = ((e["standard_error"] or 0) ** 2 + (exact["standard_error"] or 0) ** 2) ** 0.5
            known = exact["resolved"]
            counting = (e["counting_calls"] or 0) * seconds_a_call
            yield {"study": folder.name, "sampler": sampler["name"], "data": f"{e['level']:g}",
                   "method": e["method"], "probability": f"{e['probability']:.4g}",
                   "low": f"{e['interval'][0]:.4g}", "high": f"{e['interval'][1]:.4g}",
                   "compared": f"{exact['probability']:.5g}" if known else "not resolved",
                   "by": exact["method"],
                   "z": f"{(e['probability'] - exact['probability']) / error:+.2f}"
                        if known and error else "",
                   "relative_error": f"{e['relative_error']:.3f}",
                   "VoV": "" if e["variance_of_variance"] is None
                          else f"{e['variance_of_variance']:.3f}",
                   "ESS": "" if e["effective_size"] is None else f"{e['effective_size']:.0f}",
                   "paths": e["paths"], "cpu_s": f"{e['cpu_seconds']:.2f}",
                   "counting_cpu_s": f"{counting:.3g}",
                   "saving": f"{counting / e['cpu_seconds']:.2g}",
                   "doubtful": "yes" if e["doubtful"] else "no"}


def main():
    folder = Path(sys.argv[1])
    listed = [row for name in ("line", "sixteen") for row in rows(folder / name)]
    with open(folder / "rare.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    print("| " + " | ".join(listed[0]) + " |\n" + "|---" * len(listed[0]) + "|")
    for row in listed:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")


if __name__ == "__main__":
    sys.exit(main())
