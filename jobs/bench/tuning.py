"""PyTorch at its best on this machine: processes, threads, batch size and kernels of its BLAS."""

import json
import os
import subprocess

from rates import TOP, blas_environment, torch_rate

SHIPPED_BATCH = 50_000  # paths at once in the authors' scripts: one process on all cores
BATCHES = (128, 256, 512, 1024, 4096, SHIPPED_BATCH)


def sgemm_rate(core):
    done = subprocess.run([TOP / "build" / "bin" / "bench_denoiser", "--benchmark_format=json",
                           "--benchmark_filter=copy_bandwidth/threads:1"], capture_output=True,
                          text=True, check=True, env={**os.environ, **blas_environment(core)})
    return float(json.loads(done.stdout)["context"]["sgemm_gflops_threads_1"])


def blas_core(isa):
    """The kernels of OpenBLAS that multiply fastest: "" (its own choice; an old OpenBLAS takes its
    slowest for a processor it does not know) or those of a processor with this instruction set."""
    choices = {"avx512": ("", "SkylakeX"), "avx2": ("", "Haswell")}.get(isa, ("",))
    return max(choices, key=sgemm_rate)


def tune_torch(model, cores, core, log):
    """{"sample": tried, "best": ..., "train": tried, "best_training": ...}, all with `core`."""
    found = {"core": core, "sample": [], "train": []}
    for processes, threads in sorted({(1, cores), (cores, 1)}):
        for batch in BATCHES:
            seconds = 2 if batch < 10_000 else 6
            rate = torch_rate("sample", model, processes, threads, batch, seconds, core)
            found["sample"].append({"processes": processes, "threads": threads, "batch": batch,
                                    "rate": rate})
            log(f"PyTorch with {processes} x {threads}, batch {batch}: {rate:.0f} paths/s")
    for threads in sorted({1, cores}):
        rate = torch_rate("train", model, 1, threads, 1000, 4, core)
        found["train"].append({"threads": threads, "rate": rate})
        log(f"PyTorch trains with {threads} thread(s): {rate:.0f} steps/s")
    found["best"] = max(found["sample"], key=lambda tried: tried["rate"])
    found["best_training"] = max(found["train"], key=lambda tried: tried["rate"])
    return found
