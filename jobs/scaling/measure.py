#!/usr/bin/python3
"""All measurements of the scaling study: writes scaling.json into a folder.

    measure.py FOLDER [--layouts 1x1,1x2,2x1] [--counts 1,2,4,8,16,32,64] [--rounds 5] [--quick]

Times are lists, one value per round; the rounds take turns through all cases. Layouts are ranks x
threads. Counts are of messages and bytes: their ranks may share processors.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

from counts import count, monitoring_is_here, table_bytes  # noqa: E402
from rates import HTDM, TOP, htdm_run, htdm_start, launch, shown, training_rate  # noqa: E402

NETWORK, TABLE = "samplers.t_sde.denoiser=network", "samplers.t_sde.denoiser=table"
RUN_ME_AGAIN = 75


def log(text):
    print(f"scaling: {text}", flush=True)


class Sizes:
    """How much work a case gets: a second or two on one core; next to nothing when quick."""

    def __init__(self, quick):
        self.paths = {"network": 2_000 if quick else 60_000,
                      "table": 50_000 if quick else 4_000_000}
        self.steps = 20 if quick else 1500


def sample(ranks, threads, paths, model, denoiser):
    """Seconds of sampling `paths` paths and of making tables, and what is written."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        results = htdm_run(ranks, threads, folder, f"models.t_edm.file={model}", denoiser,
                           f"statistics.batch_size={paths // 10}")
        seconds = results["samplers"][0]["seconds"]
        return {"paths": seconds, "tables": results["provenance"]["seconds_sampling"] - seconds,
                "around": time.monotonic() - begun - results["provenance"]["seconds_total"],
                "results_bytes": (Path(folder) / "results.h5").stat().st_size}


def speed_cases(layouts, model, sizes):
    """{case: function that measures it}; strong: the same work, weak: the same per core."""
    cases = {}
    most = max(r * t for r, t in layouts)
    for ranks, threads in layouts:
        cores, name = ranks * threads, f"{ranks}x{threads}"
        for what, denoiser in (("network", NETWORK), ("table", TABLE)):
            cases[f"strong {what} {name}"] = (lambda r=ranks, t=threads, d=denoiser, w=what:
                                              sample(r, t, most * sizes.paths[w], model, d))
            cases[f"weak {what} {name}"] = (lambda r=ranks, t=threads, d=denoiser, w=what, c=cores:
                                            sample(r, t, c * sizes.paths[w], model, d))
        cases[f"strong training {name}"] = lambda r=ranks, t=threads: {
            "step": 1 / training_rate(sizes.steps, ranks=r, threads=t)}
    return cases


def rounds_of(cases, rounds):
    """{case: {quantity: one value per round}}."""
    found = {case: {} for case in cases}
    for turn in range(rounds):
        for case, measure in cases.items():
            for quantity, value in measure().items():
                found[case].setdefault(quantity, []).append(value)
            first = next(iter(found[case].values()))
            log(f"round {turn + 1}: {case}: {first[-1]:.4g} s")
    return found


def communication(ranks, rounds):
    """What bench_communication prints for one group of ranks."""
    done = subprocess.run([*launch(), "-n", str(ranks), TOP / "build/bin/bench_communication",
                           str(rounds)], check=True, capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    return json.loads(done.stdout)


def checkpoints(ranks, model, rounds, quick):
    """Of a checkpoint of sampling that keeps 1e6 paths, as the paper's: seconds (written, read back,
    flushed), and bytes; and seconds of statistics on the root, with 1e6 test samples."""
    overrides = (f"models.t_edm.file={model}", TABLE, "statistics.w1_samples=1_000_000",
                 "data.test_samples=1_000_000")
    paths = 100_000 if quick else 2_000_000
    found = {"seconds": [], "bytes": [], "statistics": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            htdm_start(ranks, 1, folder, *overrides, f"statistics.batch_size={10 * paths}",
                       codes=(0, RUN_ME_AGAIN), options=("--walltime", "6"))
            for file in (Path(folder) / "checkpoints").glob("sampling.*.ckpt"):
                found["bytes"].append(file.stat().st_size)
            again = htdm_start(ranks, 1, folder, *overrides, f"statistics.batch_size={paths}",
                               options=("--checkpoint-interval", "0.5"))
            taken = re.search(r"(\d+) checkpoint\(s\) held the run up for ([\d.e-]+) s",
                              again.stderr)
            if taken:
                found["seconds"].append(float(taken[2]) / int(taken[1]))
            found["statistics"].append(shown(folder)["provenance"]["seconds_statistics"])
    log(f"checkpoints: {found}")
    return found


def merging(model, rounds, parts=5):
    """Seconds of `htdm merge` for one part of a study."""
    found = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            outputs = [Path(folder) / str(k) for k in range(parts)]
            for k, output in enumerate(outputs):
                htdm_start(1, 1, output, f"models.t_edm.file={model}", TABLE,
                           "statistics.batch_size=1000", options=("--part", f"{k}/{parts}"))
            begun = time.monotonic()
            subprocess.run([HTDM, "merge", *outputs, "--output", Path(folder) / "all"], check=True,
                           capture_output=True)
            found.append((time.monotonic() - begun) / parts)
    return found


def earlier(file, wanted):
    """What an interrupted session of the same kind has measured, or `wanted`."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return wanted
    return found if wanted.items() <= found.items() else wanted


def numbers(text):
    return [int(word) for word in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layouts", default="1x1,1x2,2x1")
    parser.add_argument("--counts", type=numbers, default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="little work: to see that it runs")
    parser.add_argument("--resume", action="store_true",
                        help="go on where an earlier session into this folder was interrupted")
    options = parser.parse_args()
    layouts = [tuple(map(int, layout.split("x"))) for layout in options.layouts.split(",")]
    folder, sizes = options.folder.resolve(), Sizes(options.quick)
    most = max(ranks for ranks, _ in layouts)

    def train():
        log("training the network that is timed")
        return htdm_run(1, 1, folder / "model", f"models.t_edm.steps={sizes.steps}")["provenance"]

    def counts():
        if not monitored:
            log("Open MPI's monitoring is not here: messages inside collectives are only modelled")
        found = {}
        for ranks in options.counts:
            found[ranks] = count(ranks, monitored and ranks > 1)
            log(f"messages and bytes at {ranks} ranks counted")
        return found

    model = folder / "model" / "models" / "t_edm.h5"
    cores = max(ranks * threads for ranks, threads in layouts)
    report = {"layouts": [list(layout) for layout in layouts], "rounds": options.rounds, "quick": options.quick,
              "paths": {what: cores * paths for what, paths in sizes.paths.items()}}
    file = folder / "scaling.json"
    report = earlier(file, report) if options.resume else report
    few = 1 if options.quick else 3
    for part, measure in (("provenance", train),
                          ("communication", lambda: communication(2, options.rounds)),
                          ("times", lambda: rounds_of(speed_cases(layouts, model, sizes),
                                                      options.rounds)),
                          ("checkpoint", lambda: checkpoints(most, model, few, options.quick)),
                          ("merge", lambda: merging(model, few)),
                          ("monitored", monitoring_is_here),
                          ("table_bytes", lambda: table_bytes(model)),
                          ("counts", counts)):
        if part not in report:
            monitored = report.get("monitored", False)
            report[part] = measure()
            file.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
