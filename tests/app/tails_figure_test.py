"""figure_tails.py on a made-up tail.h5: what it draws, and what it refuses."""

import unittest
import xml.etree.ElementTree

import h5py
import numpy as np

from analysis_support import InFolder, run, run_program

import figure_tails
import htdm_results
import plotting
from synthetic_tails import TAILS, write

class TailsFigure(InFolder):
    def test_draws_all_parts(self):
        write(self.folder / "tail.h5", TAILS)
        outcome = run("figure_tails.py", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        figure = self.folder / "figures" / "tails"
        self.assertGreater(len(figure.with_suffix(".png").read_bytes()), 10_000)
        xml.etree.ElementTree.parse(figure.with_suffix(".svg"))

    def test_shows_the_numbers_of_the_file(self):
        write(self.folder / "tail.h5", TAILS)
        results = htdm_results.read(self.folder, "tail")
        drawn, = figure_tails.pictures(results)
        levels, hill, excess, stability = drawn.figure.axes
        handles, labels = levels.get_legend_handles_labels()
        self.assertEqual(labels, ["training data", "held-out data*", "law of the data",
                                  "t_sde, ν = 3", "law of t_sde, ν = 3"])
        self.assertEqual(handles[3].get_color(), handles[4].get_color())
        for handle, tail in zip(handles, results["tails"]):
            np.testing.assert_array_equal(handle.get_ydata(), tail["survival"]["probability"])
        for line, index in zip(hill.lines, (3.0, 2.8, 3.0, 2.5, 2.5)):
            np.testing.assert_allclose(line.get_ydata(), index)
        self.assertEqual((len(excess.lines), len(stability.lines)), (3, 4))  # zero line
        self.assertIn("doubtful", drawn.caption)
        self.assertIn("20,000 draws", drawn.caption)
        plotting.plt.close(drawn.figure)

    def test_laws_alone(self):
        write(self.folder / "tail.h5", TAILS[4:])
        outcome = run("figure_tails.py", self.folder, "-o", self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertTrue((self.folder / "tails.png").is_file())

    def test_refuses_other_files(self):
        write(self.folder / "tail.h5", TAILS)
        with h5py.File(self.folder / "tail.h5", "r+") as file:
            file.attrs["kind"] = "rare"
        self.refused(run_program("figure_tails.py", self.folder), "rare", "tail")
        self.refused(run_program("figure_tails.py", self.folder / "none"), "none")


if __name__ == "__main__":
    unittest.main(verbosity=2)
