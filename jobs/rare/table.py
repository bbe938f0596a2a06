#!/usr/bin/python3
"""Estimates of rare events against laws, and their processor time against that of counting.

    table.py FOLDER

Reads FOLDER/line and FOLDER/sixteen as jobs/rare/run.sh makes them; writes FOLDER/rare.csv and
prints it. Counting's time for the same standard error is its calls times what a call cost in 1e6
counted paths. What has no meaning is "-", what was not seen "< bound".
"""

import csv
import json
import math
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


def number(value, form):
    """`value` in the form, "-" where it has no meaning."""
    return "-" if value is None else format(value, form)


def probability(e, form=".4g"):
    return format(e["probability"], form) if e["resolved"] else f"< {e['interval'][1]:.2g}"


def distance(e, exact):
    """From what it is compared with, in standard errors of both."""
    error = math.hypot(e["standard_error"] or 0, exact["standard_error"] or 0)
    if not (e["resolved"] and exact["resolved"] and error):
        return "-"
    return f"{(e['probability'] - exact['probability']) / error:+.2f}"


def row_of(study, sampler, e, exact, seconds_a_call):
    """`seconds_a_call` is that of a counted path's call; laws have no error to count to."""
    counting = e["counting_calls"] and e["counting_calls"] * seconds_a_call
    return {"study": study, "sampler": sampler, "data": f"{e['level']:g}",
            "method": e["method"], "probability": probability(e),
            "low": number(e["interval"][0] or None, ".4g"),
            "high": number(e["interval"][1], ".4g"),
            "compared": probability(exact, ".5g"), "by": exact["method"],
            "z": distance(e, exact), "relative_error": number(e["relative_error"], ".2g"),
            "VoV": number(e["variance_of_variance"], ".3f"),
            "ESS": number(e["effective_size"], ".0f"), "paths": e["paths"] or "-",
            "cpu_s": f"{e['cpu_seconds']:.2f}", "counting_cpu_s": number(counting, ".3g"),
            "saving": number(counting and counting / e["cpu_seconds"], ".2g"),
            "doubtful": "yes" if e["doubtful"] else "no"}


def rows(folder):
    found, counted = show(folder / "auto.h5"), show(folder / "counting.h5")
    for sampler, truth, count in zip(found, truths(folder), counted):
        seconds_a_call = count["estimates"][0]["cpu_seconds"] / count["estimates"][0]["calls"]
        for e, exact in zip(sampler["estimates"], truth["estimates"]):
            yield row_of(folder.name, sampler["name"], e, exact, seconds_a_call)


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
