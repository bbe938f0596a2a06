#!/usr/bin/python3
"""The whole comparison of speeds in one session: writes bench.json into a folder.

    measure.py FOLDER CORES [--rounds 5]

Every number is a list, one value per round; the rounds take turns through all cases, so that a busy
moment of the machine falls on all of them.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

from cases import costs, ours, theirs
from rates import TOP, blas_environment, htdm_run, torch_setup
from tuning import blas_core, tune_torch


def log(text):
    print(f"bench: {text}", flush=True)


def kernels(rounds, core):
    """What the benchmark program reports, as Google Benchmark's JSON."""
    done = subprocess.run([TOP / "build" / "bin" / "bench_denoiser", "--benchmark_format=json",
                           f"--benchmark_repetitions={rounds}"], check=True, capture_output=True,
                          text=True, env={**os.environ, **blas_environment(core)})
    return json.loads(done.stdout)


def rounds_of(cases, rounds, name):
    """{case: one rate per round}."""
    rates = {case: [] for case in cases}
    for turn in range(rounds):
        for case, measure in cases.items():
            rates[case].append(measure())
            log(f"{name}, round {turn + 1}: {case}: {rates[case][-1]:.4g}/s")
    return rates


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("cores", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    folder, cores = options.folder.resolve(), options.cores
    log("training the network that is timed")
    provenance = htdm_run(1, cores, folder / "model")["provenance"]
    model = folder / "model" / "models" / "t_edm.h5"
    core = blas_core(provenance["isa"])
    log(f"kernels; OpenBLAS made for {core or 'what it finds'}")
    report = {"cores": cores, "rounds": options.rounds, "provenance": provenance,
              "kernels": kernels(options.rounds, core), "torch": torch_setup()}
    cases = ours(model, cores)
    if report["torch"]:
        report["tuning"] = tune_torch(model, cores, core, log)
        cases |= theirs(model, cores, report["tuning"])
    else:
        log("no PyTorch here: its columns stay empty (Debian: apt-get install python3-torch)")
    report["rates"] = rounds_of(cases, options.rounds, "rates")
    report["costs"] = {quantity: rounds_of(values, options.rounds, quantity)
                       for quantity, values in costs(model, cores).items()}
    (folder / "bench.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
