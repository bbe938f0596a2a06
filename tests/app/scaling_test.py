"""The model of jobs/scaling on made-up measurements: what it fits, predicts and prints."""

import json
import unittest
from dataclasses import replace

import numpy as np

from analysis_support import TESTS, InFolder, run, sys

sys.path.append(str(TESTS.parent / "jobs" / "scaling"))

import fitting
import scaling_model as model

MACHINE = model.Machine(alpha=2e-6, beta=1e-10, service=1e-6, fold=5e-8)
TABLE = model.Work(paths=1e12, rate=3e6)
TRUTH = {"alpha": 1e-6, "beta": 2e-10, "fold": 1e-7}


def dealt(blocks, ranks, threads, per_block):
    """Requests of a window, one after the other as block_dealer.cpp answers them."""
    wanted = min(max(int(threads * 0.05 / per_block), 1), 4096)
    grants = 0
    while blocks > 0:
        blocks -= min(blocks, wanted, max(blocks // (4 * ranks), 1))
        grants += 1
    return grants * (ranks - 1) / ranks + ranks - 1


class Model(unittest.TestCase):
    def test_a_line_is_found(self):
        x = np.array([8.0, 512, 4096, 1e6])
        fit = model.fit_line(x, 1e-6 + 2e-10 * x)
        np.testing.assert_allclose([fit["a"], fit["b"]], [1e-6, 2e-10], rtol=1e-9)
        self.assertLess(max(map(abs, fit["residuals"])), 1e-9)

    def test_its_errors_cover_the_truth(self):
        """Deviations of 5 %, 2000 fits of 8 points: |t| of six degrees of freedom is above 3.7 in
        1 % of them, so more than 45 of 2000 has a probability below 1e-6; errors that were too small by
        a third would give a hundred."""
        random = np.random.default_rng(1)
        x = 8.0 ** np.arange(1, 9)
        missed = 0
        for _ in range(2000):
            fit = model.fit_line(x, (1e-6 + 2e-10 * x) * (1 + 0.05 * random.standard_normal(8)))
            missed += abs(fit["b"] - 2e-10) > 3.7 * fit["b_error"]
        self.assertLess(missed, 46)

    def test_no_cost_is_negative(self):
        fit = model.fit_line([1.0, 2.0, 4.0], [0.9, 2.1, 4.4])
        self.assertEqual(fit["a"], 0)
        self.assertGreater(fit["b"], 0.9)

    def test_amdahl(self):
        np.testing.assert_allclose(model.amdahl(10.0, 4, 4.0), (2.0, 8.0))
        self.assertEqual(model.amdahl(10.0, 2, 4.0), (0.0, 10.0))  # faster than possible

    def test_requests_are_those_of_the_dealer(self):
        for ranks in (2, 16, 500):
            for threads in (1, 8):
                for per_block in (1e-4, 1e-3, 1e-2, 0.2):
                    blocks = model.window_blocks(ranks, threads)
                    wanted = dealt(blocks, ranks, threads, per_block)
                    found = model.requests(blocks, ranks, threads, per_block)
                    self.assertLess(abs(found / wanted - 1), 0.2,
                                    (ranks, threads, per_block, found, wanted))

    def test_parts_add_up_and_efficiency_falls(self):
        efficiencies = [model.efficiency(2**k, 1, TABLE, MACHINE) for k in range(0, 18, 2)]
        self.assertGreater(efficiencies[0], 0.99)
        self.assertTrue(all(0 < after < before <= 1
                            for before, after in zip(efficiencies, efficiencies[1:])))

    def test_larger_blocks_spare_the_root(self):
        ranks = 10_000
        self.assertGreater(model.best_block(ranks, 1, TABLE, MACHINE), TABLE.block)
        larger = replace(TABLE, block=2**20)
        self.assertGreater(model.efficiency(ranks, 1, larger, MACHINE),
                           2 * model.efficiency(ranks, 1, TABLE, MACHINE))

    def test_parts_are_as_large_as_is_efficient(self):
        size = model.ranks_per_part(100_000, 1, TABLE, MACHINE)

        def of(ranks):
            part = replace(TABLE, paths=TABLE.paths * ranks / 100_000)
            return model.efficiency(ranks, 1, part, MACHINE)

        self.assertGreaterEqual(of(size), 0.9)
        self.assertLess(of(2 * size), 0.9)

    def test_short_work_is_not_for_many(self):
        short = replace(TABLE, paths=1e7, statistics=1.0)
        self.assertEqual(model.ranks_per_part(1000, 1, short, MACHINE), 0)
        most = model.worthwhile(1, short, MACHINE)
        self.assertLess(most, 4)
        self.assertGreater(model.worthwhile(1, TABLE, MACHINE), 1000)

    def test_training_has_no_use_for_more_ranks_than_shards(self):
        work = model.Work(paths=1, rate=1, trainings=1, step_seconds=1e-3, step_serial=1e-5)
        self.assertEqual(model.training(8, 1, work, MACHINE),
                         model.training(1000, 1, work, MACHINE))
        alone = model.training(1, 1, work, MACHINE)
        self.assertEqual(alone["training messages"], 0)
        self.assertAlmostEqual(alone["training"], 10_000 * 1.01e-3)


def counts_of(ranks):
    zero = {"calls": 0, "messages": 0, "sent": 0, "received": 0}
    kinds = ("barrier", "broadcast", "gather", "all_gather", "exchange", "reduce", "deal")
    found = {what: {who: {kind: dict(zero) for kind in kinds} for who in ("root", "others")}
             for what in ("step", "window", "entry", "checkpoint")}
    found["window"]["root"]["deal"]["received"] = 16 * 777
    found["entry"]["root"]["reduce"]["calls"] = 42
    return {**found, "blocks": 64 * ranks}


def report():
    """1 and 2 cores; efficiency 0.9 by ranks and 0.8 by threads; costs as in TRUTH."""
    cases = {}
    for what in ("network", "table"):
        for name, two_cores in (("1x1", 2.0), ("1x2", 1.25), ("2x1", 2.0 / 1.8)):
            weak = two_cores / 2 if name == "1x1" else two_cores
            for kind, seconds in (("strong", two_cores), ("weak", weak)):
                cases[f"{kind} {what} {name}"] = {
                    "paths": [0.9 * seconds, seconds, 1.1 * seconds], "tables": [0.5] * 3,
                    "around": [1.0] * 3, "results_bytes": [1e6] * 3}
    for name, seconds in (("1x1", 1e-3), ("1x2", 5.5e-4), ("2x1", 6e-4)):
        cases[f"strong training {name}"] = {"step": [seconds] * 3}
    sizes = {str(8**k): [TRUTH["alpha"] + TRUTH["beta"] * 8**k] * 3 for k in range(1, 8)}
    blocks = {str(n): [1e-5 + TRUTH["fold"] * n] * 3 for n in (1024, 8192, 65_536)}
    return {
        "layouts": [[1, 1], [1, 2], [2, 1]], "rounds": 3, "quick": False, "monitored": False,
        "provenance": {"isa": "avx2"}, "paths": {"network": 1e5, "table": 1e7}, "times": cases,
        "communication": {"ranks": 2, "ping_pong": sizes, "reduce": sizes, "all_gather": sizes,
                          "fold": blocks, "step": {"68100": [5e-5] * 3}, "deal": {"0": [3e-4] * 3},
                          "request": {"1": [1.5e-6] * 3}},
        "checkpoint": {"seconds": [0.02], "bytes": [4_000_000], "statistics": [0.1]}, "merge": [0.01],
        "table_bytes": 1e7, "counts": {ranks: counts_of(ranks) for ranks in (1, 2, 64)}}


class Table(InFolder):
    def test_costs_come_back(self):
        here = next(iter(fitting.machines(report()).values()))
        self.assertAlmostEqual(here.alpha / TRUTH["alpha"], 1, places=6)
        self.assertAlmostEqual(here.beta / TRUTH["beta"], 1, places=6)
        self.assertAlmostEqual(here.fold / (TRUTH["fold"] - 28 * TRUTH["beta"]), 1, places=6)
        self.assertEqual(here.service, 1.5e-6)
        np.testing.assert_allclose(fitting.training_parts(report()), (1e-4, 9e-4))

    def test_program(self):
        (self.folder / "scaling.json").write_text(json.dumps(report()))
        outcome = run("table_scaling.py", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        for row in (("network", "strong", "2 rank(s) x 1 thread(s)", "0.9 [0.9, 0.9]"),
                    ("table", "weak", "1 rank(s) x 2 thread(s)", "0.8 [0.8, 0.8]"),
                    ("64 |", "777"), ("1e12, table", "100000 x 1"), ("paper", "1000 x 1"),
                    ("cluster, assumed network", "2 us a message", "12 GB/s")):
            self.assertTrue(any(all(word in line for word in row)
                                for line in outcome.stdout.splitlines()),
                            f"{row} in\n{outcome.stdout}")
        for name in ("scaling.csv", "scaling.png", "scaling.svg"):
            self.assertGreater((self.folder / name).stat().st_size, 1000)


if __name__ == "__main__":
    unittest.main()
