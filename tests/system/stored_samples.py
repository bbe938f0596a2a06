"""Stored samples: the same file from every layout, no trace in the results, and back as data."""

import json
import resource
import subprocess
import unittest

import h5py
import numpy as np

import htdm_program as htdm

STUDY = htdm.changed(htdm.TINY, {
    "data.dimension": 2, "samplers.t_ode": {"kind": "t_ode", "model": "t_edm", "levels": 3},
    "statistics.batch_size": 701, "statistics.block_size": 64})
STORED = htdm.changed(STUDY, {"store": {"samples": 1100, "paths": 150}})


def numbers(path):
    """Every dataset of numbers by its path, as bytes."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "fiu":
            found[name] = (item.shape, item[()].tobytes())
    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


class StoredSamples(unittest.TestCase):
    def run_study(self, study, output, *flags, **layout):
        path = htdm.write_study(output.parent, study)
        return htdm.run("run", path, "--output", output, *flags, **layout)

    def refused(self, process, *words):
        self.assertEqual(process.returncode, 2, process.stderr)
        for word in words:
            self.assertIn(word, process.stderr)

    def test_layouts_digest_and_show(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.run_study(STUDY, folder / "plain"))
            htdm.succeed(self.run_study(STORED, folder / "one"))
            htdm.succeed(self.run_study(STORED, folder / "three", ranks=3))
            self.assertFalse((folder / "plain" / "samples.h5").exists())
            self.assertEqual({htdm.digest_of(folder / name) for name in ("plain", "one", "three")},
                             {htdm.digest_of(folder / "plain")})
            self.assertEqual(numbers(folder / "one" / "samples.h5"),
                             numbers(folder / "three" / "samples.h5"))
            shown = json.loads(htdm.succeed(
                htdm.run("show", folder / "three" / "samples.h5", "--json")))
            self.assertEqual(shown["study"]["store"], {"samples": 1100, "paths": 150})
            entry = shown["samplers"][0]
            self.assertEqual((entry["name"], entry["nu"], entry["samples"], entry["paths"],
                              entry["levels"]), ("t_sde", 2.5, 1100, 150, 4))
            with h5py.File(folder / "one" / "samples.h5") as file:
                group = file["samplers/000"]
                self.assertEqual(group["path_state"].shape, (150, 4, 2))
                self.assertEqual(entry["highest"], float(group["sample"][()].max()))
                self.assertTrue(group["sample"].fletcher32)
                self.assertEqual([group["path_state"].dims[k].keys()[0] for k in (1, 2)],
                                 ["sigma", "component"])

    def test_comes_back_as_data(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.run_study(STORED, folder / "out"))
            again = htdm.changed(STUDY, {
                "data": {"kind": "file", "path": str(folder / "out" / "samples.h5"),
                         "dataset": "/samplers/000/sample", "dimension": 2, "split": "time"}})
            htdm.succeed(self.run_study(again, folder / "again"))
            with h5py.File(folder / "out" / "samples.h5") as file:
                rows = file["samplers/000/sample"][:550].astype(float)
            model = htdm.results_of(folder / "again")["models"][0]
            np.testing.assert_allclose(model["mean"], rows.mean(axis=0), rtol=1e-12)

    def test_belongs_to_the_results(self):
        with htdm.temporary_folder() as folder:
            output = folder / "out"
            htdm.succeed(self.run_study(STORED, output))
            before = htdm.tree(output)
            htdm.succeed(self.run_study(STORED, output, "--restart"))
            self.assertEqual(htdm.tree(output), before)
            other = htdm.changed(STORED, {"store.paths": 151})
            self.refused(self.run_study(other, output, "--restart"), "store.paths differs")
            (output / "results.h5").unlink()
            self.refused(self.run_study(STORED, output), "samples.h5", "--force")
            htdm.succeed(self.run_study(STORED, output, "--restart"))
            (output / "samples.h5").unlink()
            self.refused(self.run_study(STORED, output, "--restart"), "samples.h5", "missing")
            (output / "samples.h5.partial").write_text("left by a run that was killed")
            htdm.succeed(self.run_study(STORED, output, "--force"))
            self.assertEqual(set(before), set(htdm.tree(output)))
            htdm.succeed(self.run_study(STUDY, output, "--force"))
            self.assertFalse((output / "samples.h5").exists())

    def test_leaves_nothing_when_the_disk_is_too_small(self):
        huge = htdm.changed(STORED, {"statistics.batch_size": 10**14, "store.samples": 10**14})
        with htdm.temporary_folder() as folder:
            self.refused(self.run_study(huge, folder / "out"), "samples.h5 needs", "free",
                         "store less")
            self.assertEqual(list((folder / "out").iterdir()), [])
            # A limit on the size of files stands for a disk without room: 24 MB of 32.
            wide = htdm.changed(STORED, {"statistics.batch_size": 2_000_000,
                                         "store.samples": 4_000_000})
            path = htdm.write_study(folder, wide)
            limit = (24_000_000, 24_000_000)
            process = subprocess.run(
                [htdm.PROGRAM, "run", str(path), "--output", str(folder / "out")],
                capture_output=True, text=True, check=False, restore_signals=False,  # no SIGXFSZ
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
            self.refused(process, "samples.h5 cannot be written", "cannot be reserved")
            self.assertEqual([file.name for file in (folder / "out").rglob("*.h5*")], ["t_edm.h5"])


if __name__ == "__main__":
    htdm.main()
