"""What scripts that write one table share: their command line, the CSV, the text."""

import argparse
import csv
import sys
from pathlib import Path

from htdm_results import InputError, read


def main(description, name, table, arguments=None):
    """Write `name` beside the results, or into --output, and print the text.

    table(results): the rows as dictionaries with the same keys, and the text. Raises InputError
    where the results hold none.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("results", help="folder or file of a run or of its laws")
    parser.add_argument("--output", help="folder for the table; default: that of the results")
    options = parser.parse_args(arguments)
    try:
        results = read(options.results)
        listed, text = table(results)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    write(Path(options.output or Path(results["path"]).parent) / name, listed)
    print(text)
    return 0


def write(path, rows):
    """Rows, dictionaries with the same keys, as a CSV file; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
