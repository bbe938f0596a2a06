"""`htdm law` beside `htdm run`: counts against laws, layouts, what it adds to and what it refuses."""

import math
import sys
import unittest

import numpy as np

import htdm_program as htdm

sys.path.insert(0, str(htdm.TESTS.parent / "analysis"))
import htdm_results  # noqa: E402

# A law takes any number of levels; few make the test short.
STUDY = htdm.changed(htdm.TINY, {
    "samplers": {
        "t_sde": {"kind": "t_sde", "model": "t_edm", "levels": 16, "nu": 2.5},
        "t_ode": {"kind": "t_ode", "model": "t_edm", "levels": 8},
    },
    "statistics": {"batches": 2, "batch_size": 100_000, "w1_samples": 10_000,
                   "exceedance_levels": [1e-1, 1e-2, 1e-3]},
})


def by_method(sampler, method):
    return [e for e in sampler["exceedance"] if e["method"] == method]


class LawCommand(unittest.TestCase):
    def test_adds_laws_to_the_counts_of_a_run(self):
        """Counts of 200,000 paths are within 4.5 standard errors (level 7e-6 each; 15 % at 1e-2)."""
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, STUDY)
            htdm.succeed(htdm.run("run", study, "--output", folder / "out"))
            before = htdm.results_of(folder / "out")["samplers"]
            htdm.succeed(htdm.run("law", study, "--output", folder / "out", threads=2))
            after = htdm.results_of(folder / "out")["samplers"]
            digest = htdm.run("show", folder / "out" / "results.h5", "--digest").stdout
            # Once more: the same answer, nothing twice; on three ranks.
            htdm.succeed(htdm.run("law", study, "--output", folder / "out", ranks=3))
            again = htdm.run("show", folder / "out" / "results.h5", "--digest").stdout
        self.assertEqual(digest, again)
        for old, new in zip(before, after):
            self.assertEqual(old["exceedance"], by_method(new, "count"))
            laws = by_method(new, "law")
            self.assertEqual(len(laws), 3)
            for count, law in zip(by_method(new, "count"), laws):
                p, paths = law["probability"], new["paths"]
                self.assertEqual((count["level"], count["threshold"]),
                                 (law["level"], law["threshold"]))
                self.assertLess(law["relative_error"], 1e-4)
                self.assertLess(abs(count["count"] - paths * p),
                                4.5 * math.sqrt(paths * p * (1 - p)))
            survival = new["propagated_law"]["survival"]
            for exponent in (1, 4, 9, 15):
                near = min(survival["probability"], key=lambda p: abs(math.log(p) + exponent
                                                                      * math.log(10)))
                self.assertAlmostEqual(near * 10 ** exponent, 1, delta=1e-4)
            low, high = new["w1_law_interval"]
            self.assertTrue(low <= new["propagated_law"]["w1"] <= high)

    def test_keeps_densities_and_compares_marginals(self):
        """The same on two layouts; the t_ode starts near the marginal at sigma_max."""
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, STUDY)
            digests = []
            for name, ranks in (("one", 1), ("three", 3)):
                htdm.succeed(htdm.run("law", study, "--densities", "--output", folder / name,
                                      ranks=ranks))
                digests.append(htdm.digest_of(folder / name))
            self.assertEqual(*digests)
            results = htdm_results.read(folder / "one")
            command = str(results["command"])
        self.assertIn("--densities", command)
        for entry, levels in zip(results["samplers"], (16, 8)):
            law = htdm_results.propagated_law(entry)
            marginals, densities = law["marginals"], law["densities"]
            for table in (marginals, densities):
                np.testing.assert_allclose(table["sigma"][[0, -1]], [80, 0.002])
                self.assertEqual(len(table["sigma"]), levels)
            self.assertEqual(marginals["probability"].shape, (levels, len(marginals["depth"])))
            self.assertTrue((marginals["w1_error"] < 1e-3 * marginals["scale"]).all())
            self.assertTrue((marginals["error"] < 1e-4 * marginals["probability"] + 1e-20).all())
            for x, density, marginal in zip(*(densities[key] for key in
                                              ("x", "density", "marginal"))):
                self.assertTrue((np.diff(x) > 0).all())
                area = (np.diff(x) * (density[1:] + density[:-1]) / 2).sum()
                self.assertAlmostEqual(area, 1, delta=0.01)
                self.assertTrue((marginal[np.abs(x) < 1e5] > 0).all())
        start = htdm_results.propagated_law(results["samplers"][1])["marginals"]
        self.assertLess(start["w1"][0], 1e-3 * start["scale"][0])
        np.testing.assert_allclose(start["probability"][0], start["depth"], rtol=1e-2)

    def test_makes_results_and_models_where_there_are_none(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, STUDY)
            text = htdm.succeed(htdm.run("law", study, "--output", folder / "out", ranks=2))
            sampler = htdm.results_of(folder / "out")["samplers"][0]
            self.assertTrue((folder / "out" / "models" / "t_edm.h5").is_file())
        self.assertIn("propagated law", text)
        self.assertEqual(sampler["paths"], 0)
        self.assertEqual([e["method"] for e in sampler["exceedance"]], ["law"] * 3)

    def test_refuses_another_study_other_weights_and_more_dimensions(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, STUDY)
            htdm.succeed(htdm.run("law", study, "--output", folder / "out"))
            kept = (folder / "out" / "results.h5").read_bytes()
            for settings, words in [(["--set", "data.nu=4.0"], "data.nu"),
                                    (["--set", "data.dimension=2"], "dimension")]:
                process = htdm.run("law", study, "--output", folder / "out", *settings)
                self.assertEqual(process.returncode, 2, process.stderr)
                self.assertIn(words, process.stderr)
            other = htdm.write_study(folder, htdm.changed(STUDY, {"study.seed": 4}), "other.toml")
            htdm.succeed(htdm.run("law", other, "--output", folder / "other"))
            (folder / "other" / "models" / "t_edm.h5").replace(
                folder / "out" / "models" / "t_edm.h5")
            process = htdm.run("law", study, "--output", folder / "out")
            self.assertEqual(process.returncode, 2, process.stderr)
            self.assertIn("weights", process.stderr)
            self.assertEqual((folder / "out" / "results.h5").read_bytes(), kept)


if __name__ == "__main__":
    htdm.main()
