"""The analysis scripts on made-up files: what they draw, print, convert and refuse."""

import contextlib
import csv
import importlib
import io
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

import h5py
import numpy as np

TESTS = Path(__file__).resolve().parents[1]
ANALYSIS = TESTS.parent / "analysis"
sys.path[:0] = [str(ANALYSIS), str(Path(__file__).parent)]
sys.dont_write_bytecode = True

import htdm_results  # noqa: E402
import plotting  # noqa: E402
import synthetic_results  # noqa: E402

plotting.plt.rcParams["savefig.dpi"] = 50  # for speed; what is drawn does not depend on it

SWEEP = [("ve_sde", "ve_sde", "edm", np.nan, 128, 128), ("t_ode", "t_ode", "t_edm", 3.0, 64, 127),
         ("t_sde", "t_sde", "t_edm", 2.5, 128, 128), ("t_sde", "t_sde", "t_edm", np.inf, 128, 128),
         ("t_sde_ablated", "t_sde_ablated", "t_edm", 2.5, 128, 128)]


def run(script, *arguments):
    """The script's main in this process: exit code, output and messages."""
    out, err = io.StringIO(), io.StringIO()
    arguments = list(map(str, arguments))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        module = importlib.import_module(Path(script).stem)
        if script.startswith("figure"):
            code = plotting.main(module.pictures, module.__doc__, arguments)
        else:
            code = module.main(arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def run_program(script, *arguments):
    """The script as a program of its own, in a batch job's bare environment."""
    return subprocess.run([sys.executable, "-B", ANALYSIS / script, *map(str, arguments)],
                          capture_output=True, text=True, encoding="utf-8", timeout=300,
                          env={"PYTHONIOENCODING": "utf-8", "MPLCONFIGDIR": tempfile.gettempdir()})


class InFolder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def refused(self, outcome, *words):
        """Exit code 2, one line that names what is wrong."""
        self.assertEqual(outcome.returncode, 2, outcome.stderr)
        self.assertNotIn("Traceback", outcome.stderr)
        for word in words:
            self.assertIn(word, outcome.stderr.splitlines()[-1])


class Report(InFolder):
    def report(self, **shape):
        synthetic_results.write(self.folder / "results.h5", **{"count": 20_000, **shape})
        outcome = run("report.py", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertEqual(outcome.stderr, "")
        with open(self.folder / "table1.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return outcome.stdout, rows, (self.folder / "report.html").read_text(encoding="utf-8")

    def figures(self):
        return {path.name for path in (self.folder / "figures").iterdir()}

    def test_sweep(self):
        printed, rows, page = self.report(samplers=SWEEP)
        names = ["loss", "qq", "qq_t_sde", "survival", "survival_t_sde", "sweep_t_sde"]
        self.assertEqual(self.figures(), {name + end for name in names for end in (".png", ".svg")})
        for name in names:
            picture = self.folder / "figures" / name
            self.assertGreater(len(picture.with_suffix(".png").read_bytes()), 10_000)
            xml.etree.ElementTree.parse(picture.with_suffix(".svg"))
        self.check_numbers(rows)
        self.check_printed(printed)
        self.check_page(page, len(names))

    def check_numbers(self, rows):
        """The CSV holds what the file holds, to the last digit."""
        results = htdm_results.read(self.folder)
        self.assertEqual(len(rows), 2 * len(SWEEP))
        for i, row in enumerate(rows):
            entry = results["samplers"][i // 2]
            table = entry["exceedance"]
            for key in ("threshold", "probability", "low", "high", "batch_mean", "batch_std"):
                self.assertEqual(float(row[key]), table[key][i % 2])
            for key in ("w1_test", "w1_law"):
                self.assertEqual(float(row[key]), entry[key]["value"][0])
                self.assertEqual(float(row[key + "_low"]), entry[key]["low"][0])
            self.assertAlmostEqual(float(row["ratio_high"]),
                                   table["high"][i % 2] / synthetic_results.LEVELS[i % 2])
            self.assertEqual(row["is_upper_bound"], str(int(table["count"][i % 2] == 0)))
        self.assertEqual([row["is_upper_bound"] for row in rows[-2:]], ["1", "1"])
        self.assertEqual([rows[0]["nu"], rows[6]["nu"]], ["", "inf"])

    def check_printed(self, printed):
        results = htdm_results.read(self.folder)
        bound = results["samplers"][-1]["exceedance"]["high"][0]
        mantissa, exponent = f"{bound:.2e}".split("e")
        self.assertRegex(printed, rf"t_sde_ablated +2\.5 +< {mantissa}e{int(exponent)} ")
        self.assertRegex(printed, r"ve_sde +– +128 +[\d.e-]+ \[[\d.e-]+, [\d.e-]+\]")
        self.assertIn("P(|X| > 7.453), truth 0.005", printed)
        self.assertIn("∞", printed)

    def check_page(self, page, pictures):
        """Self-contained, with every figure inside, and the published figures beside these."""
        self.assertEqual(page.count("data:image/png;base64,"), pictures)
        self.assertIsNone(re.search(r"(src|href)=[\"']?(?!data:)\w|url\(|@import|<script", page))
        for text in ("0.0287", "0.0202", "0.2233", "0123456789ab", "2 × 1", "avx512", "Seed: 42"):
            self.assertIn(text, page)
        self.assertNotIn("nan", re.sub(r"data:[^\"]*", "", page).lower().replace("nanosecond", ""))

    def test_several_dimensions_without_law(self):
        printed, rows, page = self.report(dimension=3, law=False, samplers=SWEEP[1:3])
        self.assertEqual({row["ratio"] + row["w1_law"] for row in rows}, {""})
        self.assertIn("P(‖X‖ > ", printed)
        self.assertIn("W1 of every component", page)
        self.assertNotIn("0.0287", page)

    def test_single_exact(self):
        _, rows, _ = self.report(exact=True, samplers=SWEEP[:1])
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.figures(), {"qq.png", "qq.svg", "survival.png", "survival.svg"})
        self.refused(run("figure_loss.py", self.folder), "results.h5", "nothing")

    def test_only_counts(self):
        """W1, Q-Q and survival not computed: the rest is still reported."""
        path = self.folder / "results.h5"
        synthetic_results.write(path, 20_000, samplers=SWEEP[1:4])
        with h5py.File(path, "a") as file:
            for group in file["samplers"].values():
                for name in ("w1_test", "w1_law", "qq", "survival", "quantiles"):
                    del group[name]
        outcome = run("report.py", path)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertRegex(outcome.stdout, r"t_ode +3 +127 +– +–")
        self.assertEqual(self.figures(), {name + end for name in ("loss", "sweep_t_sde")
                                          for end in (".png", ".svg")})


class Programs(InFolder):
    def test_exit_codes(self):
        synthetic_results.write(self.folder / "results.h5", 2_000, samplers=SWEEP[:1])
        drawn = run_program("figure_loss.py", self.folder, "-o", self.folder / "pictures")
        self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
        self.assertEqual(Path(drawn.stdout.strip()), self.folder / "pictures" / "loss.png")
        self.refused(run_program("report.py", self.folder / "nowhere"), "nowhere")
        self.refused(run_program("import_weights.py", "no.npz", "-o", "model.h5"), "no.npz")


class Reader(InFolder):
    def write(self, **attributes):
        path = self.folder / "results.h5"
        synthetic_results.write(path, 2_000, samplers=SWEEP[:1])
        with h5py.File(path, "a") as file:
            for key, value in attributes.items():
                file.attrs[key] = value
        return path

    def test_reads_strings_and_order(self):
        results = htdm_results.read(self.write())
        entry = results["samplers"][0]
        self.assertEqual(entry["name"], "ve_sde")
        self.assertEqual(list(entry["exceedance"]["event"]), ["norm", "norm"])
        self.assertEqual(htdm_results.dimension(results), 1)
        self.assertIn('name = "synthetic"', results["study"])

    def test_accepts_newer_minor(self):
        htdm_results.read(self.write(schema=np.array([1, 7], np.int32)))

    def test_refuses(self):
        path = self.write(schema=np.array([2, 0], np.int32))
        self.refused(run("report.py", self.folder), str(path), "2.0", "newer")
        self.refused(run("report.py", self.write(kind="model")), "model", "results")
        content = path.read_bytes()
        path.write_bytes(content[:len(content) // 2])
        self.refused(run("report.py", path), str(path), "HDF5")
        path.write_text("text")
        self.refused(run("figure_qq.py", path), str(path), "HDF5")
        h5py.File(path, "w").close()
        self.refused(run("report.py", path), "kind")
        self.refused(run("report.py", self.folder / "nowhere"), "nowhere")
        self.assertEqual([item.name for item in self.folder.iterdir()], ["results.h5"])


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


if __name__ == "__main__":
    unittest.main()
