#!/usr/bin/python3
"""Where a sampler goes wrong: the law of its state against the true marginal, noise level by noise
level."""

import sys

import numpy as np

from htdm_results import propagated_law
from plotting import TRUTH, Picture, label, level_text, main, outer_legend, plt, selections

CAPTION = (
    "The law of a sampler's state at noise level σ against the true marginal of x₀ + σε at that "
    "level, both without Monte Carlo; sampling goes from left to right. Top: Wasserstein-1 "
    "distance over half the distance between the quartiles of the true marginal. Below: how often "
    "the state lies further out than the true marginal does with probability {depth}, over that "
    "probability; 1 is right. What a curve has on the left was brought in by the start, what it "
    "gains on the way by the denoiser and the steps. Bounds on the errors, drawn as bands, are "
    "narrower than the lines: at most {w1_error:.0e} of the scale above and {tail_error:.0e} of "
    "the value below. {beyond}The last noise level is that of the state, not of the output "
    "D(x, σ_min).")
BEYOND = "Ratios below {lowest:g} lie below the frame: {names}. "
DEPTH, LOWEST = 1e-3, 1e-6


def pictures(results):
    return [picture(chosen) for chosen in selections(results, drawable)]


def drawable(entry):
    """Whether the true marginals were known when the law was computed."""
    return "marginals" in (propagated_law(entry) or {})


def picture(chosen):
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(6.4, 6))
    tables = [propagated_law(entry)["marginals"] for entry in chosen.entries]
    k = int(np.argmin(np.abs(np.log(tables[0]["depth"] / DEPTH))))
    depth = tables[0]["depth"][k]
    hidden = []
    for table, entry, style, text in zip(tables, chosen.entries, chosen.looks, chosen.labels):
        line(above, table["sigma"], table["w1"] / table["scale"],
             table["w1_error"] / table["scale"], style, text)
        ratio = table["probability"][:, k] / depth
        line(below, table["sigma"], ratio, table["error"][:, k] / depth, style, text)
        hidden += [label(entry)] if ratio.min() < LOWEST else []
    below.axhline(1, color=TRUTH, linewidth=1, zorder=1.5)
    frame(above, below, tables, k)
    outer_legend(figure, [above], 3)
    w1_error = max((table["w1_error"] / table["scale"]).max() for table in tables)
    tail_error = max((table["error"][:, k] / np.maximum(table["probability"][:, k], 1e-15)).max()
                     for table in tables)
    return Picture(
        f"marginals{chosen.suffix}", f"Distance to the true marginal against σ: {chosen.title}",
        CAPTION.format(depth=f"{depth:g}", w1_error=w1_error, tail_error=tail_error,
                       beyond=BEYOND.format(lowest=LOWEST, names=", ".join(hidden))
                       if hidden else ""),
        "propagated_law/marginals/ of each sampler", figure)


def line(axis, sigma, value, error, style, text):
    axis.fill_between(sigma, np.maximum(value - error, 1e-300), value + error, color=style.color,
                      alpha=0.25, linewidth=0)
    axis.plot(sigma, value, color=style.color, linestyle=style.dashes, label=text)


def frame(above, below, tables, k):
    for axis in (above, below):
        axis.set_xscale("log")
        axis.set_yscale("log")
    sigma = np.concatenate([table["sigma"] for table in tables])
    above.set_xlim(sigma.max(), sigma.min())
    ratio = np.concatenate([table["probability"][:, k] for table in tables]) / tables[0]["depth"][k]
    below.set_ylim(max(LOWEST, 0.6 * ratio.min()), max(2.0, 1.6 * ratio.max()))
    above.set_ylabel("W1 / scale of the true marginal")
    below.set_ylabel(f"tail ratio at depth {level_text(tables[0]['depth'][k])}")
    below.set_xlabel("noise level σ")


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
