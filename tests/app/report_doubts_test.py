"""Doubts of counts in table1.csv and on the page of a report."""

import csv
import unittest

import h5py

from analysis_support import InFolder, run_program

import htdm_results
import report_page
import synthetic_results
import table
import table_latex
import table_tail_ratios
import tail_ratios

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
        # Probability and ratio in Table I, the count over batches and the word that explains it.
        self.assertEqual(page.count("*"), 4)

    def test_are_marked_for_a_terminal_and_latex(self):
        self.report(["", DOUBT])
        results = htdm_results.read(self.folder)
        self.assertRegex(table.text(results), r"ve_sde .*\] +[\d.e-]+\* \[.*\] +[\d.]+\* \[")
        self.assertEqual(table_latex.latex(results, "doubts").count("^{*}"), 1)
        self.assertRegex(table.verdicts(results)[0][2], r"[\d.]+\* \[")
        first, second = tail_ratios.ratios(results["samplers"][0])
        self.assertEqual((first.doubt, second.doubt), ("", DOUBT))
        self.assertRegex(table_tail_ratios.shown(second), r"[\d.]\*$")

    def test_no_path_is_a_bound_everywhere(self):
        """Table I, its batches, the ten lines of the example: none shows a bare zero."""
        rows, page = self.report([])
        self.assertIn("0", {row["count"] for row in rows})
        self.assertNotRegex(page, r"<td[^>]*>\[?0[,<\]]")
        self.assertRegex(page, r"<td class=n>none</td><td class=n>&lt; [\d.e-]+</td>")
        shown = run_program("example.py", self.folder).stdout
        self.assertRegex(shown, r"t_sde_ablated .*: < [\d.e-]+ \(doubtful\), should")
        self.assertNotIn("0.000e", shown)

    def test_files_without_them_have_none(self):
        rows, page = self.report([])
        self.assertEqual({row["doubt"] for row in rows}, {""})
        self.assertNotIn("Doubtful", page)


if __name__ == "__main__":
    unittest.main(verbosity=2)
