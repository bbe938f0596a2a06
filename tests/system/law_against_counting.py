"""Laws of the trained networks of tests/data against counts: 1e7 paths by the network for t_sde, 1e8
by the table for every sampler, at every level from 1e-1 to 1e-5.

Each count is within 4.5 standard errors of the law (level 7e-6 each): at 1e8 paths and 1e-3 that
finds laws wrong by 1.4 %, at 1e-1 by 0.14 %. HTDM_LAW_PATHS sets another number than 1e8; the
network gets a tenth of it.
"""

import math
import os
import unittest

import htdm_program as htdm
from reference_weights import import_weights

PATHS = int(os.environ.get("HTDM_LAW_PATHS", 100_000_000))

STUDY = {
    "study": {"name": "law", "seed": 11},
    "data": {"kind": "student_t", "nu": 3.0, "test_samples": 100_000},
    "statistics": {"batches": 10, "w1_samples": 100_000,
                   "exceedance_levels": [1e-1, 1e-2, 1e-3, 1e-4, 1e-5]},
}
BY_TABLE = {
    "ve_sde": {"kind": "ve_sde", "model": "edm"},
    "t_ode": {"kind": "t_ode", "model": "t_edm"},
    "t_sde": {"kind": "t_sde", "model": "t_edm", "nu": 2.5},
    "t_sde_ablated": {"kind": "t_sde_ablated", "model": "t_edm", "nu": 2.5},
}
BY_NETWORK = {"t_sde": {"kind": "t_sde", "model": "t_edm", "nu": 2.5, "denoiser": "network"}}


class LawAgainstCounting(unittest.TestCase):
    def check(self, samplers, paths):
        with htdm.temporary_folder() as folder:
            models = {name: import_weights(name, folder) for name in ("edm", "t_edm")}
            study = htdm.write_study(folder, htdm.changed(STUDY, {
                "models": models, "samplers": samplers, "statistics.batch_size": paths // 10}))
            htdm.succeed(htdm.run("run", study, "--output", folder / "out", threads=2))
            htdm.succeed(htdm.run("law", study, "--output", folder / "out", threads=2))
            results = htdm.results_of(folder / "out")["samplers"]
        self.assertEqual(len(results), len(samplers))
        for sampler in results:
            counts = [e for e in sampler["exceedance"] if e["method"] == "count"]
            laws = [e for e in sampler["exceedance"] if e["method"] == "law"]
            for count, law in zip(counts, laws):
                p = law["probability"]
                error = math.sqrt(paths * p * (1 - p)) + 1e-9
                z = (count["count"] - paths * p) / error
                print(f"{sampler['name']} level {law['level']:g}: {count['count']} counted, "
                      f"{paths * p:.6g} by the law, {z:+.2f} standard errors")
                if paths * p > 20:
                    self.assertLess(abs(z), 4.5)
                else:  # not Normal: a Poisson count of mean 20 reaches 45 with probability 2e-6
                    self.assertLess(count["count"], 45)

    def test_by_table(self):
        self.check(BY_TABLE, PATHS)

    def test_by_network(self):
        self.check(BY_NETWORK, PATHS // 10)


if __name__ == "__main__":
    htdm.main()
