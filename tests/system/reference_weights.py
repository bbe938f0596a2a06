"""With weights trained elsewhere, every sampler's law is the one computed without Monte Carlo.

The laws (exceedance at the two-sided thresholds of level 5e-3 and 1e-3 of t_3, and W1 to the true
law) were propagated through the same networks, schedules and steps by quadrature, extrapolated from
2000 and 4000 cells; they are good to 0.6 % at these levels. Counting 1e6 paths has a standard error
of 1.4 % and 3.2 %, W1 one of 3-5 %. Bounds: 4.5 standard errors plus those 0.6 % for each of the
eight exceedances (chance of a false alarm 5e-5 in all; the run is seeded), 0.0035 for W1. They see
a wrong nu_s, prior, schedule or final step: the samplers differ by far more than that. The samplers
run on tables of the networks, which takes seconds instead of minutes.
"""

import json
import math
import subprocess
import sys
import unittest

import htdm_program as htdm

PATHS = 1_000_000
# (name, nu): W1 to the law, P(|X| > 7.453319), P(|X| > 12.923979)
LAW = {
    ("ve_sde", None): (0.0525, 3.672e-3, 2.29e-5),
    ("t_ode", 3.0): (0.0271, 6.459e-3, 1.307e-3),
    ("t_sde", 2.5): (0.0166, 5.244e-3, 1.181e-3),
    ("t_sde_ablated", 2.5): (0.2229, 3.02e-8, 7.02e-9),
}
W1_BOUND = 0.0035

STUDY = {
    "study": {"name": "reference", "seed": 42},
    "data": {"kind": "student_t", "nu": 3.0},
    "models": {},
    "samplers": {
        "ve_sde": {"kind": "ve_sde", "model": "edm", "levels": 128},
        "t_ode": {"kind": "t_ode", "model": "t_edm", "levels": 64},
        "t_sde": {"kind": "t_sde", "model": "t_edm", "levels": 128, "nu": 2.5},
        "t_sde_ablated": {"kind": "t_sde_ablated", "model": "t_edm", "levels": 128, "nu": 2.5},
    },
    "statistics": {"batches": 10, "batch_size": PATHS // 10, "w1_samples": PATHS,
                   "exceedance_levels": [5e-3, 1e-3]},
}


def import_weights(name, folder):
    importer = htdm.TESTS.parent / "analysis" / "import_weights.py"
    weights = htdm.TESTS / "data" / f"{name}_10k.npz"
    subprocess.run([sys.executable, importer, weights, "-o", folder / f"{name}.h5"], check=True)
    return {"file": str(folder / f"{name}.h5")}


class OdeLaw(unittest.TestCase):
    """coefficient = "ode_law" with all else at its default: run beside law, on one folder."""

    def test_counts_agree_with_the_law(self):
        """The three counts of 40,000 paths within 4.5 standard errors, 7, 22 and 71 %, of the law,
        whose own error is below 1e-4, and so the deepest estimate of `htdm rare`."""
        sampler = {"kind": "t_sde_exact", "scheme": "euler", "coefficient": "ode_law", "levels": 16}
        with htdm.temporary_folder() as folder:
            models = {"exact": {"kind": "exact", "noise": "student_t", "nu": 3.0},
                      "t_edm": import_weights("t_edm", folder)}
            study = htdm.write_study(folder, htdm.changed(STUDY, {
                "models": models,
                "samplers": {name: {**sampler, "model": name} for name in models},
                "statistics": {"batches": 2, "batch_size": 20_000, "w1_samples": 10_000,
                               "exceedance_levels": [1e-1, 1e-2, 1e-3]}}))
            htdm.succeed(htdm.run("check", study))
            htdm.succeed(htdm.run("run", study, "--output", folder / "out", threads=2))
            htdm.succeed(htdm.run("law", study, "--output", folder / "out", threads=2))
            samplers = htdm.results_of(folder / "out")["samplers"]
            rare = ["rare", study, "--output", folder / "rare", "--set", "rare.method=splitting",
                    "--set", "rare.target_relative_error=0.2"]
            htdm.succeed(htdm.run(*rare, threads=2))
            shown = htdm.succeed(htdm.run("show", folder / "rare" / "rare.h5", "--json"))
        split = json.loads(shown)
        for sampler, other in zip(samplers, split["samplers"]):
            law = [e for e in sampler["exceedance"] if e["method"] == "law"][-1]
            found = other["estimates"][-1]
            self.assertLess(abs(found["probability"] - law["probability"]),
                            4.5 * found["standard_error"])
        self.assertEqual([s["denoiser"] for s in samplers], ["exact", "network"])  # no table
        for sampler in samplers:
            counts = [e for e in sampler["exceedance"] if e["method"] == "count"]
            laws = [e for e in sampler["exceedance"] if e["method"] == "law"]
            self.assertEqual((len(counts), len(laws)), (3, 3))
            for count, law in zip(counts, laws):
                p, paths = law["probability"], sampler["paths"]
                with self.subTest(sampler["name"], level=law["level"]):
                    self.assertLess(law["relative_error"], 1e-4)
                    self.assertLess(abs(count["count"] - paths * p),
                                    4.5 * math.sqrt(paths * p * (1 - p)))


class ReferenceWeights(unittest.TestCase):
    def test_samplers_have_their_laws(self):
        with htdm.temporary_folder() as folder:
            models = {name: import_weights(name, folder) for name in ("edm", "t_edm")}
            study = htdm.write_study(folder, htdm.changed(STUDY, {"models": models}))
            htdm.succeed(htdm.run("run", study, "--output", folder / "out", threads=2))
            samplers = htdm.results_of(folder / "out")["samplers"]
        self.assertEqual({(s["name"], s["nu"]) for s in samplers}, set(LAW))
        for sampler in samplers:
            with self.subTest(sampler["name"]):
                self.check(sampler, *LAW[sampler["name"], sampler["nu"]])

    def check(self, sampler, w1, *laws):
        calls = 127 if sampler["name"] == "t_ode" else 128
        self.assertEqual((sampler["paths"], sampler["network_calls_per_path"]), (PATHS, calls))
        self.assertEqual([round(e["threshold"], 5) for e in sampler["exceedance"]],
                         [7.45332, 12.92398])
        for exceedance, law in zip(sampler["exceedance"], laws):
            error = math.sqrt(law * (1 - law) / PATHS)
            off = exceedance["probability"] - law
            print(f"{sampler['name']:14} level {exceedance['level']:g}: "
                  f"{exceedance['probability']:.3e}, law {law:.3e}, {off / error:+.1f} errors")
            self.assertLess(abs(off), 4.5 * error + 0.006 * law)
        found = sampler["w1_law"]
        print(f"{sampler['name']:14} W1 {found:.4f}, law {w1:.4f}")
        self.assertLess(abs(found - w1), W1_BOUND)


if __name__ == "__main__":
    htdm.main()
