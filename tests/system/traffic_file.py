"""HTDM_TRAFFIC: a line for every rank, what is sent is received, and results stay the same."""

import json
import unittest

import htdm_program as htdm


class TrafficFile(unittest.TestCase):
    def lines(self, folder, ranks, study):
        file = folder / f"traffic-{ranks}"
        htdm.succeed(htdm.run("run", study, "--output", folder / f"out-{ranks}", ranks=ranks,
                              environment={"HTDM_TRAFFIC": str(file)}))
        return [json.loads(line) for line in file.read_text().splitlines()]

    def test_what_is_sent_is_received(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, htdm.TINY)
            lines = self.lines(folder, 3, study)
            self.assertEqual([line["rank"] for line in lines], [0, 1, 2])
            for kind in ("exchange", "deal", "gather"):
                sent, received = (sum(line[kind][way] for line in lines)
                                  for way in ("sent", "received"))
                self.assertEqual(sent, received, kind)
                self.assertGreater(sent, 0, kind)
            for line in lines:
                self.assertEqual(line["exchange"]["calls"], 5)  # steps
                self.assertEqual(line["serving"] > 0, line["rank"] == 0)
                self.assertEqual(line["reduce"], lines[0]["reduce"])
            (alone,) = self.lines(folder, 1, study)
            self.assertEqual({alone[kind]["calls"] for kind in alone
                              if kind not in ("rank", "ranks", "serving")}, {0})
            self.assertEqual(htdm.digest_of(folder / "out-1"), htdm.digest_of(folder / "out-3"))

    def test_only_shards_train(self):
        """Of four ranks two have one of two shards: the others send no gradient and wait."""
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, htdm.changed(htdm.TINY, {"models.t_edm.shards": 2}))
            lines = self.lines(folder, 4, study)
            self.assertEqual([line["exchange"]["calls"] for line in lines], [5, 5, 0, 0])
            self.lines(folder, 1, study)
            self.assertEqual(htdm.digest_of(folder / "out-1"), htdm.digest_of(folder / "out-4"))

    def test_a_file_that_cannot_be_written(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, htdm.TINY)
            process = htdm.run("run", study, "--output", folder / "out", ranks=2,
                               environment={"HTDM_TRAFFIC": str(folder / "none" / "file")})
            self.assertEqual(process.returncode, 2, process.stderr)
            self.assertEqual(process.stderr.count("error: "), 1)
            self.assertIn("HTDM_TRAFFIC", process.stderr)


if __name__ == "__main__":
    htdm.main()
