"""Parts of a study merge into the results of one whole run, whatever their number, their ranks and
the order in which they are named; runs with other seeds and the same weights stand side by side;
what does not belong together is refused with exit code 2 and a message that says why."""

import pathlib
import tempfile
import unittest

import htdm_program as htdm

# Two entries on one model and one on another, one of them exact; W1 wants paths of two batches and
# a piece of the third.
STUDY = htdm.changed(htdm.TINY, {
    "models.edm": {"noise": "gaussian", "steps": 4, "batch": 64, "hidden": [8]},
    "models.exact": {"kind": "exact", "noise": "gaussian"},
    "data": {"kind": "gaussian", "train_samples": 2000, "test_samples": 2000},
    "samplers.ve_sde": {"kind": "ve_sde", "model": "edm", "levels": 4},
    "samplers.ve_exact": {"kind": "ve_sde", "model": "exact", "levels": 4},
    "statistics": {"batches": 3, "batch_size": 500, "block_size": 128, "w1_samples": 1200,
                   "exceedance_levels": [0.2, 0.05]},
})


class MergeParts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(home.cleanup)
        cls.home = pathlib.Path(home.name)
        cls.study = htdm.write_study(cls.home, STUDY)
        htdm.succeed(htdm.run("run", cls.study, "--output", cls.home / "whole"))
        cls.thirds = cls.parts(cls.home, 3, ranks=(1, 2, 1))
        cls.fives = cls.parts(cls.home, 5, ranks=(1,))

    @classmethod
    def parts(cls, folder, count, ranks):
        outputs = [folder / f"part-{count}-{i}" for i in range(count)]
        for i, output in enumerate(outputs):
            htdm.succeed(htdm.run("run", cls.study, "--part", f"{i}/{count}", "--output", output,
                                  ranks=ranks[i % len(ranks)]))
        return outputs

    def merge(self, folder, files):
        return htdm.run("merge", *files, "--output", folder / "merged")

    def refused(self, files, *names):
        with htdm.temporary_folder() as folder:
            process = self.merge(folder, files)
            self.assertEqual((process.returncode, process.stdout), (2, ""), process.stderr)
            for name in names:
                self.assertIn(str(name), process.stderr)
            self.assertFalse((folder / "merged").exists())

    def seed_run(self, folder, seed, **changes):
        """A run of the t-SDE alone from a file of weights."""
        study = htdm.changed(htdm.TINY, {
            "study.seed": seed, "models.t_edm": {"file": self.home / "whole/models/t_edm.h5"},
            **changes})
        output = folder / f"seed-{seed}"
        htdm.succeed(htdm.run("run", htdm.write_study(folder, study), "--output", output))
        return output

    def test_parts_give_the_digest_of_the_whole(self):
        whole = htdm.digest_of(self.home / "whole")
        moments = [s["moments"] for s in htdm.results_of(self.home / "whole")["samplers"]]
        self.assertLess(moments[0][0]["interval"][0], moments[0][0]["value"])
        with htdm.temporary_folder() as folder:
            for outputs in (self.thirds[::-1], self.parts(folder, 1, (2,)), self.fives):
                htdm.succeed(htdm.run("merge", *outputs, "--output", folder / "merged", "--force"))
                self.assertEqual(htdm.digest_of(folder / "merged"), whole)
                # Their intervals are no part of the digest.
                self.assertEqual([s["moments"] for s in
                                  htdm.results_of(folder / "merged")["samplers"]], moments)
            names = {path.name for path in htdm.model_files(folder / "merged")}
            self.assertEqual(names, {"t_edm.h5", "edm.h5"})
            merged = htdm.results_of(folder / "merged")
            self.assertEqual([m["part"] for m in merged["merged"]], [f"{i}/5" for i in range(5)])
            restart = htdm.run("run", self.study, "--output", folder / "merged", "--restart")
            self.assertIn("nothing to do", htdm.succeed(restart) + restart.stderr)

    def test_a_part_says_what_it_is(self):
        part = htdm.results_of(self.thirds[0])
        self.assertEqual(part["part"], {"index": 0, "count": 3})
        self.assertEqual([s["paths"] for s in part["samplers"]], [1500, 0, 0])
        self.assertEqual([m["name"] for m in part["models"]], ["t_edm"])
        text = htdm.succeed(htdm.run("show", self.thirds[0] / "results.h5"))
        self.assertIn("Part 0 of 3", text)
        first = htdm.results_of(self.fives[0])["samplers"][0]
        self.assertEqual(first["paths"], 500)
        self.assertIsNone(first["w1_test"])  # only the first batch of the paths it wants
        e = first["exceedance"][0]
        self.assertLess(e["interval"][0], e["probability"])
        self.assertGreater(e["interval"][1], e["probability"])

    def test_runs_with_other_seeds_stand_side_by_side(self):
        with htdm.temporary_folder() as folder:
            runs = [self.seed_run(folder, seed) for seed in (5, 4, 9)]
            htdm.succeed(self.merge(folder, runs))
            merged = htdm.results_of(folder / "merged")
            one, two, three = (htdm.results_of(runs[i])["samplers"][0] for i in (1, 0, 2))
            all_of_them = merged["samplers"][0]
            self.assertEqual(all_of_them["paths"], 3000)
            self.assertEqual(merged["study"]["statistics"]["batches"], 6)
            self.assertEqual(merged["study"]["study"]["seed"], 4)
            for k, e in enumerate(all_of_them["exceedance"]):
                counts = [c for s in (one, two, three) for c in s["exceedance"][k]["batch_counts"]]
                self.assertEqual(e["batch_counts"], counts)
                self.assertEqual(e["count"], sum(counts))
            # W1 takes the first w1_samples paths, which are those of the lowest seed.
            self.assertEqual(all_of_them["w1_test"], one["w1_test"])
            # Merging in steps is merging at once.
            htdm.succeed(htdm.run("merge", runs[0], runs[2], "--output", folder / "some"))
            htdm.succeed(htdm.run("merge", folder / "some", runs[1], "--output", folder / "again"))
            self.assertEqual(htdm.digest_of(folder / "again"), htdm.digest_of(folder / "merged"))

    def test_refusals(self):
        self.refused(self.thirds[:2], "2/3", "missing")
        self.refused([*self.thirds, self.thirds[1]], self.thirds[1], "overlap")
        self.refused([self.home / "whole", self.thirds[0]], self.home / "whole", "overlap")
        self.refused([self.home / "none"], self.home / "none")
        with htdm.temporary_folder() as folder:
            runs = [self.seed_run(folder, 4), self.seed_run(folder, 5, **{"data.nu": 3.5})]
            self.refused(runs, *runs, "data.nu")
            cut = folder / "cut.h5"
            cut.write_bytes((runs[0] / "results.h5").read_bytes()[:5000])
            self.refused([runs[1], cut], cut)
            self.refused([runs[0], self.home / "whole/models/edm.h5"], "edm.h5", "kind")
            trained = [self.home / "whole", folder / "b"]
            htdm.succeed(htdm.run("run", self.study, "--set", "study.seed=8", "--output",
                                  trained[1]))
            self.refused(trained, *trained, "models.", "weights")
            into_itself = htdm.run("merge", runs[0], "--output", runs[0], "--force")
            self.assertEqual(into_itself.returncode, 2, into_itself.stderr)

    def test_bad_parts(self):
        for part in ("3/3", "a/2", "1", "0/10", "-1/2"):
            with htdm.temporary_folder() as folder:
                process = htdm.run("run", self.study, f"--part={part}", "--output", folder / "out")
                self.assertEqual(process.returncode, 2, process.stderr)
                self.assertIn("--part", process.stderr)
                self.assertFalse((folder / "out").exists())
        process = htdm.run("run", self.study, "--part", "1/3", "--output", self.thirds[0],
                           "--restart")
        self.assertEqual(process.returncode, 2, process.stderr)


if __name__ == "__main__":
    htdm.main()
