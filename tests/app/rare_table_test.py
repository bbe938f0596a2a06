"""The table of jobs/rare: what has no meaning or was not seen is no zero."""

import importlib.util
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "jobs" / "rare" / "table.py"
spec = importlib.util.spec_from_file_location("rare_table", SCRIPT)
rare_table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rare_table)


def estimate(**changes):
    """1.0e-9 by splitting, as `htdm show --json` has it, with changes."""
    return {"level": 1e-9, "method": "splitting", "probability": 1e-9, "resolved": True,
            "interval": [0.9e-9, 1.1e-9], "standard_error": 5e-11, "relative_error": 0.1,
            "variance_of_variance": 0.01, "effective_size": 400.0, "paths": 1000,
            "cpu_seconds": 2.0, "counting_calls": 4e13, "doubtful": False, **changes}


LAW = estimate(method="law", standard_error=None, relative_error=1e-6, counting_calls=None,
               variance_of_variance=None, effective_size=None, paths=0)
UNSEEN = estimate(probability=0.0, resolved=False, interval=[0.0, 3.7e-6], standard_error=None,
                  relative_error=None, counting_calls=None, variance_of_variance=None,
                  doubtful=True)


class Rows(unittest.TestCase):
    def row(self, e, exact=LAW):
        row = rare_table.row_of("line", "t_sde", e, exact, 2e-9)
        for name, cell in row.items():
            self.assertNotRegex(str(cell), r"^0(\.0*)?$|None|nan", name)
        return row

    def test_an_estimate_beside_its_law(self):
        row = self.row(estimate(probability=1.1e-9))
        self.assertEqual((row["z"], row["counting_cpu_s"], row["saving"]),
                         ("+2.00", "8e+04", "4e+04"))

    def test_a_law_saves_nothing_that_could_be_counted(self):
        row = self.row(LAW)
        for name in ("z", "counting_cpu_s", "saving", "VoV", "ESS", "paths"):
            self.assertEqual(row[name], "-", name)
        self.assertEqual(row["relative_error"], "1e-06")

    def test_what_was_not_seen_is_bounded(self):
        row = self.row(UNSEEN)
        self.assertEqual((row["probability"], row["low"]), ("< 3.7e-06", "-"))
        self.assertEqual((row["relative_error"], row["saving"], row["doubtful"]), ("-", "-", "yes"))
        self.assertEqual(self.row(estimate(), UNSEEN)["compared"], "< 3.7e-06")


if __name__ == "__main__":
    unittest.main()
