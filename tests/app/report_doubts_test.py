"""Doubts of counts in table1.csv and on the page of a report."""

import csv
import unittest

import h5py

from analysis_support import InFolder

import htdm_results
import report_page
import synthetic_results
import table

DOUBT = "only 3 paths were seen beyond the threshold"


class Doubts(InFolder):
    def report(self, doubts):
        """table1.csv and Table I of the page for results whose first sampler has these doubts."""
        path = self.folder / "results.h5"
        synthetic_results.write(path, count=20_000)
        if doubts:
            with h5py.File(path, "r+") as file:
                group = file["samplers/000/exceedance"]
                rows = len(group["count"])
                group.create_dataset("doubt", data=(doubts + rows * [""])[:rows],
                                     dtype=h5py.string_dtype())
        results = htdm_results.read(path)
        table.write_csv(results, self.folder / "table1.csv")
        with open(self.folder / "table1.csv", encoding="utf-8") as file:
            return list(csv.DictReader(file)), report_page.tables(results)

    def test_are_said(self):
        rows, page = self.report(["", DOUBT])
        self.assertEqual([row["doubt"] for row in rows[:2]], ["", DOUBT])
        self.assertEqual(page.count(DOUBT), 1)
        self.assertRegex(page, f"<li>[^<]*&gt; [^<]*: {DOUBT}</li>")

    def test_files_without_them_have_none(self):
        rows, page = self.report([])
        self.assertEqual({row["doubt"] for row in rows}, {""})
        self.assertNotIn("Doubtful", page)


if __name__ == "__main__":
    unittest.main(verbosity=2)
