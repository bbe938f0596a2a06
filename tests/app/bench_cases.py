"""Table and figure of jobs/bench, and that PyTorch's side of it is the same denoiser."""

import importlib.util
import json
import unittest

import h5py
import numpy as np

from analysis_support import TESTS, InFolder, run, sys

sys.path.append(str(TESTS.parent / "jobs" / "bench"))


def report(torch=True):
    """Two cores; htdm by network 10 times PyTorch's best, by table 1000 times, training 4 times."""
    rates = {f"{what} {layout}": [rate * factor * share for share in (0.9, 1.0, 1.2)]
             for what, rate in (("network", 500), ("table", 50_000), ("training", 200))
             for layout, factor in (("1x1", 1), ("1x2", 1.8), ("2x1", 2))}
    if torch:
        rates |= {"torch network as shipped": [10.0] * 3, "torch network best": [100.0] * 3,
                  "torch training as shipped": [50.0] * 3, "torch training best": [100.0] * 3}
    best = {"processes": 2, "threads": 1, "batch": 512, "rate": 100.0}
    return {
        "cores": 2, "rounds": 3, "provenance": {"isa": "avx2"}, "rates": rates,
        "torch": {"version": "1", "blas": ["libopenblas.so"]} if torch else None,
        "tuning": {"core": "", "best": best, "best_training": {"threads": 1}},
        "costs": {"width": {"32": [3.0, 4.0, 5.0], "64": [1.0, 2.0, 3.0]}},
        "kernels": {"benchmarks": [
            {"aggregate_name": "median", "run_name": "network_calls/threads:1", "gflops": 80.0,
             "share_of_sgemm": 0.75},
            {"aggregate_name": "mean", "run_name": "network_calls/threads:1", "gflops": 70.0,
             "share_of_sgemm": 0.7}]}}


class Bench(InFolder):
    def table(self, content):
        (self.folder / "bench.json").write_text(json.dumps(content))
        outcome = run("table_bench.py", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        for name in ("bench.csv", "bench.png", "bench.svg"):
            self.assertGreater((self.folder / name).stat().st_size, 100)
        return outcome.stdout

    def test_quotients_take_the_best_layout(self):
        text = self.table(report())
        for row in (("network 2x1", "10 [9, 12]", "100 [90, 120]"),
                    ("table 2x1", "1e+03 [900, 1.2e+03]"), ("training 2x1", "4 [3.6, 4.8]"),
                    ("network", "1 rank(s) x 2 thread(s)", "0.9 ["),
                    ("network_calls/threads:1", "80.0 GF/s", "75 % of SGEMM"),
                    ("2 process(es) x 1 thread(s)", "batches of 512")):
            self.assertTrue(any(all(word in line for word in row) for line in text.splitlines()),
                            f"{row} in\n{text}")

    def test_without_pytorch_its_columns_are_empty(self):
        text = self.table(report(torch=False))
        self.assertNotIn("PyTorch 1", text)
        self.assertTrue(any("network 2x1" in line and "–" in line for line in text.splitlines()))


@unittest.skipUnless(importlib.util.find_spec("torch"), "PyTorch is not installed")
class TorchDenoiser(InFolder):
    def test_is_the_reference(self):
        """D of the t-EDM weights within 2e-6 of max(|D|, sigma), and u = (x - D)/sigma within 2e-6 of
        max(1, |u|): a layer left out or another preconditioning is off by far more."""
        import torch
        from torch_denoiser import Denoiser
        weights = np.load(TESTS / "data" / "t_edm_10k.npz")
        path = self.folder / "model.h5"
        with h5py.File(path, "w") as file:
            file.attrs["nu"] = float(weights["nu"])
            for i, layer in enumerate((0, 2, 4)):
                group = file.create_group(f"layers/{i}")
                for name in ("weight", "bias"):
                    group[name] = weights[f"f.net.{layer}.{name}"]
        denoiser = Denoiser(path)
        values = json.loads((TESTS / "data" / "denoiser_values.json").read_text())["t_edm_10k"]
        x = torch.tensor(values["x"], dtype=torch.float32)[:, None]
        for k, sigma in enumerate(values["sigma"]):
            wanted = np.array(values["D_float64"])[:, k]
            column = torch.full_like(x, float(np.log(sigma) / 4))
            with torch.inference_mode():
                direct = denoiser(x, torch.full_like(x, sigma))
                gap = denoiser.gap(x, column, sigma)
            for found, exact, scale in (
                    (direct, wanted, np.maximum(np.abs(wanted), sigma)),
                    (gap, wanted_gap := (values["x"] - wanted) / sigma,
                     np.maximum(np.abs(wanted_gap), 1))):
                error = np.abs(found.numpy()[:, 0] - exact) / scale
                self.assertLess(error.max(), 2e-6)
