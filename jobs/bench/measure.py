#!/usr/bin/python3
"""The whole comparison of speeds in one session: writes bench.json into a folder.

    measure.py FOLDER CORES [--rounds 5]

Every number is a list, one value per round; the rounds take turns through all cases, so that a busy
moment of the machine falls on all of them.
"""

import argparse
import json
import subprocess
from pathlib import Path

from rates import TOP, htdm_run, sampling_rate, torch_rate, torch_setup, training_rate

NETWORK, TABLE = "samplers.t_sde.denoiser=network", "samplers.t_sde.denoiser=table"
SHIPPED_BATCH = 50_000  # paths at once in the authors' scripts; one process on all cores
BATCHES = (128, 256, 512, 1024, 4096, 16384, SHIPPED_BATCH)


def model_override(model):
    return f"models.t_edm.file={model}"


def torch_settings(cores):
    """(processes, threads) that use all cores."""
    return [(1, cores)] if cores == 1 else [(1, cores), (cores, 1)]


def tune_torch(model, cores, log):
    """The fastest (processes, threads, batch) of PyTorch's sampler, and threads of its trainer."""
    tried = []
    for processes, threads in torch_settings(cores):
        for batch in BATCHES:
            seconds = 2 if batch < 10_000 else 8
            rate = torch_rate("sample", model, processes, threads, batch, seconds)
            tried.append({"processes": processes, "threads": threads, "batch": batch,
                          "rate": rate})
            log(f"PyTorch samples with {processes} x {threads}, batch {batch}: {rate:.0f} paths/s")
    trainers = [{"threads": threads, "rate": torch_rate("train", model, 1, threads, 1000, 4)}
                for threads in sorted({1, cores})]
    return (tried, max(tried, key=lambda t: t["rate"]),
            max(trainers, key=lambda t: t["rate"])["threads"])


def ours(model, cores):
    """{case: function that measures it once}: rates of htdm in paths/s or steps/s."""
    layouts = {"1x1": (1, 1)}
    if cores > 1:
        layouts |= {f"1x{cores}": (1, cores), f"{cores}x1": (cores, 1)}
    cases = {}
    for name, (ranks, threads) in layouts.items():
        where = {"ranks": ranks, "threads": threads}
        cases[f"network {name}"] = lambda where=where: sampling_rate(
            100_000 * cores, model_override(model), NETWORK, **where)
        cases[f"table {name}"] = lambda where=where: sampling_rate(
            10_000_000 * cores, model_override(model), TABLE, **where)
        cases[f"training {name}"] = lambda where=where: training_rate(4000, **where)
    return cases


def theirs(model, cores, best, train_threads):
    """The same for PyTorch, as shipped and at its best."""
    return {
        "torch network as shipped": lambda: torch_rate("sample", model, 1, cores, SHIPPED_BATCH, 8),
        "torch network best": lambda: torch_rate("sample", model, best["processes"],
                                                 best["threads"], best["batch"], 5),
        "torch training as shipped": lambda: torch_rate("train", model, 1, cores, 1000, 4),
        "torch training best": lambda: torch_rate("train", model, 1, train_threads, 1000, 4),
    }


def costs(model, cores):
    """{quantity: {value: function}}: paths per second against what the cost depends on."""
    trained = model_override(model)
    where = {"threads": cores}

    def fresh(*overrides):
        """An untrained network of another shape."""
        return lambda: sampling_rate(20_000 * cores, NETWORK, "models.t_edm.steps=1",
                                     "data.train_samples=10_000", *overrides, **where)

    return {
        "paths, network": {n: lambda n=n: sampling_rate(n, trained, NETWORK, **where)
                           for n in (10_000, 100_000, 400_000)},
        "paths, table": {n: lambda n=n: sampling_rate(n, trained, TABLE, **where)
                         for n in (100_000, 1_000_000, 10_000_000)},
        "levels, network": {n: lambda n=n: sampling_rate(
            6_400_000 * cores // n, trained, NETWORK, f"samplers.t_sde.levels={n}", **where)
            for n in (32, 64, 128, 256, 512)},
        "levels, table": {n: lambda n=n: sampling_rate(
            640_000_000 * cores // n, trained, TABLE, f"samplers.t_sde.levels={n}", **where)
            for n in (32, 64, 128, 256, 512)},
        "width": {n: fresh(f"models.t_edm.hidden=[{n},{n}]") for n in (32, 64, 128, 256, 512)},
        "dimension": {n: fresh(f"data.dimension={n}") for n in (1, 2, 4, 16, 64)},
    }


def kernels(rounds):
    """What the benchmark program reports, as Google Benchmark's JSON."""
    done = subprocess.run([TOP / "build" / "bin" / "bench_denoiser", "--benchmark_format=json",
                           f"--benchmark_repetitions={rounds}"], check=True, capture_output=True,
                          text=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("cores", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    def log(text):
        print(f"bench: {text}", flush=True)

    folder, cores = options.folder.resolve(), options.cores
    log("training the network that is timed")
    provenance = htdm_run(1, cores, folder / "model")["provenance"]
    model = folder / "model" / "models" / "t_edm.h5"
    report = {"cores": cores, "rounds": options.rounds, "provenance": provenance,
              "torch": torch_setup()}
    cases = ours(model, cores)
    if report["torch"]:
        report["tuning"], report["best"], train_threads = tune_torch(model, cores, log)
        report["train_threads"] = train_threads
        cases |= theirs(model, cores, report["best"], train_threads)
    else:
        log("no PyTorch here: its columns stay empty (Debian: apt-get install python3-torch)")
    report["rates"] = {name: [] for name in cases}
    for turn in range(options.rounds):
        for name, measure in cases.items():
            report["rates"][name].append(measure())
            log(f"round {turn + 1}: {name}: {report['rates'][name][-1]:.4g}/s")
    report["costs"] = {quantity: {str(value): [] for value in values}
                       for quantity, values in costs(model, cores).items()}
    for turn in range(options.rounds):
        for quantity, values in costs(model, cores).items():
            for value, measure in values.items():
                report["costs"][quantity][str(value)].append(measure())
        log(f"round {turn + 1}: costs measured")
    log("kernels")
    report["kernels"] = kernels(options.rounds)
    (folder / "bench.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
