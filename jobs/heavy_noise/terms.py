#!/usr/bin/python3
"""Where the tail error of three noises comes from: start, steps, or training.

    terms.py EXACT LEARNED OUTPUT

EXACT and LEARNED are the folders of `htdm law` for exact.toml and learned.toml. Writes terms.csv,
terms.png and terms.svg into OUTPUT and prints the table.

With r the tail ratio (generated over true probability), for each noise and sigma_max:
start = ln r of the exact denoiser with many levels, steps = ln r with few less that, training =
ln r of a network with few levels less ln r of the exact denoiser with few: they add up to ln r of
the network. Training has a mean over seeds with its 95 % Student-t interval; start and steps are
without chance.
"""

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "analysis"))

import numpy as np  # noqa: E402
from scipy.stats import t as student_t  # noqa: E402

from excess_risk import excess_risk, network  # noqa: E402
from htdm_results import InputError, propagated_law, read  # noqa: E402
from plotting import DASHES, PALETTE, Picture, nu_text, outer_legend, plt, save  # noqa: E402

DEPTHS = (1e-2, 1e-3, 1e-4, 1e-5)
DRAWN = 1e-4
NU_DATA = 3.0
CAPTION = (
    f"Terms of ln(generated/true probability) at depth {DRAWN:g} and the excess denoising risk, t₃ "
    "data in one dimension, t_ode. Left: the start alone, over the largest noise level. Middle: "
    "training, over the size of the training sample; points are means over seeds with 95 % "
    "intervals. Right: excess risk, the same way.")


def log_ratios(entry):
    """ln of generated over true probability at DEPTHS."""
    table = propagated_law(entry)["exceedance"]
    found = [int(np.argmin(np.abs(np.log(table["level"] / depth)))) for depth in DEPTHS]
    with np.errstate(divide="ignore"):  # -inf where nothing is generated
        return np.log(table["probability"][found] / table["level"][found])


def mean_with_interval(values):
    """Without a finite logarithm for every seed there is no mean."""
    if not np.all(np.isfinite(values)):
        return float("nan"), float("nan"), float("nan")
    n, mean = len(values), float(np.mean(values))
    half = student_t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half


def exact_terms(results):
    """{(nu, sigma_max): (start, steps)}, each at DEPTHS."""
    found = {(entry["point"]["models.exact.nu"], entry["name"]): entry
             for entry in results["samplers"]}
    return {(nu, int(name[4:])): (start := log_ratios(found[nu, "many" + name[3:]]),
                                  log_ratios(entry) - start)
            for (nu, name), entry in found.items() if name.startswith("few")}


def risk_of(folder, number):
    """From the model file of the point, whose normalisation is its training sample's."""
    model = read(Path(folder) / "points" / f"{number:03}" / "models" / "learned.h5", "model")
    mean, deviation = float(model["mean"][0]), float(model["deviation"][0])
    nu = float(model["nu"])
    width = 1 / deviation
    return excess_risk(lambda x, sigma: network(model["layers"], nu, x, sigma),
                       -mean / deviation, width, NU_DATA, nu)


def rows(exact, learned, folder):
    terms = exact_terms(exact)
    listed = [{"term": ("start", "steps")[which], "depth": depth, "nu": nu, "sigma_max": top,
               "n": "", "mean": both[which][k], "low": both[which][k], "high": both[which][k]}
              for which in (0, 1) for (nu, top), both in terms.items()
              for k, depth in enumerate(DEPTHS)]
    groups, risks = {}, {}
    for number, point in enumerate(learned["points"]):
        for entry in point["samplers"]:
            value = entry["point"]
            nu, n = value["models.learned.nu"], int(value["data.train_samples"])
            top = int(entry["name"][4:])
            for depth, error in zip(DEPTHS, log_ratios(entry) - sum(terms[nu, top])):
                groups.setdefault(("training", depth, nu, top, n), []).append(error)
            groups.setdefault(("w1", "", nu, top, n), []).append(propagated_law(entry)["w1"])
        risks.setdefault(("risk", "", nu, "", n), []).append(risk_of(folder, number))
    for (term, depth, nu, top, n), values in {**groups, **risks}.items():
        mean, low, high = mean_with_interval(values)
        listed.append({"term": term, "depth": depth, "nu": nu, "sigma_max": top, "n": n,
                       "mean": mean, "low": low, "high": high})
    return listed


def line(axis, listed, x, nu, style):
    shown = sorted((row for row in listed if row["nu"] == nu), key=lambda row: row[x])
    place, mean = [row[x] for row in shown], np.array([row["mean"] for row in shown])
    bars = [mean - [row["low"] for row in shown], [row["high"] for row in shown] - mean]
    axis.errorbar(place, mean, yerr=bars if np.any(bars) else None, color=PALETTE[style],
                  linestyle=DASHES[style], marker="osD"[style], markersize=4, capsize=2,
                  label=f"noise ν = {nu_text(nu)}")


def picture(listed):
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.6))
    panels = [("start", "sigma_max", {}, "start: ln ratio", "largest noise level"),
              ("training", "n", {"sigma_max": 80}, "training: ln ratio", "training samples"),
              ("risk", "n", {}, "excess denoising risk", "training samples")]
    for axis, (term, x, fixed, name, place) in zip(axes, panels):
        chosen = [row for row in listed if row["term"] == term and row["depth"] in (DRAWN, "") and
                  all(row[key] == value for key, value in fixed.items())]
        for style, nu in enumerate(sorted({row["nu"] for row in chosen}, reverse=True)):
            line(axis, chosen, x, nu, style)
        axis.set(xscale="log", xlabel=place, ylabel=name)
    axes[0].set_yscale("symlog", linthresh=0.01)
    axes[2].set_yscale("log")
    outer_legend(figure, [axes[0]], 3)
    return Picture("terms", "Start, training and risk of three noises", CAPTION, "terms.csv",
                   figure)


def text(listed):
    lines = [f"{'term':<10}{'depth':>7}{'noise nu':>9}{'sigma_max':>11}{'n':>9}{'mean':>10}  "
             "95 % interval"]
    for row in listed:
        interval = "no chance in it" if row["low"] == row["high"] else \
            f"[{row['low']:.4g}, {row['high']:.4g}]"
        if np.isnan(row["mean"]):
            interval = "nothing is generated there in one seed at least"
        lines.append(f"{row['term']:<10}{row['depth']:>7}{nu_text(row['nu']):>9}{row['sigma_max']:>11}{row['n']:>9}"
                     f"{row['mean']:>10.4g}  {interval}")
    return "\n".join(lines)


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        exact, learned = read(sys.argv[1]), read(sys.argv[2])
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    listed = rows(exact, learned, sys.argv[2])
    output = Path(sys.argv[3])
    output.mkdir(parents=True, exist_ok=True)
    with open(output / "terms.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    print(save(picture(listed), output))
    print(text(listed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
