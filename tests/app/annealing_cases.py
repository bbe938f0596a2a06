"""Figures of `htdm trajectories` on a made-up file; run by analysis_test.py."""

import h5py
import numpy as np

from analysis_support import InFolder, run

import htdm_results
import two_points

SIGMA = np.geomspace(80, 0.002, 24)
NAMES = ["upper", "undecided", "crossed", "flipped", "late", "crossings"]
STUDY = '[data]\nkind = "two_point"\nseparation = 2.0\n'


def write_trajectories(path, nus=(2.5, 3.0, np.inf), kinds=("t_sde", "t_sde_ablated"), d=2):
    """Random walks between (+-2, ..)/sqrt(d) with counts that are consistent in themselves."""
    draw = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        file.attrs.update(kind="trajectories", schema=np.array([1, 7], np.int32), seed=1)
        file["study"] = STUDY
        entries = [(nu, kind) for nu in nus for kind in kinds]
        for number, (nu, kind) in enumerate(entries):
            group = file.create_group(f"samplers/{number:03}")
            group.attrs.update(name=f"{kind}_{number}", kind=kind, model="m", nu=nu)
            group["mean"], group["deviation"] = np.full(d, 0.5), np.full(d, 2.0)
            group["sigma"] = SIGMA
            group["path_state"] = (draw.normal(size=(40, 24, d)) * SIGMA[:, None]).astype("f4")
            c2 = draw.chisquare(3, size=(40, 24)).astype("f4")
            c2[:, -1] = np.nan
            group["path_c2"] = c2
            tables(group, nu, draw)


def tables(group, nu, draw):
    basins = group.create_group("basins")
    basins.attrs.update(radius=1.0, critical_sigma=1.0, paths=np.uint64(2000))
    basins["name"] = NAMES
    basins["count"] = np.array([990, 0, 1500, 700, 100 if np.isfinite(nu) else 0, 3000], np.uint64)
    for key, shift in (("value", 0), ("low", -0.01), ("high", 0.01)):
        basins[key] = np.array([0.495, 0, 0.75, 0.35, 0.05, 1.5]) + shift
    passages = group.create_group("passages")
    passages["sigma"] = SIGMA
    passages["last"] = passages["first"] = draw.multinomial(
        2000, np.append(0.25, np.full(23, 0.75 / 23))).astype(np.uint64)
    points = group.create_group("fixed_points")
    points["sigma"] = sigma = np.linspace(2, 0.02, 50)
    points["branch"] = np.sqrt(np.maximum(0, 1 - sigma ** 2))
    points["slope_origin"], points["slope_branch"] = 1 / sigma ** 2, np.exp(-sigma)


class Annealing(InFolder):
    def test_draws_all(self):
        write_trajectories(self.folder / "trajectories.h5")
        outcome = run("annealing.py", self.folder)
        self.assertEqual((outcome.returncode, outcome.stderr), (0, ""))
        drawn = {path.name for path in (self.folder / "figures").iterdir()}
        self.assertEqual(drawn, {name + end for end in (".png", ".svg") for name in (
            "bifurcation", "passages", "temperature", "trajectories")})
        table = (self.folder / "annealing.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(table), 1 + 4 * 6)
        self.assertIn("2.5,t_sde,cross below sigma_c,100,0.05,0.04,0.06", table)
        self.assertRegex(outcome.stdout, r"2.5 t_sde +1.000 .*\] +0.05 \[0.04, 0.06\]")
        self.assertRegex(outcome.stdout, r"∞ ablated +1.000 .*\] +< 0.06")

    def test_axis(self):
        """The points are at -1 and 1, whatever the normalisation; what is across does not count."""
        write_trajectories(self.folder / "trajectories.h5")
        results = htdm_results.read(self.folder, "trajectories")
        entry = results["samplers"][0]
        raw = np.array([[2, 2], [-2, -2], [0, 0], [2 + 9, 2 - 9]]) / np.sqrt(2)
        entry["path_state"] = ((raw - entry["mean"]) / entry["deviation"])[None]
        np.testing.assert_allclose(two_points.along(results, entry), [[1, -1, 0, 1]], atol=1e-12)

    def test_remaining(self):
        """Paths that cross in a step from level k or below, and never the uncrossed."""
        write_trajectories(self.folder / "trajectories.h5")
        entry = htdm_results.read(self.folder, "trajectories")["samplers"][0]
        sigma, counts = two_points.remaining(entry)
        last = entry["passages"]["last"]
        self.assertEqual(len(sigma), 23)
        self.assertEqual(counts[0], 2000 - last[0])
        self.assertEqual(counts[-1], last[-1])
        self.assertEqual(counts[5], last[6:].sum())
        # A step that starts at sigma_c/4 or below is, with sigma_c = 1, one of the last.
        late = last[1:][SIGMA[:-1] <= 0.25].sum()
        self.assertEqual(two_points.still_to_cross(entry, 0.25)[:2], (late, late / 2000))

    def test_first_passage(self):
        """The geometric mean of levels over the paths that cross: those of a single step have its
        own level, and no error; 1 and 3 paths in steps a factor of 16 apart a quarter of it."""
        write_trajectories(self.folder / "trajectories.h5")
        entry = htdm_results.read(self.folder, "trajectories")["samplers"][0]
        sigma = entry["passages"]["sigma"] = np.array([64.0, 16.0, 4.0, 1.0])
        entry["basins"]["critical_sigma"] = 2.0
        entry["passages"]["first"] = np.array([50, 0, 9, 0])
        np.testing.assert_allclose(two_points.first_passage(entry), (9, 4, 4, 4))
        entry["passages"]["first"] = np.array([50, 3, 0, 1])
        count, value, low, high = two_points.first_passage(entry)
        self.assertEqual(count, 4)
        self.assertAlmostEqual(value, sigma[0] / 2 / 2 * 16 ** -0.25)
        error = np.log(16) * np.sqrt((3 / 16 + 9 / 16) / 3 / 4)
        np.testing.assert_allclose(np.log([value / low, high / value]), 1.96 * error)
        entry["passages"]["first"] = np.array([50, 0, 0, 0])
        self.assertEqual(two_points.cell(*two_points.first_passage(entry)), "not resolved")

    def test_refuses(self):
        write_trajectories(self.folder / "trajectories.h5", kinds=("t_sde",))
        self.refused(run("annealing.py", self.folder), "t_sde_ablated", "htdm trajectories")
        self.refused(run("figure_passages.py", self.folder), "t_sde_ablated")
        self.refused(run("annealing.py", self.folder / "nowhere"), "nowhere")
        with h5py.File(self.folder / "trajectories.h5", "a") as file:
            file.attrs["kind"] = "samples"
        self.refused(run("annealing.py", self.folder), "samples file where a trajectories")
