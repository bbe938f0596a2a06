#!/usr/bin/python3
"""Rate of an equal sampler or trainer in PyTorch, in one process.

    torch_rate.py sample --model t_edm.h5 --threads 1 --batch 512 --seconds 5
    torch_rate.py train  --model t_edm.h5 --threads 2 --batch 1000 --seconds 5

Prints JSON: what was done ("paths" or "steps") in how many seconds. Starts after a warm-up, at the
time --start (seconds since the epoch), so that several processes measure together.
"""

import argparse
import json
import math
import time

import torch

from torch_denoiser import Denoiser, noise_levels, student_t


def sampler(denoiser, batch, nu):
    """t_sde as htdm runs it: Euler-Maruyama over 128 levels and a last denoising."""
    sigmas = noise_levels()
    columns = [torch.full((batch, 1), math.log(sigma) / 4) for sigma in sigmas]

    def run():
        with torch.inference_mode():
            x = sigmas[0] * student_t((batch, 1), nu)
            for column, sigma, s in zip(columns, sigmas, sigmas[1:]):
                gap = denoiser.gap(x, column, sigma)
                c = ((sigma ** 2 - s ** 2) / (nu - 1) * (nu + gap * gap)).sqrt_()
                x = x.add(gap, alpha=2 * (s - sigma)).addcmul_(c, torch.randn(batch, 1))
            x - sigmas[-1] * denoiser.gap(x, columns[-1], sigmas[-1])
        return batch

    return run


def trainer(denoiser, batch, nu):
    """The paper's training step: AdamW on the weighted denoising loss."""
    data = student_t((1_000_000, 1), nu) / math.sqrt(3)
    optimiser = torch.optim.AdamW(denoiser.parameters(), lr=2e-4, weight_decay=0)

    def run():
        x = data[torch.randint(len(data), (batch,))]
        sigma = torch.exp(-1.2 + 1.2 * torch.randn(batch, 1))
        weight = (denoiser.factor * sigma ** 2 + 1) / (denoiser.factor * sigma ** 2)
        noisy = x + sigma * student_t((batch, 1), nu)
        loss = (weight * (denoiser(noisy, sigma) - x) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return 1

    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["sample", "train"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--start", type=float, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    denoiser = Denoiser(options.model)
    run = {"sample": (sampler, 2.5), "train": (trainer, 3.0)}[options.what]
    run = run[0](denoiser, options.batch, run[1])
    run()
    time.sleep(max(0, options.start - time.time()))
    begin, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < options.seconds:
        done += run()
    print(json.dumps({"done": done, "seconds": spent}))


if __name__ == "__main__":
    main()
