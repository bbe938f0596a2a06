#!/usr/bin/python3
"""Training loss of every trained denoiser against the optimiser step."""

import sys

import numpy as np
from matplotlib.ticker import FuncFormatter

from plotting import DASHES, PALETTE, Picture, main, nu_text, plt

CAPTION = (
    "Training loss E λ(σ)|D − x₀|² of each trained denoiser per component; the preconditioned "
    "network starts near 1. Pale: every record, as far as it fits the frame; bold: its mean over "
    "the last fifth of the steps so far. Even the best network keeps most of the loss, so what "
    "matters is that each curve has levelled off; losses under different noise are not comparable. "
    "Spikes under Student-t noise are single extreme draws. This is the training's own log, "
    "without intervals.")


def pictures(results):
    models = {name: model for name, model in results.get("models", {}).items()
              if np.size(model.get("loss", {}).get("loss", []))}
    if not models:
        return []
    figure, axis = plt.subplots(figsize=(6.0, 3.6))
    means = []
    for i, (name, model) in enumerate(models.items()):
        record = model["loss"]
        step, loss = record["first_step"] + record["steps"], record["loss"]
        means.append(running_mean(step, loss, record["steps"]))
        text = f"{name} (" + ("Gaussian noise" if np.isinf(model["nu"]) else
                              f"t noise, ν = {nu_text(model['nu'])}") + ")"
        axis.plot(step, loss, color=PALETTE[i % 6], linewidth=0.6, alpha=0.3)
        axis.plot(step, means[-1], color=PALETTE[i % 6], linestyle=DASHES[i % 6], linewidth=1.8,
                  label=text)
    low, high = min(map(np.min, means)), max(map(np.max, means))
    margin = max(high - low, 0.02 * high)
    axis.set_ylim(low - 0.3 * margin, high + 0.3 * margin)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.set_xlabel("optimiser step")
    axis.set_ylabel("training loss")
    figure.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2, handlelength=3)
    return [Picture("loss", "Training", CAPTION, "models/NAME/loss/", figure)]


def running_mean(step, loss, weight):
    """Weighted mean of the records in (0.8 s, s], at least ten of them, for every s in step."""
    total = np.concatenate([[0], np.cumsum(loss * weight)])
    count = np.concatenate([[0], np.cumsum(weight)])
    last = np.arange(1, len(step) + 1)
    first = np.minimum(np.searchsorted(step, 0.8 * step, side="right"), np.maximum(last - 10, 0))
    return (total[last] - total[first]) / (count[last] - count[first])


if __name__ == "__main__":
    sys.exit(main(pictures, __doc__))
