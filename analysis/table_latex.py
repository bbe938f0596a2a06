"""Table I as LaTeX with booktabs: estimates, and their 95 % intervals small below them."""

import numpy as np

from htdm_results import computed, dimension, reference
from plotting import condition, level_text, path_counts
from table import grouped, missing

HEAD = """% Table I of the study "{name}", seed {seed}; needs \\usepackage{{booktabs}}.
\\begin{{table}}
\\centering
\\caption{{{caption}}}
\\label{{tab:{key}}}
\\small
\\setlength{{\\tabcolsep}}{{4pt}}
"""
SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
           **{character: "\\" + character for character in "&%$#_{}"}}
TO_TEX = str.maketrans({"‖": r"\|", "−": "-", "₁": "_1"})
ACROSS = 3  # levels in one tabular, so that it fits the width of a page


def latex(results, name):
    """The whole table environment, in plain ASCII, so that any engine takes it."""
    groups = grouped(results)
    levels = headers(results)
    key = "".join(character if character.isascii() and character.isalnum() else "-"
                  for character in name)
    tabulars = []
    for start in range(0, max(len(levels), 1), ACROSS):
        shown = range(start, min(start + ACROSS, len(levels)))
        titles = [["sampler"], [r"$\nu$"]] + ([["calls"], *distance_titles(results)] if start == 0
                                              else []) + [levels[k] for k in shown]
        body = []
        for first, several in groups:
            line = [(rf"\texttt{{{escaped(first['sampler'])}}}", ""), (nu(first["nu"]), "")]
            if start == 0:
                line += [(str(first["network_calls_per_path"]), "")] + [
                    pair(*(first[which + end] for end in ("", "_low", "_high")))
                    for which in distances(results)]
            line += [pair(*(several[k][part] for part in ("probability", "low", "high", "doubt")))
                     if k < len(several) else ("--", "") for k in shown]
            body.append(line)
        tabulars.append(tabular(titles, body))
    shown = escaped(" ".join(name.split())).encode("ascii", "replace").decode()
    return (HEAD.format(name=shown, key=key,
                        seed=results["seed"], caption=caption(results)) +
            "\n\\par\\medskip\n".join(tabulars) + "\n\\end{table}\n")


def caption(results):
    known = {"law": " Second line of a heading: the true probability.", "test": " Second line of "
             "a heading: the share of the test sample.", "": ""}[reference(results)]
    worst = ", worst component" if dimension(results) > 1 else ""
    return (rf"Wasserstein distances ($z$-space{worst}) and exceedance probabilities (raw space) "
            f"of {path_counts(results['samplers']).replace(',', '{,}')} paths per sampler, seed "
            f"{results['seed']}, with 95\\,\\% intervals below.{known} An entry after $<$ is the "
            "upper end of the interval where no path was beyond the threshold; "
            "one with an asterisk is doubtful: ten paths or fewer were.")


def distances(results):
    return [key for key in ("w1_test", "w1_law")
            if any(computed(entry, key) for entry in results["samplers"])]


def distance_titles(results):
    return [["$W_1$", {"w1_test": "to test sample", "w1_law": "to true law"}[key]]
            for key in distances(results)]


def headers(results):
    """Two lines per level: the event, and its probability under the truth or the test sample."""
    for entry in results["samplers"]:
        table = computed(entry, "exceedance")
        if table:
            return [["$P(" + condition(event, threshold, results).translate(TO_TEX) + ")$",
                     "" if np.isnan(level) else level_text(level)]
                    for event, threshold, level in zip(table["event"], table["threshold"],
                                                       table["level"])]
    return []


def tabular(titles, body):
    """Headings of up to two lines, then an estimate and its interval per row."""
    columns = "l" + "c" * (len(titles) - 1)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule"]
    for k in range(max(map(len, titles))):
        lines.append(row([title[k] if k < len(title) else "" for title in titles]))
    lines.append(r"\midrule")
    for i, line in enumerate(body):
        lines.append((r"\addlinespace[2pt]" + "\n" if i else "") + row([cell[0] for cell in line]))
        if any(cell[1] for cell in line):
            lines.append(row([rf"{{\scriptsize {cell[1]}}}" if cell[1] else "" for cell in line]))
    return "\n".join(lines + [r"\bottomrule", r"\end{tabular}"])


def row(cells):
    return " & ".join(cells) + r" \\"


def pair(value, low, high, doubt=""):
    """The estimate and its interval; a zero count as its upper bound. A doubt is marked."""
    if missing(value):
        return "--", ""
    if value == 0 and low == 0:
        return f"$< {bare(high, 3)}$", ""
    if not 1e-2 <= value < 1e4:  # one power of ten for the estimate and both ends
        power = int(np.floor(np.log10(value)))
        low, high = (f"{end / 10.0 ** power:.2f}" for end in (low, high))
        return number(value, 4, doubt), rf"$[{low}, {high}]\times 10^{{{power}}}$"
    return number(value, 4, doubt), f"$[{bare(low, 3)}, {bare(high, 3)}]$"


def number(value, digits=3, doubt=""):
    return f"${bare(value, digits)}{'^{*}' if doubt else ''}$"


def bare(value, digits):
    """In mathematics: 0.0541, or 4.98 \\times 10^{-3} where that is too long."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else r"\infty"
    if 1e-2 <= abs(value) < 1e4:
        return f"{value:#.{digits}g}".rstrip(".")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return rf"{mantissa}\times 10^{{{int(exponent)}}}"


def nu(value):
    return "--" if missing(value) else r"$\infty$" if np.isinf(value) else f"{value:g}"


def escaped(text):
    """Text that TeX takes as it stands."""
    return "".join(SPECIAL.get(character, character) for character in str(text))
