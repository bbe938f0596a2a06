"""import_weights.py: what it converts and what it refuses."""

import numpy as np

from analysis_support import TESTS, InFolder, run

import htdm_results


class ImportWeights(InFolder):
    def archive(self, dimension=1, hidden=(8, 8), remove=(), **replaced):
        rng = np.random.default_rng(3)
        widths = [dimension + 1, *hidden, dimension]
        arrays = {"noise": np.array("student_t"), "nu": np.array(3.0), "alpha": np.array(3.0),
                  "steps": np.array(10), "mean": np.zeros(dimension),
                  "std": np.full(dimension, 1.7)}
        for i, (columns, rows) in enumerate(zip(widths, widths[1:])):
            arrays[f"f.net.{2 * i}.weight"] = rng.normal(size=(rows, columns)).astype(np.float32)
            arrays[f"f.net.{2 * i}.bias"] = rng.normal(size=rows).astype(np.float32)
        for key, value in replaced.items():
            arrays[key.replace("__", ".")] = np.asarray(value)
        path = self.folder / "weights.npz"
        np.savez(path, **{key: value for key, value in arrays.items() if key not in remove})
        return path

    def convert(self, path, *options):
        return run("import_weights.py", path, "-o", self.folder / "model.h5", *options)

    def check(self, path, nu, *options):
        """Every weight comes back bit by bit, with shapes, scalars and conventions."""
        outcome = self.convert(path, *options)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        model = htdm_results.read(self.folder / "model.h5", kind="model")
        with np.load(path) as archive:
            self.assertEqual(len(model["layers"]), sum(key.endswith("weight") for key in archive))
            for i, layer in enumerate(model["layers"]):
                for part in ("weight", "bias"):
                    wanted = archive[f"f.net.{2 * i}.{part}"]
                    self.assertEqual(layer[part].dtype, np.float32)
                    np.testing.assert_array_equal(layer[part], wanted)
        self.assertEqual(model["nu"], nu)
        self.assertEqual((model["c_noise"], model["activation"]), ("ln(sigma)/4", "silu"))
        self.assertEqual(model["dimension"], model["layers"][-1]["bias"].size)
        return model

    def test_round_trip(self):
        model = self.check(self.archive(), 3.0)
        self.assertEqual((model["name"], model["steps"], model["mean"], model["deviation"]),
                         ("weights", 10, 0.0, 1.7))
        self.check(self.archive(dimension=2, hidden=(4, 5, 6)), 3.0, "--name", "other")
        self.check(self.archive(noise="gaussian", alpha=1.0), np.inf)
        self.check(self.archive(remove=("alpha", "steps")), 3.0, "--nu", "3.0", "--steps", "7")

    def test_options_complete_the_archive(self):
        path = self.archive(2, remove=("noise", "nu", "alpha", "steps", "mean", "std"))
        model = self.check(path, 5.0, "--noise", "student_t", "--nu", "5", "--mean", "1", "2",
                           "--std", "3", "4")
        np.testing.assert_array_equal(model["mean"], [1, 2])
        np.testing.assert_array_equal(model["deviation"], [3, 4])
        self.refused(self.convert(path), "--noise", "--nu", "--mean", "--std")

    def test_reference_weights(self):
        for name, nu in (("edm", np.inf), ("t_edm", 3.0)):
            found = sorted((TESTS / "data").glob(f"{name}_*.npz"))
            self.assertEqual(len(found), 1, f"one archive tests/data/{name}_*.npz")
            model = self.check(found[0], nu)
            self.assertEqual([layer["weight"].shape for layer in model["layers"]],
                             [(128, 2), (128, 128), (1, 128)])

    def test_refuses(self):
        cases = [
            (dict(remove=("f.net.2.weight",)), (), "f.net.2.weight"),
            (dict(f__net__2__weight=np.zeros((8, 9), np.float32)), (), "f.net.2.weight"),
            (dict(f__net__0__weight=np.zeros((8, 3), np.float32)), (), "f.net.0.weight"),
            (dict(f__net__0__bias=np.zeros(7, np.float32)), (), "f.net.0"),
            (dict(f__net__2__bias=np.full(8, np.nan, np.float32)), (), "finite"),
            (dict(f__net__1__weight=np.zeros((8, 8), np.float32)), (), "f.net"),
            (dict(g=1.0), (), "`g`"),
            (dict(alpha=2.0), (), "alpha"),
            (dict(noise="gaussian"), (), "alpha"),
            (dict(nu=2.0), (), "nu"),
            (dict(noise="levy"), (), "levy"),
            (dict(std=0.0), (), "std"),
            (dict(mean=[0.0, 0.0]), (), "mean"),
            (dict(steps=-1), (), "steps"),
            (dict(remove=("std",)), (), "--std"),
            ({}, ("--nu", "4"), "--nu"),
            ({}, ("--noise", "gaussian"), "--noise"),
            ({}, ("--mean", "1"), "--mean"),
            (dict(noise="gaussian", alpha=1.0), ("--nu", "3"), "--nu")]
        for replaced, options, word in cases:
            with self.subTest(replaced=replaced, options=options):
                self.refused(self.convert(self.archive(**replaced), *options), word)
                self.assertEqual([item.name for item in self.folder.iterdir()], ["weights.npz"])

    def test_refuses_other_files(self):
        path = self.archive()
        whole = path.read_bytes()
        for content in (b"", b"text", whole[:len(whole) // 2]):
            path.write_bytes(content)
            self.refused(self.convert(path), str(path))
        np.savez(path, noise=np.array([{}], dtype=object))
        self.refused(self.convert(path), str(path))
        self.refused(self.convert(self.folder / "nowhere.npz"), "nowhere.npz")
        self.archive()
        outcome = run("import_weights.py", path, "-o", self.folder / "none" / "model.h5")
        self.refused(outcome, "none")
