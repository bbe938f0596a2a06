"""The analysis scripts on made-up files: what they draw, print, convert and refuse."""

import csv
import importlib.util
import re
import sys
import unittest
import unittest.mock
import xml.etree.ElementTree
from pathlib import Path

import h5py
import numpy as np
import scipy.stats

from analysis_support import InFolder, run, run_program
from annealing_cases import Annealing  # noqa: F401  run with these
from bench_cases import Bench, TorchDenoiser  # noqa: F401  run with these
from import_weights_cases import ImportWeights  # noqa: F401  run with these
from studies_cases import Budget, Seeds  # noqa: F401

import figure_law
import figure_marginals
import htdm_results
import plotting
import report
import synthetic_results
import table

SWEEP = [("ve_sde", "ve_sde", "edm", np.nan, 128, 128), ("t_ode", "t_ode", "t_edm", 3.0, 64, 127),
         ("t_sde", "t_sde", "t_edm", 2.5, 128, 128), ("t_sde", "t_sde", "t_edm", np.inf, 128, 128),
         ("t_sde_ablated", "t_sde_ablated", "t_edm", 2.5, 128, 128)]


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
        names = ["batches", "loss", "qq", "qq_t_sde", "ratio", "ratio_t_sde", "survival",
                 "survival_t_sde", "sweep_t_sde"]
        self.assertEqual(self.figures(), {name + end for name in names for end in (".png", ".svg")})
        for name in names:
            picture = self.folder / "figures" / name
            self.assertGreater(len(picture.with_suffix(".png").read_bytes()), 10_000)
            xml.etree.ElementTree.parse(picture.with_suffix(".svg"))
        self.check_numbers(rows)
        self.check_printed(printed)
        self.check_page(page, len(names))
        self.check_latex(len(SWEEP))

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
        for text in ("0.0287", "0.0202", "0.2233", "0123456789ab", "2 × 1", "avx512",
                     "<dt>seed</dt><dd>42</dd>", "exceedance/batch_count", "too rare: &lt;",
                     "table1.tex", "less 1): training 25.0%.", "2 checkpoints", "node&lt;1&gt;"):
            self.assertIn(text, page)
        # Of twelve ranks, three lines over all and eight of them.
        ranks = re.search(r"<h3>Ranks</h3>.*?</table>", page, re.S).group()
        self.assertEqual(ranks.count("<tr>"), 1 + 3 + 8)
        self.assertNotIn("nan", re.sub(r"data:[^\"]*", "", page).lower().replace("nanosecond", ""))

    def check_latex(self, samplers):
        """Balanced, in ASCII, with as many cells in every row as columns, and every sampler."""
        source = (self.folder / "table1.tex").read_text(encoding="utf-8")
        self.assertTrue(source.isascii())
        self.assertEqual(source.count(r"\texttt{") % samplers, 0)
        lines = [line for line in source.splitlines() if not line.startswith("%")]
        bare = re.sub(r"\\[\\{}$&%_#|,]", "", "\n".join(lines))
        self.assertEqual(bare.count("$") % 2, 0)
        depth = [bare[:i].count("{") - bare[:i].count("}") for i in range(len(bare) + 1)]
        self.assertEqual((min(depth), depth[-1]), (0, 0))
        opened = []
        for which, name in re.findall(r"\\(begin|end)\{(\w+)\}", bare):
            if which == "begin":
                opened.append(name)
            else:
                self.assertEqual(opened.pop(), name)
        self.assertEqual(opened, [])
        for part in re.findall(r"\\begin\{tabular\}(.*?)\\end\{tabular\}", source, re.S):
            columns = len(re.match(r"\{([lc]+)\}", part).group(1))
            rows = [line for line in part.splitlines() if line.endswith(r"\\")]
            self.assertGreater(len(rows), 2)
            self.assertEqual({line.count("&") + 1 for line in rows}, {columns})
            self.assertEqual([part.count(rule) for rule in (r"\toprule", r"\midrule",
                                                            r"\bottomrule")], [1, 1, 1])
            self.assertNotRegex(re.sub(r"\$[^$]*\$", "", part), r"(?<!\\)_|\^")

    def test_laws(self):
        """Laws over counts and distances to true marginals; the ablated tail falls out of the frame."""
        path = self.folder / "results.h5"
        synthetic_results.write(path, 4_000, samplers=SWEEP[2:], propagated=True)
        results = htdm_results.read(path)
        for module, name, texts in (
                (figure_law, "law", ("bands their pointwise 95 %", "relative error at the study's "
                                     "levels: 1e-06")),
                (figure_marginals, "marginals", ("at most 1e-06 of the scale", "lie below the frame"
                                                 ": t_sde_ablated, ν = 2.5."))):
            pictures = module.pictures(results)
            self.assertEqual([picture.name for picture in pictures], [name, f"{name}_t_sde"])
            for text in texts:
                self.assertIn(text, pictures[0].caption)
            self.assertGreater(plotting.save(pictures[0], self.folder).stat().st_size, 10_000)
            self.assertIn(module, report.FIGURES)
        # Without a known law of the data there are no marginals.
        synthetic_results.write(path, 4_000, samplers=SWEEP[1:2], propagated=True, law=False)
        self.assertEqual(run("figure_law.py", self.folder).returncode, 0)
        self.refused(run("figure_marginals.py", self.folder), "results.h5", "nothing")

    def test_own_data(self):
        """No law, both tails, levels of a small test sample: no verdict that it cannot carry."""
        printed, rows, page = self.report(file_data=True, events=("upper", "lower"),
                                          test_count=3_000, samplers=SWEEP[1::3])
        self.assertEqual(self.figures() & {"ratio.png", "batches.png", "qq.png"},
                         {"ratio.png", "batches.png", "qq.png"})
        self.assertRegex(printed, r"P\(X > [\d.]+\), test sample 0.005 +ratio to test sample")
        self.assertRegex(printed, r"P\(X < −[\d.]+\), test sample 0.001")
        self.assertEqual({row["w1_law"] for row in rows}, {""})
        for text in ("a file of the user", "returns.csv", "agrees: ", "too rare: &lt;",
                     "(3,000 values)", "share of the test sample"):
            self.assertIn(text, page)
        short = re.search(r"The result in short.*?</table>", page, re.S).group()
        for untrue in ("true probability", "truth", "true law"):
            self.assertNotIn(untrue, short)
        self.check_latex(len(SWEEP[1::3]))
        # At level 1e-3 the test sample of 3,000 has 3 values: 0.2 to 2.9 times as many agree.
        results = htdm_results.read(self.folder)
        for entry in results["samplers"][:1]:
            entry["exceedance"]["probability"][1] *= 0.5
        self.assertIn("agrees", table.verdicts(results)[0][2])

    def test_several_dimensions_without_law(self):
        printed, rows, page = self.report(dimension=3, law=False, samplers=SWEEP[1:3])
        self.assertEqual({row["ratio"] + row["w1_law"] for row in rows}, {""})
        self.assertIn("P(‖X‖ > ", printed)
        self.assertIn("W1 of every component", page)
        self.assertNotIn("0.0287", page)

    def test_single_exact(self):
        _, rows, _ = self.report(exact=True, samplers=SWEEP[:1])
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.figures(), {name + end for name in (
            "batches", "qq", "ratio", "survival") for end in (".png", ".svg")})
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
        self.assertEqual(self.figures(), {
            name + end for name in ("batches", "loss", "ratio", "ratio_t_sde", "sweep_t_sde")
            for end in (".png", ".svg")})


class Programs(InFolder):
    def test_exit_codes(self):
        synthetic_results.write(self.folder / "results.h5", 2_000, samplers=SWEEP[:1])
        drawn = run_program("figure_loss.py", self.folder, "-o", self.folder / "pictures")
        self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
        self.assertEqual(Path(drawn.stdout.strip()), self.folder / "pictures" / "loss.png")
        shown = run_program("example.py", self.folder)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertEqual(shown.stdout.count("ve_sde"), 2)
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
        htdm_results.read(self.write(schema=np.array([1, 99], np.int32)))

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


    def hidden(self, *names):
        """These modules cannot be imported, whether installed or not."""
        hide = unittest.mock.patch.dict(sys.modules, dict.fromkeys(names))
        hide.start()
        self.addCleanup(hide.stop)

    def test_pandas(self):
        results = htdm_results.read(self.write())
        if not importlib.util.find_spec("pandas"):
            self.skipTest("pandas is not installed")
        frame = htdm_results.to_pandas(results, "exceedance")
        entry = results["samplers"][0]
        self.assertEqual(len(frame), 2)
        self.assertEqual(list(frame["sampler_name"]), ["ve_sde"] * 2)
        np.testing.assert_array_equal(frame["probability"], entry["exceedance"]["probability"])
        batches = htdm_results.to_pandas(results, "batches")
        np.testing.assert_array_equal(batches.groupby("threshold")["count"].sum().sort_index(),
                                      entry["exceedance"]["count"])
        self.assertEqual(list(batches["batch"]), 2 * list(range(10)))
        self.assertEqual(list(htdm_results.to_pandas(results, "moments")["name"]),
                         ["mean", "variance", "skewness", "kurtosis"])

    def test_run(self):
        results = htdm_results.read(self.write())
        run = htdm_results.run_of(results)
        self.assertEqual(run["checkpoints"], 2)
        shares = htdm_results.run_shares(run)
        np.testing.assert_allclose(shares["computing"] + shares["waiting"], 126 / 131)
        np.testing.assert_allclose(shares["other"], 3 / 131)
        if importlib.util.find_spec("pandas"):
            frame = htdm_results.to_pandas(results, "run")
            self.assertEqual(list(frame["rank"]), list(range(12)))
            self.assertEqual(frame["training_waiting"].iloc[-1], 50)
        del results["run"]
        self.assertIsNone(htdm_results.run_of(results))

    def test_xarray(self):
        path = self.write()
        if not (importlib.util.find_spec("xarray") and importlib.util.find_spec("h5netcdf")):
            self.skipTest("xarray or h5netcdf is not installed")
        with htdm_results.open_xarray(path.parent, "samplers/000/exceedance") as opened:
            self.assertEqual(dict(opened.sizes), {"threshold": 2, "batch": 10})
            self.assertEqual(opened["batch_count"].dims, ("threshold", "batch"))
            np.testing.assert_array_equal(opened["batch_count"].sum("batch"), opened["count"])
        with self.assertRaisesRegex(htdm_results.InputError, "samplers/9"):
            htdm_results.open_xarray(path, "samplers/9")

    def test_stored_samples(self):
        path = self.folder / "samples.h5"
        sample = np.arange(12, dtype=np.float32).reshape(6, 2)
        with h5py.File(path, "w") as file:
            file.attrs.update(kind="samples", schema=np.array([1, 0], np.int32))
            for key, name in (("010", "last"), ("002", "first")):
                group = file.create_group(f"samplers/{key}")
                group.attrs.update(name=name, nu=np.nan)
                group.create_dataset("sample", data=sample, chunks=(4, 2), fletcher32=True)
                group["sigma"] = [80.0, 0.002]
                group.create_dataset("path", (6,), "u1")
        with htdm_results.open_samples(self.folder) as entries:
            self.assertEqual([entry["name"] for entry in entries], ["first", "last"])
            self.assertIsInstance(entries[0]["sample"], h5py.Dataset)
            self.assertEqual(set(entries[0]), {"name", "nu", "sample", "sigma"})
            np.testing.assert_array_equal(entries[1]["sample"][2:5], sample[2:5])
        content = bytearray(path.read_bytes())
        content[content.index(sample[1].tobytes())] ^= 1
        path.write_bytes(content)
        with htdm_results.open_samples(path) as entries, self.assertRaises(OSError):
            [entry["sample"][:] for entry in entries]
        with self.assertRaisesRegex(htdm_results.InputError, "results file where a samples"):
            with htdm_results.open_samples(self.write()):
                self.fail("accepted")

    def test_says_what_is_missing(self):
        results = htdm_results.read(self.write())
        self.hidden("pandas", "xarray")
        with self.assertRaisesRegex(htdm_results.InputError, "python3-pandas"):
            htdm_results.to_pandas(results, "exceedance")
        with self.assertRaisesRegex(htdm_results.InputError, "python3-xarray"):
            htdm_results.open_xarray(results["path"], "samplers/000/exceedance")


class Ranges(unittest.TestCase):
    def test_binomial_range(self):
        """The central 95 % of a binomial law, as SciPy has it."""
        for n, p in ((1000, 0.3), (2000, 5e-3), (100_000, 1e-5), (10_000_000, 1e-3), (50, 0.99)):
            wanted = scipy.stats.binom.ppf([0.025, 0.975], n, p)
            np.testing.assert_array_equal(plotting.binomial_range(n, p), wanted)
        self.assertEqual(plotting.binomial_range(10, 1.0), (10, 10))

    def test_clopper_pearson(self):
        for count, n in ((0, 10), (3, 3000), (10, 10)):
            low, high = plotting.clopper_pearson(count, n)
            if count:
                self.assertAlmostEqual(scipy.stats.binom.sf(count - 1, n, low), 0.025, places=9)
            if count < n:
                self.assertAlmostEqual(scipy.stats.binom.cdf(count, n, high), 0.025, places=9)
        self.assertEqual((plotting.clopper_pearson(0, 10)[0], plotting.clopper_pearson(10, 10)[1]),
                         (0, 1))


if __name__ == "__main__":
    unittest.main()
