"""Exceedance counts of 1e7 t-SDE paths with the tabulated network against those with the network.

Both see the same noise, so a path counts differently only when it lies within rounding of a
threshold: within 5e-6 (1 + x) of x, where at most 5e-6 of the expected exceedances lie. Counts may
differ by 3 paths plus 1e-4 of the count; a table whose error is visible in paths fails this long
before the 4 standard errors of two independent runs, which are checked too.

HTDM_TABLE_PATHS in the environment sets another number of paths.
"""

import math
import os
import unittest

import htdm_program as htdm
from reference_weights import import_weights

PATHS = int(os.environ.get("HTDM_TABLE_PATHS", 10_000_000))

STUDY = {
    "study": {"name": "table", "seed": 42},
    "data": {"kind": "student_t", "nu": 3.0, "test_samples": 100_000},
    "samplers": {
        "table": {"kind": "t_sde", "model": "t_edm", "nu": 2.5, "denoiser": "table"},
        "network": {"kind": "t_sde", "model": "t_edm", "nu": 2.5, "denoiser": "network"},
    },
    "statistics": {"batches": 10, "batch_size": PATHS // 10, "w1_samples": 100_000,
                   "exceedance_levels": [1e-2, 5e-3, 1e-3, 1e-4, 1e-5]},
}


class TableAgainstNetwork(unittest.TestCase):
    def test_counts_agree_at_every_level(self):
        with htdm.temporary_folder() as folder:
            models = {"t_edm": import_weights("t_edm", folder)}
            study = htdm.write_study(folder, htdm.changed(STUDY, {"models": models}))
            htdm.succeed(htdm.run("run", study, "--output", folder / "out", threads=2))
            samplers = {s["name"]: s for s in htdm.results_of(folder / "out")["samplers"]}
        table, network = samplers["table"], samplers["network"]
        self.assertEqual((table["denoiser"], network["denoiser"]), ("table", "network"))
        self.assertLess(table["table_error"], 1e-6)
        self.assertIsNone(network["table_error"])
        print(f"seconds: table {table['seconds']:.1f}, network {network['seconds']:.1f}")
        for a, b in zip(table["exceedance"], network["exceedance"]):
            print(f"level {a['level']:g}: {a['count']} with the table, {b['count']} without")
            apart = abs(a["count"] - b["count"])
            self.assertLessEqual(apart, 4 * math.sqrt(a["count"] + b["count"]))
            self.assertLessEqual(apart, 3 + 1e-4 * b["count"])


if __name__ == "__main__":
    htdm.main()
