"""Table over seeds and figure over training budgets."""

import h5py
import numpy as np

from analysis_support import InFolder, run

import synthetic_results
import table_seeds

BUDGETS = [(f"ve_sde_{k}k", "ve_sde", f"edm_{k}k", np.nan, 128, 128) for k in (1, 10, 100)]


def entry(probability, paths=100, high=1.0):
    return {"name": "a", "nu": 3.0, "paths": paths, "exceedance": {
        "event": ["norm"], "threshold": [2.0], "level": [0.2], "probability": [probability],
        "high": [high]}}


class Seeds(InFolder):
    def test_mean_and_interval(self):
        """Mean 2, standard deviation 1; the 0.975 quantile of t_2 is 4.302653."""
        row = table_seeds.over_runs(np.array([1.0, 2.0, 3.0]))
        self.assertAlmostEqual(row["mean"], 2.0)
        self.assertAlmostEqual(row["between_std"], 1.0)
        self.assertAlmostEqual(row["high"] - row["mean"], 4.302652729911275 / np.sqrt(3), places=9)
        self.assertNotIn("low", table_seeds.over_runs(np.array([1.0])))

    def test_zero_counts_are_bounds(self):
        row = table_seeds.exceedance_row([entry(0.0, 10_000, 4e-4)] * 2, 0)
        self.assertEqual(table_seeds.estimate(row), "< 0.0004")
        self.assertEqual(row["zero_runs"], 2)

    def test_few_paths_are_marked(self):
        """Two runs of 10,000 paths: ten of them in all are doubtful, eleven are not."""
        for counts, mark in (((4, 6), "*"), ((5, 6), "")):
            row = table_seeds.exceedance_row([entry(n / 10_000, 10_000) for n in counts], 0)
            self.assertTrue(table_seeds.estimate(row).startswith(f"{row['mean']:.3g}{mark} ["))

    def test_counting_error(self):
        row = table_seeds.exceedance_row([entry(0.1), entry(0.3)], 0)
        self.assertAlmostEqual(row["counting_std"], np.sqrt((0.1 * 0.9 + 0.3 * 0.7) / 2 / 100))

    def test_program(self):
        folders = []
        for seed in (1, 2):
            folders.append(self.folder / f"seed-{seed}")
            folders[-1].mkdir()
            path = folders[-1] / "results.h5"
            synthetic_results.write(path, count=20_000, seed=seed)
            with h5py.File(path, "r+") as file:
                file.attrs["seed"] = np.uint64(seed)
        outcome = run("table_seeds.py", *folders, "--output", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertIn("mean over seeds", outcome.stdout)
        for name in ("seeds.csv", "seeds.tex", "seeds.png", "seeds.svg"):
            self.assertGreater((self.folder / name).stat().st_size, 100)
        self.refused(run("table_seeds.py", folders[0], folders[0], "--output", self.folder),
                     "seeds are [1, 1]")


class Budget(InFolder):
    def test_draws_every_budget(self):
        path = self.folder / "results.h5"
        synthetic_results.write(path, count=20_000, samplers=BUDGETS)
        with h5py.File(path, "r+") as file:
            for k in (1, 10, 100):
                if f"edm_{k}k" not in file["models"]:
                    file.copy("models/edm", f"models/edm_{k}k")
                file[f"models/edm_{k}k"].attrs["steps"] = np.int64(1000 * k)
        outcome = run("figure_budget.py", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertTrue((self.folder / "figures" / "budget.svg").is_file())
        picture = (self.folder / "figures" / "budget.svg").read_text(encoding="utf-8")
        self.assertIn("<!-- 100,000 steps -->", picture)

    def test_refuses_one_budget(self):
        synthetic_results.write(self.folder / "results.h5", count=2_000)
        self.refused(run("figure_budget.py", self.folder), "nothing that this figure shows")
