"""htdm rare: the same bits for any layout, agreement of its methods with one another and with laws,
and what it refuses."""

import json
import math
import re
import unittest

import htdm_program as htdm

BARE_ZERO = r"(^|[\[\s])0(\.0*)?([,\]e\s]|$)"
SHAPES = [(1, 1), (1, 2), (2, 1), (3, 1)]  # ranks x threads

# Exact denoisers of t data: nothing is trained.
LINE = {
    "study": {"name": "rare", "seed": 5},
    "data": {"kind": "student_t", "nu": 3.0, "train_samples": 5000, "test_samples": 100},
    "models": {"exact": {"kind": "exact", "noise": "student_t", "nu": 3.0}},
    "samplers": {"t_sde": {"kind": "t_sde", "model": "exact", "levels": 24, "nu": 2.5},
                 "t_ode": {"kind": "t_ode", "model": "exact", "levels": 24}},
    "statistics": {"batches": 1, "batch_size": 100, "w1_samples": 100,
                   "exceedance_levels": [1e-2, 1e-6]},
    "rare": {"particles": 200, "replicas": 200, "target_relative_error": []},
}
PLANE = htdm.changed(LINE, {
    "data.dimension": 2, "samplers.t_ode": None, "statistics.event": "linear",
    "statistics.weights": [-0.5, -1.0], "statistics.exceedance_levels": [3e-2, 1e-3]})


def rare_of(output):
    return json.loads(htdm.succeed(htdm.run("show", output / "rare.h5", "--json")))


class RareCommand(unittest.TestCase):
    def make(self, folder, study, *options, output="out", **layout):
        path = htdm.write_study(folder, study)
        return htdm.run("rare", path, "--output", folder / output, *options, **layout)

    def refused(self, process, *words):
        self.assertEqual(process.returncode, 2, process.stderr)
        for word in words:
            self.assertIn(word, process.stderr)

    def close(self, one, other):
        """Within 4.5 standard errors: level 7e-6."""
        error = math.hypot(one["standard_error"] or 0, other["standard_error"] or 0)
        self.assertLessEqual(abs(one["probability"] - other["probability"]), 4.5 * error,
                             (one, other))

    def test_layouts_and_tiles_give_the_same_digest(self):
        study = htdm.changed(LINE, {"rare.target_relative_error": 0.3})
        digests = set()
        with htdm.temporary_folder() as folder:
            layouts = [dict(ranks=r, threads=t) for r, t in SHAPES]
            layouts.append(dict(ranks=2, environment={"HTDM_TILE": "33"}))
            for layout in layouts:
                htdm.succeed(self.make(folder, study, "--force", **layout))
                digests.add(htdm.succeed(
                    htdm.run("show", folder / "out" / "rare.h5", "--digest")).strip())
            other = htdm.changed(study, {"study.seed": 6})
            htdm.succeed(self.make(folder, other, "--force"))
            text = htdm.run("show", folder / "out" / "rare.h5", "--digest").stdout.strip()
        self.assertEqual(len(digests), 1, digests)
        self.assertNotIn(text, digests)

    def test_methods_agree_with_the_law(self):
        with htdm.temporary_folder() as folder:
            found = {}
            for method in ("law", "auto", "importance"):
                settings = ("--set", f"rare.method={method}")
                text = htdm.succeed(self.make(folder, LINE, *settings, output=method, threads=2))
                self.assertIsNone(re.search(BARE_ZERO, text), text)
                found[method] = rare_of(folder / method)["samplers"]
        used = [s["estimates"][1]["method"] for s in found["auto"]]
        self.assertEqual(used, ["splitting", "importance"])
        for method in ("auto", "importance"):
            for sampler, law in zip(found[method], found["law"]):
                for e, exact in zip(sampler["estimates"], law["estimates"]):
                    self.assertEqual(exact["method"], "law")
                    if e["doubtful"]:  # weighted starts help t_ode only
                        self.assertEqual((method, sampler["name"]), ("importance", "t_sde"))
                        continue
                    self.close(e, exact)
                    self.assertLess(e["relative_error"], 0.5)
                    self.assertGreater(e["figure_of_merit"], 0)
                    self.assertGreater(e["cpu_seconds"], 0)
        for sampler, saving in zip(found["auto"], (2, 1000)):  # splitting, weighted starts
            deep = sampler["estimates"][1]
            self.assertGreater(deep["counting_calls"], saving * deep["calls"])

    def test_linear_event_and_counting_in_the_plane(self):
        with htdm.temporary_folder() as folder:
            found = {}
            for method in ("splitting", "counting"):
                htdm.succeed(self.make(folder, PLANE, "--set", f"rare.method={method}",
                                       output=method, threads=2))
                found[method] = rare_of(folder / method)["samplers"][0]["estimates"]
        for split, counted in zip(found["splitting"], found["counting"]):
            self.assertEqual((split["event"], counted["method"]), ("linear", "counting"))
            self.close(split, counted)

    def test_uses_the_models_beside_it_and_trains_without(self):
        study = htdm.changed(htdm.TINY, {
            "rare": {"method": "splitting", "particles": 50, "replicas": 10,
                     "target_relative_error": []}})
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.make(folder, study))
            htdm.succeed(htdm.run("run", htdm.write_study(folder, htdm.TINY), "--output",
                                  folder / "run"))
            htdm.succeed(self.make(folder, study, output="run"))
            one, other = (htdm.run("show", folder / name / "rare.h5", "--digest").stdout
                          for name in ("out", "run"))
            self.assertEqual(one, other)
            self.refused(self.make(folder, htdm.changed(study, {"data.nu": 4.0}), "--force",
                                   output="run"), "data.nu", "another")

    def test_says_what_it_could_not_resolve(self):
        study = htdm.changed(LINE, {"samplers.t_ode": None, "rare.method": "counting",
                                    "rare.replicas": 10, "statistics.exceedance_levels": [1e-12]})
        with htdm.temporary_folder() as folder:
            text = htdm.succeed(self.make(folder, study))
            estimate, = rare_of(folder / "out")["samplers"][0]["estimates"]
        self.assertIn("not resolved, < 3.7e-5", text)
        self.assertIn("doubtful", text)
        self.assertEqual((estimate["resolved"], estimate["doubtful"]), (False, True))
        self.assertIsNone(estimate["relative_error"])

    def test_refuses(self):
        with htdm.temporary_folder() as folder:
            self.refused(self.make(folder, LINE, "--set", "rare.method=splitting"),
                         "t_ode", "importance")
            self.refused(self.make(folder, PLANE, "--set", "rare.method=law"), "dimension")
            swept = htdm.to_toml(LINE) + '[sweep]\n"data.nu" = [3.0, 4.0]\n'
            self.refused(self.make(folder, swept), "[sweep]")
            small = htdm.changed(LINE, {"samplers.t_ode": None, "rare.replicas": 10})
            htdm.succeed(self.make(folder, small))
            self.refused(self.make(folder, small), "exists already", "--force")


class DeepTails(unittest.TestCase):
    """The measurements of jobs/rare, by the exact denoiser of t data, for their probabilities."""

    def estimates(self, folder, study, name, *settings):
        """Estimates of the two levels by sampler."""
        options = [word for setting in settings for word in ("--set", setting)]
        htdm.succeed(RareCommand.make(self, folder, study, *options, output=name, threads=2))
        return {s["name"]: s["estimates"] for s in rare_of(folder / name)["samplers"]}

    def counting_seconds(self, estimate, counted):
        """Processor time of counting to the same relative error r, half the 95 % interval:
        1.96^2 (1 - p)/(p r^2) paths, each as long as one of 1e6 counted ones."""
        p, r = estimate["probability"], estimate["relative_error"]
        return 1.96 ** 2 * (1 - p) / (p * r * r) * counted["cpu_seconds"] / counted["paths"]

    def test_a_billionth_on_the_line(self):
        study = htdm.changed(LINE, {"samplers.t_sde.levels": 128, "samplers.t_ode.levels": 64,
                                    "statistics.exceedance_levels": [1e-5, 1e-9],
                                    "rare": {"target_relative_error": 0.1}})
        with htdm.temporary_folder() as folder:
            chosen = self.estimates(folder, study, "auto")
            laws = self.estimates(folder, study, "law", "rare.method=law")
            counts = self.estimates(folder, study, "counting", "rare.method=counting",
                                    "rare.replicas=100", "rare.target_relative_error=[]")
        for sampler, law in laws.items():
            for e, exact in zip(chosen[sampler], law):
                RareCommand.close(self, e, exact)
                self.assertFalse(e["doubtful"], e)
                self.assertLessEqual(e["relative_error"], 0.1)
            self.assertEqual(counts[sampler][0]["paths"], 1_000_000)
            deep = chosen[sampler][1]
            self.assertGreaterEqual(self.counting_seconds(deep, counts[sampler][0]),
                                    1000 * deep["cpu_seconds"], (deep, counts[sampler][0]))

    def test_a_billionth_by_splitting(self):
        """Splitting itself, of t_sde_exact, against its law and the time of counting."""
        study = htdm.changed(LINE, {
            "samplers": {"t_sde_exact": {"model": "exact", "levels": 128}},
            "statistics.exceedance_levels": [1e-5, 1e-9], "rare": {"target_relative_error": 0.1}})
        with htdm.temporary_folder() as folder:
            split = self.estimates(folder, study, "split", "rare.method=splitting")["t_sde_exact"]
            law = self.estimates(folder, study, "law", "rare.method=law")["t_sde_exact"]
            counted = self.estimates(folder, study, "counting", "rare.method=counting",
                                     "rare.replicas=100", "rare.target_relative_error=[]")
        for e, exact in zip(split, law):
            self.assertEqual((e["method"], e["doubtful"]), ("splitting", False))
            RareCommand.close(self, e, exact)
            self.assertLessEqual(e["relative_error"], 0.1)
        self.assertGreaterEqual(self.counting_seconds(split[1], counted["t_sde_exact"][0]),
                                1000 * split[1]["cpu_seconds"], split[1])


if __name__ == "__main__":
    htdm.main()
