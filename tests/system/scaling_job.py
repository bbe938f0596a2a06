"""jobs/scaling/run.sh, made small: every measurement, the table and the figure are there."""

import json
import subprocess
import unittest

import htdm_program as htdm


class ScalingJob(unittest.TestCase):
    def test_quick(self):
        script = htdm.TESTS.parent / "jobs" / "scaling" / "run.sh"
        with htdm.temporary_folder() as folder:
            table = htdm.succeed(subprocess.run([str(script), "--quick", "--output", str(folder)],
                                                capture_output=True, text=True, check=False))
            for words in ("Parallel efficiency", "Costs of communication", "Messages and bytes",
                          "cluster, assumed network", "1e12, network"):
                self.assertIn(words, table)
            for file in ("scaling.csv", "scaling.png", "scaling.svg", "scaling.txt"):
                self.assertGreater((folder / file).stat().st_size, 1000, file)
            report = json.loads((folder / "scaling.json").read_text())
        self.assertEqual(list(report["counts"]), ["1", "2", "4"])
        for ranks, of in report["counts"].items():
            self.check_counts(int(ranks), of)
        self.assertGreater(report["table_bytes"], 1e5)
        self.assertGreater(min(report["checkpoint"]["bytes"]), 1e5)
        self.assertGreater(len(report["checkpoint"]["seconds"]), 0)
        self.assertIn("checkpoint", report["counts"]["2"])

    def check_counts(self, ranks, of):
        """The results of a block are 56 bytes, with 8 for each rank; gradients of 8 shards leave in
        equal parts, to every other rank."""
        blocks = of["blocks"]
        received = of["window"]["root"]["gather"]["received"]
        given = blocks - (received - 8 * (ranks - 1)) / 56 if ranks > 1 else 0
        self.assertLessEqual(given, blocks)
        self.assertGreaterEqual(given, 0)
        self.assertAlmostEqual(of["step"]["root"]["exchange"]["messages"], 2 * (ranks - 1))
        self.assertEqual(of["step"]["root"]["all_gather"]["calls"], 0 if ranks == 1 else 2)


if __name__ == "__main__":
    htdm.main()
