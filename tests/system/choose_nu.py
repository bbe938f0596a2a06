"""htdm choose-nu: known nu, the same bits for any layout, files, trained models, what it refuses."""

import json
import random
import unittest

import htdm_program as htdm

SHAPES = [(1, 1), (2, 1), (1, 2), (3, 1)]  # ranks x threads

# The exact denoiser of t data: nothing is trained.
LINE = {
    "study": {"name": "nu", "seed": 5},
    "data": {"kind": "student_t", "nu": 3.0, "train_samples": 8000, "test_samples": 100,
             "validation_fraction": 0.25},
    "models": {"exact": {"kind": "exact", "noise": "student_t", "nu": 3.0}},
    "samplers": {"t_sde": {"kind": "t_sde", "model": "exact", "levels": 24}},
    "statistics": {"batches": 1, "batch_size": 100, "w1_samples": 100},
}
PLANE = htdm.changed(LINE, {"data.dimension": 2, "samplers.t_sde.levels": 12})
FEW = ("--candidates", "2,2.4,2.8,3.3,4.3,8")


class ChooseNu(unittest.TestCase):
    def make(self, folder, study, *options, output="out", **layout):
        path = htdm.write_study(folder, study)
        return htdm.run("choose-nu", path, "--output", folder / output, *options, **layout)

    def found(self, folder, study, *options, **layout):
        """The object without what layouts may change."""
        text = htdm.succeed(self.make(folder, study, "--force", "--json", *options, **layout))
        result = json.loads(text)
        self.assertEqual(result, json.loads((folder / "out" / "choose_nu.json").read_text()))
        del result["provenance"], result["training"]["seconds"]
        for sampler in result["samplers"]:
            del sampler["seconds"]
        return result

    def refused(self, process, *words):
        self.assertEqual(process.returncode, 2, process.stderr)
        for word in words:
            self.assertIn(word, process.stderr)

    def test_layouts_and_tiles_give_the_same_choice(self):
        few = ("--candidates", "2.4,2.8,3.3")
        short = htdm.changed(LINE, {"samplers.t_sde.levels": 8})
        for study, method in ((short, "law"), (PLANE, "counting")):
            options = few if method == "law" else (*few, "--paths", "20000")
            with htdm.temporary_folder() as folder:
                layouts = [dict(ranks=r, threads=t) for r, t in SHAPES]
                layouts.append(dict(environment={"HTDM_TILE": "33"}))
                first, *others = [self.found(folder, study, *options, **layout)
                                  for layout in layouts]
                other = self.found(folder, htdm.changed(study, {"study.seed": 6}), *options)
            for result in others:
                self.assertEqual(first, result)
            for part in ("data", "training", "samplers"):
                self.assertNotEqual(first[part], other[part])
            self.assertEqual(first["samplers"][0]["method"], method)

    def test_known_nu_in_one_dimension(self):
        """nu 3, 8000 rows: the fit within four standard errors (0.09 each). The sampler's law at
        the choice is not refuted, nor is that of t_sde_exact, whose only error is its steps'."""
        with htdm.temporary_folder() as folder:
            result = self.found(folder, LINE, *FEW)
            text = htdm.succeed(self.make(folder, LINE, "--candidates", "6,8,10", "--force"))
            shown = htdm.succeed(htdm.run("show", folder / "out" / "choose_nu.json"))
            self.assertEqual(shown, text)
            again = htdm.succeed(htdm.run("show", folder / "out" / "choose_nu.json", "--json"))
            self.assertEqual(again, (folder / "out" / "choose_nu.json").read_text())
            (folder / "cut.json").write_text(again[:-100])
            self.refused(htdm.run("show", folder / "cut.json"), "cut.json", "choose-nu")
            self.refused(htdm.run("show", folder / "none.json"), "cannot be read")
        fit = result["training"]["student_t"]
        self.assertAlmostEqual(fit["value"], 3, delta=0.4)
        self.assertLess(fit["interval"][1] - fit["interval"][0], 0.8)
        for index in ("hill", "pareto"):
            low, high = result["training"][index]["interval"]
            self.assertTrue(low < result["training"][index]["value"] < high)
        self.assertEqual(sum(result["data"]["bin_counts"]), 2000)
        sampler, = result["samplers"]
        self.assertLess(sampler["law_error"], 1e-4)
        self.assertAlmostEqual(sum(sampler["bins"]), 1, delta=1e-5)
        self.assertFalse(sampler["doubtful"], sampler["doubt"])
        low, high = sampler["interval"]
        self.assertTrue(2 < low < sampler["nu"] < high < 8)
        rival, = sampler["t_sde_exact"]
        self.assertEqual((rival["name"], rival["coefficient"]),
                         ("exact (added)", "posterior"))
        self.assertGreater(rival["fit_p_value"], 1e-4)
        self.assertEqual((rival["method"], rival["doubtful"], rival["doubt"]), ("law", False, ""))
        for words in ("training nu", "sampling nu", "maximum likelihood", "t_sde_exact",
                      "widen --candidates", "no nu fits"):
            self.assertIn(words, text)

    def test_rows_of_a_file_and_a_trained_model(self):
        study = htdm.changed(htdm.TINY, {
            "data": {"kind": "file", "path": "rows.csv", "validation_fraction": 0.3},
            "models.t_edm.spread_steps": 5,
            "samplers.exact": {"kind": "t_sde_exact", "model": "t_edm", "levels": 4}})
        count = (*FEW, "--paths", "20000")
        with htdm.temporary_folder() as folder:
            draw = random.Random(1)
            rows = [draw.gauss(0, 1) / draw.gammavariate(1.5, 1 / 1.5) ** 0.5 for _ in range(4000)]
            (folder / "rows.csv").write_text("x\n" + "\n".join(map(str, rows)) + "\n")
            result = self.found(folder, study, *count)
            htdm.succeed(htdm.run("run", htdm.write_study(folder, study), "--output",
                                  folder / "out"))
            beside = self.found(folder, study, *count)  # by the model of the run
            self.refused(self.make(folder, htdm.changed(study, {"data.validation_fraction": 0.2}),
                                   "--force"), "validation_fraction", "another")
            self.refused(self.make(folder, htdm.changed(study, {"data.validation_fraction": None})),
                         "validation_fraction=0.2")
        self.assertEqual(result, beside)
        self.assertAlmostEqual(result["data"]["rows"] * 0.3, result["data"]["held_out"], delta=0.6)
        rival, = result["samplers"][0]["t_sde_exact"]
        self.assertEqual((rival["name"], rival["coefficient"]), ("exact", "posterior"))

    def test_refuses(self):
        with htdm.temporary_folder() as folder:
            self.refused(self.make(folder, LINE, "--candidates", "2,3"), "--candidates", "three")
            self.refused(self.make(folder, LINE, "--candidates", "1,2,3"), "above 1")
            only = {"t_ode": {"kind": "t_ode", "model": "exact", "levels": 8}}
            self.refused(self.make(folder, htdm.changed(LINE, {"samplers": only})), "t_sde")
            swept = htdm.to_toml(LINE) + '[sweep]\n"data.nu" = [3.0, 4.0]\n'
            self.refused(self.make(folder, swept), "[sweep]")
            self.refused(self.make(folder, htdm.changed(LINE, {"data.train_samples": 100})),
                         "25 held-out rows")
            htdm.succeed(self.make(folder, LINE, "--paths", "1000"))
            self.refused(self.make(folder, LINE), "exists already", "--force")


if __name__ == "__main__":
    htdm.main()
