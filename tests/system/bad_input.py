"""Bad input: exit code 2 on every rank, one message that names file, key, reason and remedy, and
nothing written, on one rank and on three."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import htdm_program as htdm

# Study keys: what is changed in a good study, and what the message must name.
STUDIES = {
    "unknown key": ({"statistics.batch_sise": 10}, ["batch_sise", "batch_size"]),
    "unknown table": ({"statistic.batches": 10}, ["statistic", "statistics"]),
    "unknown model key": ({"models.t_edm.step": 10}, ["step", "steps"]),
    "wrong type": ({"models.t_edm.steps": "many"}, ["steps", "whole number"]),
    "number for a word": ({"data.kind": 3}, ["kind"]),
    "unknown data kind": ({"data.kind": "student"}, ["kind", "student_t"]),
    "unknown sampler kind": ({"samplers.t_sde.kind": "t_sdee"}, ["kind", "t_sde"]),
    "training nu of 2": ({"models.t_edm.nu": 2.0}, ["nu"]),
    "training nu of nan": ({"models.t_edm.nu": float("nan")}, ["nu"]),
    "sampling nu + d of 2": ({"samplers.t_sde.nu": 1.0}, ["nu"]),
    "sampling nu + d of 2 in a sweep": ({"samplers.t_sde.nu": [2.5, 1.0]}, ["nu"]),
    "no dimension": ({"data.dimension": 0}, ["dimension"]),
    "no training data": ({"data.train_samples": 0}, ["train_samples"]),
    "no test data": ({"data.test_samples": -5}, ["test_samples"]),
    "no batch": ({"models.t_edm.batch": 0}, ["batch"]),
    "negative steps": ({"models.t_edm.steps": -1}, ["steps"]),
    "no hidden units": ({"models.t_edm.hidden": [16, 0]}, ["hidden"]),
    "no levels": ({"samplers.t_sde.levels": 0}, ["levels"]),
    "no batches": ({"statistics.batches": 0}, ["batches"]),
    "negative batch size": ({"statistics.batch_size": -500}, ["batch_size"]),
    "sigma_min = sigma_max": ({"samplers.t_sde.sigma_min": 80.0}, ["sigma_min", "sigma_max"]),
    "level above 1": ({"statistics.exceedance_levels": [5e-3, 1.5]}, ["exceedance_levels"]),
    "model that is not there": ({"samplers.t_sde.model": "t_edn"}, ["model", "t_edn"]),
}


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One good run, whose files the tests damage."""
        home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(home.cleanup)
        cls.good = pathlib.Path(home.name) / "good"
        study = htdm.write_study(home.name, htdm.TINY)
        htdm.succeed(htdm.run("run", study, "--output", cls.good))
        cls.model = htdm.model_files(cls.good)[0]

    def refused(self, folder, arguments, names):
        """`htdm arguments...` refuses as it should on one rank and on three."""
        before = htdm.tree(folder)
        for ranks in (1, 3):
            process, codes = htdm.run_for_codes(*arguments, ranks=ranks, folder=folder)
            said = f"{ranks} ranks: {process.stdout}{process.stderr}"
            self.assertEqual(codes, [2] * ranks, said)
            self.assertEqual(process.stdout, "", said)
            self.assertEqual(len(re.findall(r"^error: ", process.stderr, re.M)), 1, said)
            for name in names:
                self.assertIn(name, process.stderr, said)
            sentences = len(re.findall(r"[.?!]\s", process.stderr))
            self.assertGreaterEqual(sentences, 3, f"what, why and what to do? {said}")
            self.assertEqual(htdm.tree(folder), before, f"something was written, {said}")

    def study_refused(self, study, names, *options):
        with htdm.temporary_folder() as folder:
            htdm.write_study(folder, study)
            self.refused(folder, ["run", "study.toml", "--output", "out", *options], names)

    def test_study_keys(self):
        for label, (changes, names) in STUDIES.items():
            with self.subTest(label):
                self.study_refused(htdm.changed(htdm.TINY, changes), ["study.toml", *names])

    def test_no_toml(self):
        self.study_refused("[study\nname = 3", ["study.toml"])

    def test_overrides(self):
        for option, names in (("study.sed=4", ["sed", "seed"]),
                              ("statistics.batches=none", ["batches"]),
                              ("statistics.batches", ["statistics.batches"])):
            with self.subTest(option):
                self.study_refused(htdm.TINY, names, "--set", option)

    def test_study_file_that_is_not_there(self):
        with htdm.temporary_folder() as folder:
            self.refused(folder, ["run", "none.toml", "--output", "out"], ["none.toml"])

    def test_damaged_model_files(self):
        whole = self.model.read_bytes()
        for label, content in (("truncated", whole[:len(whole) // 2]), ("text", b"no model\n" * 99),
                               ("empty", b"")):
            with self.subTest(label), htdm.temporary_folder() as folder:
                (folder / "model.h5").write_bytes(content)
                self.model_refused(folder, [])

    def test_model_file_that_is_not_there(self):
        with htdm.temporary_folder() as folder:
            self.model_refused(folder, ["models.t_edm.file"])

    def model_refused(self, folder, names, **changes):
        study = htdm.changed(htdm.TINY, {"models.t_edm": {"file": "model.h5"}, **changes})
        htdm.write_study(folder, study)
        self.refused(folder, ["run", "study.toml", "--output", "out"],
                     ["model.h5", "models.t_edm", *names])

    def test_wrong_kind_of_file(self):
        with htdm.temporary_folder() as folder:
            (folder / "model.h5").write_bytes((self.good / "results.h5").read_bytes())
            self.model_refused(folder, ["results"])

    def test_newer_schema(self):
        with htdm.temporary_folder() as folder:
            (folder / "model.h5").write_bytes(self.model.read_bytes())
            subprocess.run([sys.executable, "-c", "import h5py; "
                            "h5py.File('model.h5', 'r+').attrs['schema'] = [99, 0]"],
                           cwd=folder, check=True)
            self.model_refused(folder, ["schema", "99"])

    def test_model_of_another_dimension(self):
        with htdm.temporary_folder() as folder:
            (folder / "model.h5").write_bytes(self.model.read_bytes())
            self.model_refused(folder, ["dimension"], **{"data.dimension": 2})

    def test_key_that_disagrees_with_the_model_file(self):
        with htdm.temporary_folder() as folder:
            (folder / "model.h5").write_bytes(self.model.read_bytes())
            self.model_refused(folder, ["nu"], **{"models.t_edm.nu": 4.0})

    def test_output_that_cannot_be_written(self):
        # A folder below a file: not even root can make one.
        with htdm.temporary_folder() as folder:
            htdm.write_study(folder, htdm.TINY)
            (folder / "file").write_text("in the way")
            self.refused(folder, ["run", "study.toml", "--output", "file/out"], ["file/out"])

    def test_existing_results(self):
        with htdm.temporary_folder() as folder:
            htdm.write_study(folder, htdm.TINY)
            arguments = ["run", "study.toml", "--output", "out"]
            htdm.succeed(htdm.run(*arguments, folder=folder))
            self.refused(folder, arguments, ["out", "--force", "--restart"])
            htdm.succeed(htdm.run(*arguments, "--force", folder=folder))

    def test_restart(self):
        with htdm.temporary_folder() as folder:
            htdm.write_study(folder, htdm.TINY)
            arguments = ["run", "study.toml", "--output", "out", "--restart"]
            htdm.succeed(htdm.run(*arguments, folder=folder))
            done = htdm.tree(folder)
            htdm.succeed(htdm.run(*arguments, folder=folder))
            self.assertEqual(htdm.tree(folder), done)
            other = ["--set", "study.seed=4", "--set", "models.t_edm.steps=6"]
            self.refused(folder, [*arguments, *other], ["study.seed", "models.t_edm.steps"])

    def test_mpirun_returns_the_code(self):
        with htdm.temporary_folder() as folder:
            for ranks in (1, 3):
                process = htdm.run("run", "none.toml", ranks=ranks, folder=folder)
                self.assertEqual(process.returncode, 2, process.stderr)

    def test_show(self):
        with htdm.temporary_folder() as folder:
            (folder / "text.h5").write_text("no results")
            for name in ("none.h5", "text.h5"):
                process = htdm.run("show", name, folder=folder)
                self.assertEqual((process.returncode, process.stdout), (2, ""), process.stderr)
                self.assertIn(name, process.stderr)

    def test_command_line(self):
        for arguments in ([], ["rum"], ["run"], ["show"], ["run", "a.toml", "--outptu", "x"],
                          ["run", "a.toml", "--force", "--restart"]):
            process = htdm.run(*arguments)
            self.assertEqual((process.returncode, process.stdout), (2, ""), process.stderr)

    def test_environment(self):
        with htdm.temporary_folder() as folder:
            htdm.write_study(folder, htdm.TINY)
            for name, value in (("HTDM_TILE", "0"), ("HTDM_TILE", "big"), ("HTDM_ISA", "sse9")):
                process = htdm.run("run", "study.toml", "--output", "out", folder=folder,
                                   environment={name: value})
                self.assertEqual(process.returncode, 2, process.stderr)
                self.assertIn(name, process.stderr)
                self.assertFalse((folder / "out").exists())


if __name__ == "__main__":
    htdm.main()
