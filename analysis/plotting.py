"""What the figures share: colours that survive colour-blindness and grey print, labels, saving."""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from scipy.special import betaincinv  # noqa: E402

from htdm_results import InputError, computed, dimension, read, study_of  # noqa: E402

TRUTH = "black"
# Okabe and Ito's palette without yellow (too pale for lines) and black (kept for the truth).
PALETTE = ["#0072B2", "#D55E00", "#CC79A7", "#009E73", "#E69F00", "#56B4E9"]
DASHES = ["-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 1, 1, 1, 1, 1)),
          (0, (8, 2))]
OPAQUE = {"frameon": True, "framealpha": 0.85, "edgecolor": "none"}  # a legend over what is drawn
PREFERRED = {"t_ode": 0, "t_sde": 1, "t_sde_ablated": 2, "t_chain": 3, "ve_sde": 4,
             "t_sde_exact": 5}

plt.rcParams.update({
    "font.size": 9, "axes.titlesize": 9.5, "axes.labelsize": 9.5, "legend.fontsize": 8.5,
    "xtick.labelsize": 8.5, "ytick.labelsize": 8.5, "axes.spines.top": False,
    "axes.spines.right": False, "lines.linewidth": 1.6, "legend.frameon": False,
    "savefig.dpi": 200, "savefig.bbox": "tight", "svg.hashsalt": "htdm",
    "figure.constrained_layout.use": True, "axes.grid": True, "grid.color": "0.9",
    "grid.linewidth": 0.6, "axes.axisbelow": True})


class Picture(NamedTuple):
    """A figure with what a reader of the report needs beside it."""
    name: str      # file name without ending
    title: str
    caption: str   # what it shows and how to read it
    numbers: str   # where its numbers are in results.h5
    figure: plt.Figure


class Look(NamedTuple):
    color: str
    dashes: object
    marker: str


def looks(results):
    """One look per sampler name, the same in every figure; known kinds keep their colour."""
    free = list(range(len(PALETTE)))
    chosen = {}
    entries = {entry["name"]: entry["kind"] for entry in results["samplers"]}
    for name, kind in entries.items():
        if PREFERRED.get(kind) in free:
            chosen[name] = PREFERRED[kind]
            free.remove(chosen[name])
    for i, name in enumerate(name for name in entries if name not in chosen):
        chosen[name] = free[i] if i < len(free) else len(PALETTE) + i
    return {name: Look(PALETTE[i % 6], DASHES[(i + i // 6) % 6], "osD^vP"[i % 6])
            for name, i in chosen.items()}


def nu_text(nu):
    """nu for a reader: a dash where it has no meaning."""
    if np.isnan(nu):
        return "–"
    return "∞" if np.isinf(nu) else f"{nu:g}"


def label(entry):
    """The sampler's name, with nu where it has one."""
    return entry["name"] + ("" if np.isnan(entry["nu"]) else f", ν = {nu_text(entry['nu'])}")


def sweeps(results):
    """{name: entries in order of nu} for the samplers that were run at several nu."""
    by_name = {}
    for entry in results["samplers"]:
        by_name.setdefault(entry["name"], []).append(entry)
    return {name: sorted(entries, key=lambda entry: entry["nu"])
            for name, entries in by_name.items() if len(entries) > 1}


def representatives(results, nu=2.5):
    """One entry per sampler name: of a sweep the one nearest to nu."""
    chosen = {}
    for entry in results["samplers"]:
        best = chosen.get(entry["name"])
        if best is None or abs(1 / entry["nu"] - 1 / nu) < abs(1 / best["nu"] - 1 / nu):
            chosen[entry["name"]] = entry
    return list(chosen.values())


def path_counts(entries):
    """How many paths the entries have, as one number or a range."""
    counts = sorted({int(entry["paths"]) for entry in entries})
    return " to ".join(f"{count:,}" for count in dict.fromkeys((counts[0], counts[-1])))


class Selection(NamedTuple):
    """Entries that share a figure."""
    entries: list
    looks: list
    labels: list
    suffix: str  # of the figure's name
    title: str   # what is compared


def selections(results, drawable):
    """First all samplers, a sweep by its representative; then every sweep along its nu."""
    own = looks(results)
    shown = [entry for entry in representatives(results) if drawable(entry)]
    chosen = [Selection(shown, [own[entry["name"]] for entry in shown],
                        [label(entry) for entry in shown], "", "all samplers")] if shown else []
    for name, entries in sweeps(results).items():
        entries = [entry for entry in entries if drawable(entry)]
        shades = plt.get_cmap("viridis")(np.linspace(0, 0.86, len(entries)))
        if entries:
            chosen.append(Selection(
                entries, [Look(shade, DASHES[i % 6], "osD^vP"[i % 6])
                          for i, shade in enumerate(shades)],
                [f"ν = {nu_text(entry['nu'])}" for entry in entries], f"_{name}",
                f"{name} along ν"))
    return chosen


REFERENCES = {"law": "true law", "test": "test sample"}


def symbol(event, results):
    """The number of a path that a threshold is compared with: the size or one side of its distance
    from the location of the law."""
    d = dimension(results)
    x = "X" if d == 1 else "X₁" if event != "norm" else "X"
    location = study_of(results).get("data", {}).get("location", 0)
    if location:
        x += f" {'−' if location > 0 else '+'} {abs(location):g}"
    if event in ("upper", "lower"):
        return x if event == "upper" else f"−({x})" if location else f"−{x}"
    if event == "linear":
        return f"w·({x})" if location else f"w·{x}"
    return f"‖{x}‖" if event == "norm" and d > 1 else f"|{x}|"


def condition(event, threshold, results):
    """The event itself, for a reader: |X| > 7.453, X > 3.1, X < −3.1."""
    if event == "lower":
        return f"{symbol('upper', results)} < {-threshold:.4g}".replace("-", "−")
    return f"{symbol(event, results)} > {threshold:.4g}".replace("-", "−")


def size_event(results):
    """The event whose survival function is counted: a weighted sum where there is one, the first
    coordinate where it is asked for and the norm is not."""
    events = {event for entry in results["samplers"]
              for event in (computed(entry, "exceedance") or {"event": []})["event"]}
    if "linear" in events:
        return "linear"
    return "coordinate" if "coordinate" in events and "norm" not in events else "norm"


def event_text(results):
    """The size of a path whose survival function is counted: (symbol, the same in words)."""
    event = size_event(results)
    words = "size" if dimension(results) == 1 else {
        "norm": "norm", "coordinate": "size of the first coordinate",
        "linear": "weighted sum of the coordinates"}[event]
    return symbol(event, results), f"{words} of a path"


def binomial_range(n, p):
    """Counts (low, high) that enclose the central 95 % of a binomial law."""
    spread = 12 * np.sqrt(n * p + 1)
    k = np.arange(max(0, int(n * p - spread)), min(n, int(n * p + spread)) + 1)
    log_weight = np.concatenate([[0], np.cumsum(np.log((n - k[:-1]) / k[1:]))]) + k * np.log(
        p / (1 - p)) if 0 < p < 1 else np.where(k == round(n * p), 0.0, -np.inf)
    total = np.cumsum(np.exp(log_weight - log_weight.max()))
    return k[np.searchsorted(total, 0.025 * total[-1])], k[np.searchsorted(total,
                                                                           0.975 * total[-1])]


def clopper_pearson(count, n):
    """95 % interval of a probability of which `count` of n draws are known."""
    low = betaincinv(count, n - count + 1, 0.025) if count > 0 else 0.0
    return low, betaincinv(count + 1, n - count, 0.975) if count < n else 1.0


def arrow(axis, start, end, color):
    """From the upper end of an interval towards zero: no path was seen, the rate is below."""
    axis.annotate("", xy=end, xytext=start, zorder=5, arrowprops={
        "arrowstyle": "-|>", "color": color, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0})
    axis.plot(*start, marker="|" if start[1] == end[1] else "_", markersize=9,
              markeredgewidth=1.8, color=color, zorder=5)


def outer_legend(figure, axes, columns=5):
    """One legend above all panels."""
    handles = {}
    for axis in axes:
        for handle, text in zip(*axis.get_legend_handles_labels()):
            handles.setdefault(text, handle)
    figure.legend(handles.values(), handles.keys(), loc="lower center", bbox_to_anchor=(0.5, 1.0),
                  ncol=min(len(handles), columns), handlelength=2.8)


def level_text(level, digits=3):
    """5e-3 as mathematics: 5 x 10^-3; powers of ten without their factor."""
    mantissa, exponent = f"{level:.{digits - 1}e}".split("e")
    factor = "" if float(mantissa) == 1 else f"{float(mantissa):g}\\times"
    return f"${factor}10^{{{int(exponent)}}}$"


def save(picture, folder):
    """PNG for slides and SVG for print; the same figure gives the same bytes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    picture.figure.savefig(folder / f"{picture.name}.png", metadata={"Software": None})
    picture.figure.savefig(folder / f"{picture.name}.svg", metadata={"Date": None})
    plt.close(picture.figure)
    return folder / f"{picture.name}.png"


def main(pictures, description, arguments=None, kind="results"):
    """Command line of every figure script: a file of this kind in, pictures out."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("results", type=Path, help=f"folder of a run, or its {kind}.h5")
    parser.add_argument("-o", "--output", type=Path,
                        help=f"folder for the pictures (default: figures/ beside {kind}.h5)")
    options = parser.parse_args(arguments)
    try:
        results = read(options.results, kind)
        drawn = pictures(results)
        if not drawn:
            raise InputError(f"{results['path']}: holds nothing that this figure shows")
        for picture in drawn:
            print(save(picture, options.output or Path(results["path"]).parent / "figures"))
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
