"""What a run says of its own time, memory and checkpoints, on one rank and on several. Shares are
compared with each other and with the clock of the run, never with the speed of the machine."""

import unittest

import htdm_program as htdm

# A few seconds, half of them training; in two dimensions, so that all samplers call networks, but
# for the exact one.
STUDY = {
    "study": {"name": "report", "seed": 5},
    "data": {"kind": "gaussian", "dimension": 2, "train_samples": 20_000, "test_samples": 20_000},
    "models": {"edm": {"noise": "gaussian", "steps": 3000, "batch": 256, "hidden": [48, 48]},
               "exact": {"kind": "exact", "noise": "gaussian"}},
    "samplers": {"ve_sde": {"kind": "ve_sde", "model": "edm", "levels": 32},
                 "ve_exact": {"kind": "ve_sde", "model": "exact", "levels": 16}},
    "statistics": {"batches": 2, "batch_size": 60_000, "block_size": 1000, "w1_samples": 20_000},
}
BLOCKS = 2 * 2 * 60
COMPUTING = ("training", "tables", "sampling", "statistics")
WAITING = ("training_waiting", "sampling_waiting")


class RunReport(unittest.TestCase):
    def report(self, folder, study, ranks, *arguments):
        output = folder / "out"
        process = htdm.run("run", htdm.write_study(folder, study), "--output", output, "--force",
                           *arguments, ranks=ranks)
        shown = htdm.succeed(process)
        self.log = process.stderr
        results = htdm.results_of(output)
        run = results["run"]
        self.assertEqual(len(run["ranks"]), ranks)
        self.assertEqual(run["seconds"], results["provenance"]["seconds_total"])
        self.assertEqual(max(rank["peak_memory_bytes"] for rank in run["ranks"]),
                         results["provenance"]["peak_memory_bytes"])
        for text in (shown, htdm.succeed(htdm.run("show", output / "results.h5"))):
            self.assertIn(f"on {ranks} rank(s); their threads: computing", text)
        self.assertIn(f"on {ranks} rank(s); their threads: computing", self.log)
        return run

    def check_sums(self, run):
        whole = sum(rank["threads"] * run["seconds"] for rank in run["ranks"])
        sums = {"computing": sum(rank[key] for rank in run["ranks"] for key in COMPUTING),
                "waiting": sum(rank[key] for rank in run["ranks"] for key in WAITING),
                "io": sum(rank["io"] for rank in run["ranks"])}
        for key, value in sums.items():
            self.assertAlmostEqual(run["shares"][key], value / whole, places=9)
        self.assertAlmostEqual(sum(run["shares"].values()), 1, places=9)
        for stage in ("training", "sampling"):
            values = [rank[stage] for rank in run["ranks"]]
            self.assertAlmostEqual(run["imbalance"][stage],
                                   max(values) * len(values) / sum(values) - 1, places=9)
        for rank in run["ranks"]:
            for key in (*COMPUTING, *WAITING, "io"):
                self.assertGreater(rank[key], -1e-3 * run["seconds"], key)
            self.assertGreater(rank["peak_memory_bytes"], 1e6)

    def test_nearly_all_time_is_accounted_for(self):
        """One thread on one rank has nobody to wait for."""
        with htdm.temporary_folder() as folder:
            run = self.report(folder, STUDY, 1)
            self.check_sums(run)
            self.assertLess(abs(run["shares"]["other"]), 0.1, run)
            self.assertLess(run["shares"]["waiting"], 0.1, run)
            self.assertGreater(run["shares"]["computing"], 0.8, run)
            self.assertEqual(run["checkpoints"]["interval"], 60)
            self.assertEqual(run["ranks"][0]["blocks"], BLOCKS)

    def test_every_rank_has_a_row(self):
        with htdm.temporary_folder() as folder:
            run = self.report(folder, STUDY, 3, "--checkpoint-interval", "0.02")
            self.check_sums(run)
            self.assertLess(abs(run["shares"]["other"]), 0.1, run)
            self.assertEqual(sum(rank["blocks"] for rank in run["ranks"]), BLOCKS)
            for rank in run["ranks"]:
                self.assertGreater(rank["training"], 0)
                self.assertGreater(rank["training_waiting"], 0)
            self.assertGreater(run["ranks"][0]["statistics"], 0)
            checkpoints = run["checkpoints"]
            self.assertGreater(checkpoints["count"], 1)
            self.assertGreater(checkpoints["seconds"], 0)
            self.assertAlmostEqual(checkpoints["overhead"],
                                   checkpoints["seconds"] / run["seconds"], places=9)
            self.assertGreaterEqual(run["ranks"][0]["io"], run["ranks"][1]["io"])

    def test_stored_samples_are_time_at_files(self):
        with htdm.temporary_folder() as folder:
            study = htdm.changed(STUDY, {"models.edm.steps": 10, "store.samples": 60_000})
            stored = self.report(folder, study, 2)["ranks"]
            plain = self.report(folder, htdm.changed(study, {"store": None}), 2)["ranks"]
            for with_samples, without in zip(stored, plain):
                self.assertGreater(with_samples["io"], without["io"])

    def test_merged_results_keep_the_shares_of_every_part(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, htdm.TINY)
            parts = [folder / name for name in ("a", "b")]
            for i, part in enumerate(parts):
                htdm.succeed(htdm.run("run", study, "--part", f"{i}/2", "--output", part))
            htdm.succeed(htdm.run("merge", *parts, "--output", folder / "merged"))
            merged = htdm.results_of(folder / "merged")
            self.assertIsNone(merged["run"])
            for source, part in zip(merged["merged"], parts):
                self.assertEqual(source["shares"], htdm.results_of(part)["run"]["shares"])


if __name__ == "__main__":
    htdm.main()
