"""Table I and its relatives: rows with intervals, as text for a terminal, CSV and HTML.

`table_latex` writes the same as LaTeX.
"""

import csv
import html
import os

import numpy as np

from htdm_results import computed, dimension, reference, test_count
from plotting import clopper_pearson, condition, nu_text

COLUMNS = ("sampler kind model nu levels network_calls_per_path paths nonfinite component "
           "w1_test w1_test_low w1_test_high w1_law w1_law_low w1_law_high "
           "level threshold event method count probability low high is_upper_bound "
           "ratio ratio_low ratio_high batch_mean batch_std batch_low batch_high doubt").split()


def swept_keys(results):
    """The keys of a sweep, which come before all other columns."""
    return results.get("sweep", {}).get("keys", [])


def rows(results):
    """One dictionary per sampler, nu and level, with the keys COLUMNS; None where there is nothing.
    Those of a sweep begin with the keys that are swept.

    W1 is that of its worst component, whose number `component` is; the ratio is probability/level.
    The level is a true probability, or the share of the test sample for data without a known law.
    """
    listed = []
    for entry in results["samplers"]:
        shared = {**entry.get("point", {}), "sampler": entry["name"], "kind": entry["kind"], "model": entry["model"],
                  "nu": entry["nu"], "levels": entry["levels"], "paths": entry["paths"],
                  "network_calls_per_path": entry["network_calls_per_path"],
                  "nonfinite": entry["nonfinite"], **distances(entry)}
        table = computed(entry, "exceedance")
        for i in range(0 if table is None else len(table["probability"])):
            listed.append({**dict.fromkeys(COLUMNS), **shared, **exceedance(table, i)})
        if table is None:
            listed.append({**dict.fromkeys(COLUMNS), **shared})
    return listed


def distances(entry):
    found = {}
    for key in ("w1_test", "w1_law"):
        if computed(entry, key):
            i = int(np.argmax(entry[key]["value"]))
            found.setdefault("component", entry[key]["component"][i])
            found.update({key: entry[key]["value"][i], f"{key}_low": entry[key]["low"][i],
                          f"{key}_high": entry[key]["high"][i]})
    return found


def exceedance(table, i):
    found = {key: table[key][i] for key in COLUMNS if key in table}
    found["is_upper_bound"] = int(found["probability"] == 0)
    if not np.isnan(found["level"]):
        for ratio, key in (("ratio", "probability"), ("ratio_low", "low"), ("ratio_high", "high")):
            found[ratio] = found[key] / found["level"]
    return found


def write_csv(results, path):
    """All rows with every digit; written aside and renamed. Empty cells: not computed."""
    aside = f"{path}.part"
    with open(aside, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*swept_keys(results), *COLUMNS])
        writer.writeheader()
        for row in rows(results):
            writer.writerow({key: "" if missing(value) else value for key, value in row.items()})
    os.replace(aside, path)


def missing(value):
    return value is None or (isinstance(value, (float, np.floating)) and np.isnan(value))


MARK = "*"  # of estimates that are doubtful, as the file says (since schema 1.9)


def estimate(value, low, high, style, doubt=""):
    """value [low, high]; a zero count as "< upper bound"; a dash where nothing was computed. An
    estimate with a doubt is marked."""
    if missing(value):
        return "–"
    if value == 0 and low == 0:
        return f"< {style(high, 3)}"
    return f"{style(value)}{MARK if doubt else ''} [{style(low, 3)}, {style(high, 3)}]"


def plain(value, digits=4):
    """Four significant digits, without an exponent where that reads well."""
    if value == 0 or not np.isfinite(value):
        return f"{value:g}"
    if not 1e-4 <= abs(value) < 10 ** digits:
        return scientific(value, digits)
    return f"{value:#.{digits}g}".rstrip(".")


def short(value, digits=3):
    """As plain, with three digits."""
    return plain(value, digits)


def scientific(value, digits=4):
    """1.324e-3: no padding in the exponent."""
    if value == 0 or not np.isfinite(value):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def grouped(results):
    """[(first row, rows of its levels)] per sampler and nu."""
    groups = []
    listed = rows(results)
    for entry in results["samplers"]:
        table = computed(entry, "exceedance")
        count = len(table["probability"]) if table else 1
        groups.append((listed[0], listed[:count]))
        listed = listed[count:]
    return groups


def point_texts(row, results):
    return [f"{row[key]:g}" if isinstance(row[key], float) else str(row[key])
            for key in swept_keys(results)]


def cells(results):
    """Header and rows of strings: names and costs, then distances, then one pair per level."""
    names, spans, levels = [], [], []
    for first, several in grouped(results):
        names.append([*point_texts(first, results), first["sampler"], nu_text(first["nu"]), str(first["network_calls_per_path"])])
        spans.append([estimate(*(first[key + end] for end in ("", "_low", "_high")), plain)
                      for key in ("w1_test", "w1_law")])
        levels.append([text for row in several if row["probability"] is not None for text in (
            estimate(row["probability"], row["low"], row["high"], scientific, row["doubt"]),
            estimate(row["ratio"], row["ratio_low"], row["ratio_high"], short, row["doubt"]))])
    return names, spans, levels


def level_headers(results):
    """P(|X| > x) and ratio, for the levels of the first entry that has any. Points of a sweep may
    have thresholds of their own, so that there the level alone is named."""
    tables = [entry["exceedance"] for entry in results["samplers"] if computed(entry, "exceedance")]
    headers = []
    for event, threshold, level in zip(*(tables[0][key] for key in ("event", "threshold", "level"))
                                       ) if tables else ():
        against = {"law": "truth", "test": "test sample", "": ""}[reference(results)]
        known = "" if np.isnan(level) else f", {against} {level:g}"
        beyond = "beyond" if swept_keys(results) else condition(event, threshold, results)
        headers += [f"P({beyond}){known}",
                    f"ratio to {against}" if against else "ratio"]
    return headers


def text(results):
    """Table I for a terminal: distances first, then exceedance, two levels to a block."""
    names, spans, levels = cells(results)
    head = [*swept_keys(results), "sampler", "ν", "calls"]
    key = len(head) - 1
    worst = ", worst component" if dimension(results) > 1 else ""
    blocks = [f"Wasserstein distance W1 in z-space{worst} [95 % interval]\n" + align(
        [head + ["W1 to the test sample", "W1 to the law"]] +
        [a + b for a, b in zip(names, spans)])]
    headers = level_headers(results)
    for start in range(0, len(headers), 4):
        body = [a[:key] + b[start:start + 4] for a, b in zip(names, levels)]
        blocks.append("Exceedance in raw space [95 % interval]; where no path is beyond: < its "
                      f"upper end; {MARK} doubtful: ten paths or fewer are\n" +
                      align([head[:key] + headers[start:start + 4]] + body))
    return "\n\n".join(blocks) + "\n"


def verdicts(results):
    """[[sampler, one cell per level]]: too rare, too frequent, or in agreement.

    Against a law by whether the interval of the ratio holds 1; against a test sample by whether the
    intervals of both probabilities are apart, which is the more cautious test.
    """
    against, count = reference(results), test_count(results)
    listed = []
    for first, several in grouped(results):
        nu = "" if missing(first["nu"]) else f", ν = {nu_text(first['nu'])}"
        line = [first["sampler"] + nu]
        for row in several:
            if row["ratio"] is None:
                continue
            low, high = (1.0, 1.0) if against == "law" or not count else (
                end / row["level"] for end in clopper_pearson(round(count * row["level"]), count))
            said = "too rare" if row["ratio_high"] < low else (
                "too frequent" if row["ratio_low"] > high else "agrees")
            line.append(f"{said}: " + estimate(row["ratio"], row["ratio_low"], row["ratio_high"],
                                               short, row["doubt"]))
        listed.append(line)
    return listed


def align(lines):
    count = max(len(line) for line in lines)
    lines = [line + [""] * (count - len(line)) for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(count)]
    joined = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
              for line in lines]
    return "\n".join([joined[0], "-" * max(map(len, joined))] + joined[1:])


def as_html(header, body, numeric_from=1):
    """A table; cells from column `numeric_from` on are set in tabular figures, with intervals
    below their estimates."""
    def row(tag, line):
        return "<tr>" + "".join(
            f"<{tag}{' class=n' if i >= numeric_from else ''}>{inside(cell)}</{tag}>"
            for i, cell in enumerate(line)) + "</tr>"

    def inside(cell):
        value, bracket, interval = html.escape(str(cell)).partition(" [")
        return value + (f"<br><small>[{interval}</small>" if bracket else "")
    return ("<div class=wide><table><thead>" + row("th", header) + "</thead><tbody>" +
            "".join(row("td", line) for line in body) + "</tbody></table></div>")
