"""`htdm trajectories`: the same file from every layout, the paths of a run, the same increments."""

import json
import sys
import unittest

import numpy as np

import htdm_program as htdm
from stored_samples import numbers

sys.path.insert(0, str(htdm.TESTS.parent / "analysis"))
import htdm_results  # noqa: E402

SAMPLERS = {name: {"kind": kind, "model": "exact", "levels": 16, **nu}
            for name, kind, nu in (("whole", "t_sde", {"nu": 3.0}),
                                   ("ablated", "t_sde_ablated", {"nu": 3.0}),
                                   ("ode", "t_ode", {}))}
STUDY = {
    "study": {"name": "points", "seed": 5},
    "data": {"kind": "two_point", "dimension": 2, "separation": 3.0, "train_samples": 2000,
             "test_samples": 2000},
    "models": {"exact": {"kind": "exact", "noise": "student_t", "nu": 3.0}},
    "samplers": SAMPLERS,
    "statistics": {"batches": 2, "batch_size": 501, "block_size": 64, "w1_samples": 100},
}
ALL = 1002  # paths of each sampler


def points(entry, separation=3.0):
    """The two points of d = 2 in z-space: middle and half their distance."""
    return -entry["mean"] / entry["deviation"], separation / np.sqrt(2) / entry["deviation"]


def denoise(entry, x, sigma, nu=3.0):
    """The posterior mean over two points under t noise, both densities written out."""
    center, a = points(entry)
    y = x.astype(float) - center
    weight = [(1 + ((y - sign * a) ** 2).sum(-1) / (nu * sigma ** 2)) ** (-(nu + 2) / 2)
              for sign in (1, -1)]
    return center + a * ((weight[0] - weight[1]) / (weight[0] + weight[1]))[..., None]


class Trajectories(unittest.TestCase):
    def make(self, output, *flags, study=None, **layout):
        path = htdm.write_study(output.parent, study or STUDY)
        return htdm.run("trajectories", path, "--output", output, *flags, **layout)

    def refused(self, process, *words):
        self.assertEqual(process.returncode, 2, process.stderr)
        for word in words:
            self.assertIn(word, process.stderr)

    def test_layouts_and_a_run(self):
        """Ranks, threads and tiles change nothing; the paths are those a run stores."""
        with htdm.temporary_folder() as folder:
            printed = htdm.succeed(self.make(folder / "one", "--paths", 300))
            htdm.succeed(self.make(folder / "three", "--paths", 300, ranks=3))
            htdm.succeed(self.make(folder / "two", "--paths", 300, threads=2,
                                   environment={"HTDM_TILE": "7"}))
            self.assertFalse((folder / "one" / "results.h5").exists())
            one, three, two = (numbers(folder / name / "trajectories.h5")
                               for name in ("one", "three", "two"))
            self.assertEqual(one, three)
            self.assertEqual(one, two)
            stored = htdm.changed(STUDY, {"store": {"paths": 300}})
            htdm.succeed(htdm.run("run", htdm.write_study(folder, stored), "--output",
                                  folder / "run"))
            run = numbers(folder / "run" / "samples.h5")
            for number in range(3):
                for name in ("path_state", "path_output", "sigma", "mean", "deviation"):
                    name = f"samplers/{number:03}/{name}"
                    self.assertEqual(one[name], run[name])
            for word in ("whole", "ablated", "upper point", "cross late"):
                self.assertIn(word, printed)
            shown = htdm.succeed(htdm.run("show", folder / "one" / "trajectories.h5", "--json"))
            shown = json.loads(shown)
            self.assertEqual(shown["kind"], "trajectories")
            self.assertEqual(shown["study"]["store"]["paths"], 300)
            self.assertEqual(shown["samplers"][0]["basins"]["paths"], ALL)

    def test_same_increments(self):
        """From the same start the two samplers' first steps differ by (c - 1) times the noise."""
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.make(folder / "out", "--paths", ALL))
            whole, ablated, ode = htdm_results.read(folder / "out", "trajectories")["samplers"]
        sigma, s = whole["sigma"][:2]
        start = whole["path_state"][:, 0]
        np.testing.assert_array_equal(start, ablated["path_state"][:, 0])
        np.testing.assert_array_equal(start, ode["path_state"][:, 0])
        u = (start - denoise(whole, start, sigma)) / sigma
        drifted = start + 2 * (s - sigma) * u
        noise = ablated["path_state"][:, 1] - drifted
        c = np.sqrt(whole["path_c2"][:, :1].astype(float))
        difference = whole["path_state"][:, 1].astype(float) - ablated["path_state"][:, 1]
        # States are single-precision numbers of the size of the start.
        scale = 1e-6 * (1 + np.abs(start).max(axis=1, keepdims=True) + np.abs(c * noise))
        self.assertTrue((np.abs(difference - (c - 1) * noise) < scale).all())
        self.assertGreater(np.abs(difference).max(), 10)
        # c^2 = (nu + delta^2)/(nu + d - 2), and delta^2 is that of the exact denoiser.
        for k in range(15):
            u = (whole["path_state"][:, k] - denoise(whole, whole["path_state"][:, k],
                                                     whole["sigma"][k])) / whole["sigma"][k]
            delta2 = (u ** 2).sum(axis=1)
            np.testing.assert_allclose(whole["path_delta2"][:, k], delta2, rtol=2e-4, atol=1e-4)
            np.testing.assert_allclose(whole["path_c2"][:, k],
                                       (3 + whole["path_delta2"][:, k].astype(float)) / 3,
                                       rtol=1e-6)
        self.assertTrue((ablated["path_c2"][:, :-1] == 1).all())
        self.assertTrue(np.isnan(whole["path_c2"][:, -1]).all() and np.isnan(ode["path_c2"]).all())

    def test_counts_are_those_of_the_paths(self):
        """Where all paths are stored, NumPy finds the same crossings in them."""
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.make(folder / "out", "--paths", ALL))
            entries = htdm_results.read(folder / "out", "trajectories")["samplers"]
        for entry in entries:
            center, a = points(entry)
            basins, levels = entry["basins"], len(entry["sigma"])
            self.assertEqual(basins["paths"], ALL)
            self.assertAlmostEqual(basins["critical_sigma"],
                                   np.sqrt(4 / 3) * np.linalg.norm(a), places=12)
            upper = (entry["path_state"] - center) @ a >= 0
            crossed = upper[:, 1:] != upper[:, :-1]
            steps = np.arange(1, levels)
            last = (crossed * steps).max(axis=1)
            first = np.where(crossed.any(axis=1), crossed.argmax(axis=1) + 1, 0)
            for name, level in (("first", first), ("last", last)):
                np.testing.assert_array_equal(entry["passages"][name],
                                              np.bincount(level, minlength=levels))
            np.testing.assert_array_equal(entry["crossings"]["count"],
                                          np.bincount(crossed.sum(axis=1), minlength=levels))
            late = (last > 0) & (entry["sigma"][last - 1] <= basins["critical_sigma"])
            ends = (entry["path_output"] - center) @ a >= 0
            counts = dict(zip(basins["name"], basins["count"]))
            self.assertEqual(counts["late"], late.sum())
            self.assertEqual(counts["upper"], ends.sum())
            self.assertEqual(counts["flipped"], (ends != upper[:, 0]).sum())
            self.assertEqual(counts["crossings"], crossed.sum())
            self.assertEqual(entry["passages"]["last"].sum(), ALL)
        self.assertEqual(entries[2]["crossings"]["count"][0], ALL)  # the flow of t_ode keeps sides

    def test_other_data_have_paths_only(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.make(folder / "out", study=htdm.TINY))
            entry, = htdm_results.read(folder / "out", "trajectories")["samplers"]
            self.assertEqual(entry["path_c2"].shape, (1000, 4))
            self.assertNotIn("basins", entry)
            # Beside results, their models are used.
            htdm.succeed(htdm.run("run", htdm.write_study(folder, htdm.TINY), "--output",
                                  folder / "run"))
            htdm.succeed(self.make(folder / "run", study=htdm.TINY))
            self.assertEqual(numbers(folder / "run" / "trajectories.h5"),
                             numbers(folder / "out" / "trajectories.h5"))
            other = htdm.changed(htdm.TINY, {"data.nu": 4.0})
            self.refused(self.make(folder / "run", "--force", study=other), "data.nu", "another")

    def test_refuses(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.make(folder / "out", "--paths", 5))
            before = htdm.tree(folder / "out")
            self.refused(self.make(folder / "out"), "exists already", "--force")
            self.assertEqual(htdm.tree(folder / "out"), before)
            htdm.succeed(self.make(folder / "out", "--paths", 6, "--force"))
            with htdm_results.open_samples(folder / "out", "trajectories") as entries:
                self.assertEqual(entries[0]["path_delta2"].shape, (6, 16))
            self.refused(self.make(folder / "other", "--paths", 0), "--paths")
            swept = htdm.to_toml(STUDY) + '[sweep]\n"data.separation" = [1.0, 2.0]\n'
            self.refused(self.make(folder / "other", study=swept), "[sweep]", "one study")
            digest = htdm.run("show", folder / "out" / "trajectories.h5", "--digest")
            self.refused(digest, "trajectories")


if __name__ == "__main__":
    htdm.main()
