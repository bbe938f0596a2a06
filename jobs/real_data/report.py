#!/usr/bin/python3
"""A report on the tail of one data set and of the models trained on it, to be read aloud.

    report.py results/real_data/sp500

Reads tail.h5 (of htdm tail), and rare.h5 where it is; writes report.md and return_levels.csv beside
them and prints the report. Every number is an estimate with its 95 % interval; wherever it is said a
number in doubt is marked, and the doubt is said in words. Two numbers agree where their intervals
overlap; where one of them is in doubt they perhaps do. Exit codes: 0 done, 2 bad input.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "analysis")]
from htdm_results import InputError, read, study_of  # noqa: E402
from words import Footnotes, Words, label, table  # noqa: E402


def rows_of(table):
    """A table as a list of dictionaries."""
    keys = [key for key, column in table.items() if isinstance(column, np.ndarray)]
    return [dict(zip(keys, row)) for row in zip(*(table[key] for key in keys))]


def level_of(tail, probability, quantity=None):
    """The return level, of one kind or of the best: a law, a fit, a count."""
    found = {row["quantity"]: row for row in rows_of(tail["return_levels"])
             if row["probability"] == probability}
    if quantity:
        return found.get(quantity)
    return found.get("law") or found.get("fitted") or found.get("counted")


def number_of(tail, quantity):
    return next(row for row in rows_of(tail["numbers"]) if row["quantity"] == quantity)


def verdict(model, data):
    """Whether two numbers agree: -1 below, 1 above, 0 where the intervals overlap."""
    if not np.isfinite(model["low"]) or not np.isfinite(data["low"]):
        return None
    return int(model["low"] > data["high"]) - int(model["high"] < data["low"])


def against(model, data, name):
    """How a number of a model compares with one of the data, in words."""
    found = verdict(model, data)
    ratio = model["value"] / data["value"]
    if found is None or not np.isfinite(ratio):
        return f"not to be compared with {name}"
    said = {0: "in line", 1: "too large", -1: "too small"}[found]
    if model["doubt"] or data["doubt"]:
        said = f"perhaps {said}"
    return f"{ratio:.2f} times {name} ({said})"


def of_part(tails, part):
    return [tail for tail in tails if tail["part"] == part]


class Report:
    def __init__(self, folder):
        self.tail = read(folder, "tail")
        self.tails = self.tail["tails"]
        study = study_of({"study": str(self.tail["sources"]["study"][0])})
        if not study:
            raise InputError("a Python without a TOML reader; take 3.11 or install tomli")
        self.study = study
        self.words = Words(study["study"]["name"])
        self.notes = Footnotes()
        held_out = of_part(self.tails, "held-out data")
        if not held_out:
            raise InputError(f"{self.tail['path']}: has no held-out data; give htdm tail the study")
        self.held_out, self.training = held_out[0], of_part(self.tails, "training data")[0]
        self.models = [tail for tail in self.tails if tail["part"] in ("generated", "law")]
        levels = self.held_out["return_levels"]["probability"]
        self.probabilities = sorted(set(levels), reverse=True)
        rare = Path(folder) / "rare.h5"
        self.rare = read(rare, "rare") if rare.is_file() else None

    def lines(self):
        parts = [self.head(), self.levels(), self.comparison(), self.index(), self.rare_part(),
                 self.warnings()]
        doubts = self.notes.lines() or ["- None that the tests know."]
        parts += [["## Doubts", "", *doubts], self.origin()]
        return [line for part in parts if part for line in [*part, ""]]

    def head(self):
        data, words = self.study["data"], self.words
        share = f"{100 * data['test_fraction']:g} %"
        split = (f"The last {share} of the {words.row}s are held out: the models have seen the "
                 "earlier ones only" if data["split"] == "time" else
                 f"Of the {words.row}s {share}, drawn at random, are held out")
        unit = {"": "", "%": " Losses are negative log-returns, in per cent."}.get(
            words.unit, f" In {words.unit}.")
        text = (f"{split}. {int(self.training['draws']):,} train, {int(self.held_out['draws']):,} "
                f"are held out.{unit} Numbers in brackets are 95 % intervals, of laws bounds on "
                "their error (exact: below the last digit); letters point to the doubts below.")
        return [f"# How large is a {words.value}?", "", text]

    def cell(self, number, words=None):
        """Estimate, interval and the letters of its doubts."""
        if number is None:
            return "-"
        return (words or self.words).said(number) + self.notes.mark(number["doubt"])

    def index_of(self, tail, quantity="index"):
        return self.cell(number_of(tail, quantity), Words(""))

    def write_levels(self, path):
        """All return levels as a table for programs; an unresolved one has no value."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["tail", "probability", "method", "value", "low", "high", "doubtful"])
            for tail in self.tails:
                for row in rows_of(tail["return_levels"]):
                    numbers = (f"{row[key]:.5g}" if np.isfinite(row[key]) else ""
                               for key in ("value", "low", "high"))
                    rows.writerow([label(tail), f"{row['probability']:g}", row["quantity"], *numbers,
                                   int(bool(row["doubt"]))])

    def levels(self):
        header = ["exceeded on", *(self.words.period(p) for p in self.probabilities)]
        rows = []
        for tail in self.tails:
            rows.append([label(tail), *(self.cell(level_of(tail, p)) for p in self.probabilities)])
            if tail is self.held_out:
                rows.append(["the same, counted", *(self.cell(level_of(tail, p, "counted"))
                                                    for p in self.probabilities)])
        return ["## Return levels", "", *table(header, rows), "",
                "Beyond the threshold of their fits (a twentieth of the draws) data and generated "
                "samples are read from a generalised Pareto law, else from order statistics."]

    def comparison(self):
        unit = f" {self.words.unit}" if self.words.unit else ""
        lines = []
        for p in self.probabilities:
            data, learned = level_of(self.held_out, p), level_of(self.training, p)
            said = (f"On {self.words.period(p)} the held-out data exceed {self.cell(data)}"
                    f"{unit}, the training data {self.cell(learned)}{unit}.")
            for tail in self.models:
                if tail["part"] == "generated" and self.law_of(tail) is not None:
                    continue  # its law says more
                number = level_of(tail, p)
                said += (f" {label(tail).capitalize()}: {self.cell(number)}{unit}, "
                         f"{against(number, data, 'the held-out data')}, "
                         f"{against(number, learned, 'the training data')}.")
            lines.append("- " + said)
        return ["## In words", "", *lines, "",
                "In line: the two intervals overlap. Perhaps: one of the two numbers is in doubt."]

    def law_of(self, tail):
        return next((law for law in self.models if law["part"] == "law" and
                     law["sampler"] == tail["sampler"] and
                     (law["nu"] == tail["nu"] or np.isnan(law["nu"]))), None)

    def index(self):
        rows = []
        for tail in self.tails:
            rows.append([label(tail), self.index_of(tail),
                         f"{int(tail['index_exceedances'])}" if tail["draws"] else "-",
                         self.index_of(tail, "shape"),
                         f"{int(tail['exceedances'])}" if tail["draws"] else "-"])
        return ["## How heavy the tail is", "",
                *table(["", "tail index", "from the largest", "shape ξ", "from the largest"], rows),
                "", "With tail index a, a loss twice as large is 2^a times as rare; moments of order "
                "a and above do not exist. ξ = 1/a. Of a law both are its slope at the smallest "
                "probability of the table above."]

    def rare_part(self):
        if self.rare is None:
            return None
        rows = []
        for entry in self.rare["samplers"]:
            for e in rows_of(entry["estimates"]):
                value = f"not resolved, < {e['high']:.2g}"
                if e["probability"] > 0:
                    value = f"{e['probability']:.3g} " + (
                        f"[{e['low']:.3g}, {e['high']:.3g}]" if e["low"] > 0 else
                        f"(< {e['high']:.2g})")
                name = entry["name"] + ("" if np.isnan(entry["nu"]) else f" (ν {entry['nu']:g})")
                rows.append([name, self.words.bare(e["threshold"]), f"{e['level']:g}",
                             value + self.notes.mark(e["doubt"]), str(e["method"]),
                             f"{int(e['calls']):.2e}", f"{e['cpu_seconds']:.2g}"])
        return ["## Beyond the quantiles of the held-out data", "",
                *table(["model", "loss above", "held-out share", "probability under the model",
                        "method", "denoiser calls", "processor s"], rows), "",
                "By `htdm rare`. Where the held-out share times their number is below one, the "
                "threshold is next to the largest held-out value and says little."]

    def warnings(self):
        lines = []
        data = self.study["data"]
        index = number_of(self.training, "index")
        if index["low"] < 2:
            known = data["transform"] != "none"
            lines.append(
                ("**Misspecified, and known to be.**" if known else "**Perhaps misspecified.**") +
                f" The tail index of the training data, {self.index_of(self.training)}, may be below "
                "2. "
                "Then they have no variance, and a t-EDM, which needs noise with ν > 2, is not "
                "made for them. The models learn " +
                (f"the data after `data.transform = \"{data['transform']}\"`, and what is "
                 "generated is taken back: beyond the data its tail is that of the transform and "
                 "of the noise." if known else "them as they are; see `data.transform`."))
        for tail in self.models:
            found = verdict(number_of(tail, "index"), index)
            if found and (tail["part"] == "law" or self.law_of(tail) is None):
                what = ("The " if tail["part"] == "law" else "What is ") + label(tail)
                side, weight = ("above", "lighter") if found > 0 else ("below", "heavier")
                has = ("perhaps has" if number_of(tail, "index")["doubt"] or index["doubt"] else
                       "has")
                lines.append(
                    f"**{what} {has} another tail.** Its index, {self.index_of(tail)}, is {side} that "
                    f"of the training data, {self.index_of(self.training)}: beyond the data it is "
                    f"{weight} than anything that they show.")
        apart = [p for p in self.probabilities
                 if verdict(level_of(self.training, p), level_of(self.held_out, p))]
        if apart:
            lines.append(
                "**The two halves differ.** The return levels of the training and of the held-out "
                f"data are apart on {', '.join(map(self.words.period, apart))}: a model that had "
                "learned the first half without an error would be wrong about the second.")
        clustered = "come together" in number_of(self.held_out, "index")["doubt"] + number_of(
            self.training, "index")["doubt"]
        if clustered:
            lines.append(
                f"**Large {self.words.row}s come in clusters.** All intervals of the data take "
                f"the {self.words.row}s for independent, so they are too narrow; and the models "
                f"draw every {self.words.row} on its own, so they know nothing of calm and wild "
                "times: their return levels are those of a long average.")
        return ["## Warnings", "", *(f"- {line}" for line in lines)] if lines else None

    def origin(self):
        tail = self.tail
        seconds = sum(t["seconds"] for t in self.tails if t["draws"])
        return [f"Made by htdm {tail['version']} ({tail['git_hash']}), seed {tail['seed']}; "
                f"{sum(int(t['draws']) for t in self.tails):,} draws looked at in "
                f"{seconds:.1f} s of processor time."]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("results", type=Path, help="folder with a tail.h5")
    options = parser.parse_args(arguments)
    try:
        report = Report(options.results)
        text = "\n".join(report.lines()).rstrip() + "\n"
        report.write_levels(options.results / "return_levels.csv")
        (options.results / "report.md").write_text(text, encoding="utf-8")
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # batch logs may not be UTF-8
    sys.exit(main())
