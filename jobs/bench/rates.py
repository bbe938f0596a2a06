"""Rates of one run: of htdm from its results, of PyTorch from workers that start together."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
HTDM = TOP / "build" / "bin" / "htdm"
STUDY = HERE / "bench.toml"


def launch():
    """How ranks are started: as the site says (HTDM_LAUNCH), or by mpirun on this machine."""
    return os.environ.get("HTDM_LAUNCH", "mpirun --bind-to none --oversubscribe").split()


def htdm_start(ranks, threads, output, *overrides, study=STUDY, options=(), environment=None,
               codes=(0,)):
    """The process of `htdm run` of the study into `output`, which ended with one of `codes`."""
    settings = [word for key in overrides for word in ("--set", key)]
    command = [*launch(), "-n", str(ranks), HTDM, "run", study, "--output", output, "--force",
               *options, *settings]
    done = subprocess.run(command, capture_output=True, text=True, env={
        **os.environ, "OMP_NUM_THREADS": str(threads), "OMP_PROC_BIND": "false",
        **(environment or {})})
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr}")
    return done


def shown(output):
    """The object that `htdm show --json` prints of a run."""
    done = subprocess.run([HTDM, "show", Path(output) / "results.h5", "--json"], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def htdm_run(ranks, threads, output, *overrides):
    """Run the study into `output`; the object that `htdm show --json` prints."""
    htdm_start(ranks, threads, output, *overrides)
    return shown(output)


def sampling_rate(paths, *overrides, ranks=1, threads=1):
    """t_sde paths per second of the sampling loop (its counting and keeping of samples included)."""
    with tempfile.TemporaryDirectory() as folder:
        results = htdm_run(ranks, threads, folder, f"statistics.batch_size={paths // 10}",
                           *overrides)
    sampler = results["samplers"][0]
    return sampler["paths"] / sampler["seconds"]


def training_rate(steps, *overrides, ranks=1, threads=1):
    """Optimiser steps per second of one model."""
    with tempfile.TemporaryDirectory() as folder:
        results = htdm_run(ranks, threads, folder, f"models.t_edm.steps={steps}", *overrides)
    return steps / results["models"][0]["seconds"]


def blas_environment(core):
    """What makes OpenBLAS use the kernels of `core`; nothing where it may choose itself."""
    return {"OPENBLAS_CORETYPE": core} if core else {}


def torch_rate(what, model, processes, threads, batch, seconds, core=""):
    """Paths or steps per second of all processes together."""
    start = time.time() + 4 + processes
    command = [sys.executable, HERE / "torch_rate.py", what, "--model", model, "--threads",
               str(threads), "--batch", str(batch), "--seconds", str(seconds), "--start",
               str(start)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads),
                   "OPENBLAS_NUM_THREADS": str(threads), **blas_environment(core)}
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
               for _ in range(processes)]
    reports = [json.loads(worker.communicate()[0]) for worker in workers]
    return sum(report["done"] / report["seconds"] for report in reports)


def torch_setup():
    """Versions and BLAS of PyTorch, or None where it cannot be imported."""
    code = ("import torch, re, json; libs = sorted({line.split()[-1] for line in "
            "open('/proc/self/maps') if re.search('blas|mkl', line)}); "
            "print(json.dumps({'version': torch.__version__, 'blas': libs}))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None
