"""Wrong data files end with exit code 2 and a message that names row, column and remedy."""

import unittest

import htdm_program as htdm

HEADER = "day,price\n"
GOOD = "".join(f"{i},{100 + i % 7}\n" for i in range(40))

# what is wrong: (text of the file, study changes, what the message must name)
FILES = {
    "text": (HEADER + GOOD + "40,abc\n", {}, ["data row 41", '"price"', "abc", "Correct"]),
    "NaN": (HEADER + "0,1\n1,NaN\n" + GOOD, {}, ["data row 2", '"price"', "Fill the value in"]),
    "missing": (HEADER + "0,1\n1,\n" + GOOD, {}, ["data row 2", '"price"', "is empty"]),
    "empty file": ("", {}, ["data.csv", "empty"]),
    "header only": (HEADER, {}, ["data.csv", "row"]),
    "one value only": (HEADER + "0,1\n", {}, ["data.csv", "only 1 row", "Give more data"]),
    "constant column": (HEADER + "0,5\n1,5\n2,5\n3,5\n", {}, ["price", "one value only", "5"]),
    "equal headers": ("price,price\n1,2\n3,4\n", {}, ['"price", number 0 and number 1', "Rename"]),
    "unknown column": (HEADER + GOOD, {"data.columns": "prize"}, ["prize", "price"]),
    "wrong shape": (HEADER + "0,1\n1,2,3\n" + GOOD, {}, ["data row 2", "3"]),
    "other dimension": (HEADER + GOOD, {"data.columns": []}, ["data.dimension = 2"]),
}


class BadData(unittest.TestCase):
    def study(self, changes):
        data = {"kind": "file", "path": "data.csv", "columns": "price"}
        return htdm.changed(htdm.changed(htdm.TINY, {"data": data, "models.t_edm.batch": 8}),
                            changes)

    def refused(self, process, folder, names):
        self.assertEqual(process.returncode, 2, process.stderr)
        for name in names:
            self.assertIn(name, process.stderr)
        self.assertEqual(sorted(p.name for p in folder.iterdir()), ["data.csv", "study.toml"])

    def test_every_file_is_refused(self):
        for label, (text, changes, names) in FILES.items():
            with self.subTest(label), htdm.temporary_folder() as folder:
                (folder / "data.csv").write_text(text)
                htdm.write_study(folder, self.study(changes))
                self.refused(htdm.run("check", "study.toml", folder=folder), folder, names)
                self.refused(htdm.run("run", "study.toml", folder=folder), folder, names)

    def test_good_file_runs(self):
        """The same study with nothing wrong is sampled: the refusals are about the data."""
        with htdm.temporary_folder() as folder:
            (folder / "data.csv").write_text(HEADER + GOOD)
            htdm.write_study(folder, self.study({}))
            # Twenty training rows or so are few for a tail index.
            self.assertRegex(htdm.succeed(htdm.run("check", "study.toml", folder=folder)),
                             r"tail index .*\(Hill, .*\); doubtful: only \d+ exceedances")
            htdm.succeed(htdm.run("run", "study.toml", folder=folder))

    def test_data_without_a_variance_are_warned_of(self):
        """Exact quantiles of index 1, once by check and by run, also of a sweep; none where they
        are transformed."""
        prices = "".join(f"{i},{(-1) ** i * 401 / (400 - i * 37 % 400)}\n" for i in range(400))
        swept = '[sweep]\n"samplers.t_sde.levels" = [4, 5]\n'
        warnings = []
        for changes, sweep in (({}, ""), ({}, swept), ({"data.transform": "rank"}, "")):
            with htdm.temporary_folder() as folder:
                (folder / "data.csv").write_text(HEADER + prices)
                study = htdm.to_toml(self.study(changes)) + sweep
                htdm.write_study(folder, study)
                process = htdm.run("run", "study.toml", folder=folder, ranks=2)
                htdm.succeed(process)
                warnings.append(process.stderr.count("may have no variance"))
                if not changes and not sweep:
                    check = htdm.run("check", "study.toml", folder=folder)
                    self.assertEqual(check.stderr.count("may have no variance"), 1)
        self.assertEqual(warnings, [1, 1, 0])

    def test_transforms_run(self):
        for transform in ("signed_log", "rank"):
            with self.subTest(transform), htdm.temporary_folder() as folder:
                (folder / "data.csv").write_text(HEADER + GOOD)
                htdm.write_study(folder, self.study({"data.transform": transform}))
                htdm.succeed(htdm.run("run", "study.toml", "--output", "out", folder=folder))
                [model] = htdm.results_of(folder / "out")["models"]
                self.assertEqual(model["transform"], transform)
                shown = htdm.succeed(htdm.run("show", "out/models/t_edm.h5", folder=folder))
                self.assertIn(f"{transform}(x)", shown)


if __name__ == "__main__":
    htdm.main()
