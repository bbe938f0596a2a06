"""Damaged, stale and strange surroundings of a run: it says what is wrong, and loses nothing."""

import hashlib
import os
import struct
import subprocess
import unittest

import htdm_program as htdm
from stopped_runs import OFTEN, StoppedRuns

PAGE = 4096


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 0xff]) + content[place + 1:]


class InFolder(StoppedRuns):
    def setUp(self):
        self.folder = self.enterContext(htdm.temporary_folder())
        self.output = self.folder / "out"

    def newest(self, series):
        return max((self.output / "checkpoints").glob(f"{series}.*.ckpt"))


class Checkpoints(InFolder):
    def test_damage_anywhere_is_told_and_passed_over(self):
        """The same states in as many damaged files as there are places; each is told."""
        self.stopped(self.output, "sampling")
        whole = self.newest("sampling").read_bytes()
        damaged = [whole[:size] for size in range(0, len(whole), max(PAGE, len(whole) // 20))]
        damaged += [flipped(whole, place) for place in (0, 5, 9, 15, 25, 40, 60, len(whole) - 1)]
        for number, content in enumerate(damaged, start=100_000):
            (self.output / "checkpoints" / f"sampling.{number}.ckpt").write_bytes(content)
        said = self.finish(self.output)
        self.assertEqual(said.count("a damaged checkpoint is passed over"), len(damaged), said)
        self.assertIn("goes on after", said)

    def test_a_date_that_runs_backwards_changes_nothing(self):
        backwards = ("env", f"LD_PRELOAD={os.environ['HTDM_CLOCK_BACKWARDS']}")
        dates = [int(subprocess.run([*backwards, "date", "+%s%N"], check=True, capture_output=True,
                                    text=True).stdout) for _ in range(2)]
        self.assertGreater(dates[0], dates[1])
        for series in ("training", "sampling"):
            self.stopped(self.output, series, prefix=backwards)
        walltime = self.start(self.output, "--walltime", "2.2", prefix=backwards)
        said = walltime.communicate(timeout=20)[1]
        self.assertEqual(walltime.returncode, 75, said)
        self.finish(self.output, ranks=2, prefix=backwards)
        run = htdm.results_of(self.output)["provenance"]
        for key in ("seconds_total", "seconds_training", "seconds_sampling", "seconds_statistics"):
            self.assertTrue(0 < run[key] < 600, f"{key} = {run[key]}")

    def test_an_interrupted_force_can_be_continued(self):
        """Results of another study stand beside the checkpoints of what was to replace them."""
        other = htdm.write_study(self.folder, htdm.TINY, "other.toml")
        htdm.succeed(htdm.run("run", other, "--output", self.output))
        process = subprocess.Popen(
            [htdm.PROGRAM, "run", str(self.study), "--output", str(self.output), "--force",
             "--walltime", "2.2"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        said = process.communicate()[1]
        self.assertEqual(process.returncode, 75, said)
        before = htdm.digest_of(self.output)
        self.assertNotEqual(before, self.digest)
        process = self.start(self.output)
        said = process.communicate()[1]
        self.assertEqual(process.returncode, 0, said)
        self.assertIn("goes on after", said)
        self.assertEqual(htdm.digest_of(self.output), self.digest)

    def test_what_a_killed_run_left_beside_complete_results_goes(self):
        self.stopped(self.output, "training")
        kept = self.folder / "kept"
        (self.output / "checkpoints").rename(kept)
        htdm.succeed(htdm.run("run", self.study, "--output", self.output))
        kept.rename(self.output / "checkpoints")
        for name in ("results.h5.partial-1-0", "models/edm.h5.partial-1-0", ".htdm-lock"):
            (self.output / name).write_bytes(b"half")
        said = self.finish(self.output)
        self.assertIn("nothing to do", said)
        self.assertEqual({path.name for path in (self.output / "models").iterdir()},
                         {"edm.h5", "t_edm.h5"})


class GigabyteOfCheckpoints(InFolder):
    def pile(self, whole, change, gigabyte=1 << 30, count=64):
        """Whole checkpoints before the newest, each with a large state: holes of the disk."""
        kind, = struct.unpack_from("<I", whole, 8)
        payload = 12 + kind + 8 + 32
        identity, = struct.unpack_from("<Q", whole, payload)
        text = change(whole[payload + 8:payload + 8 + identity])
        size = gigabyte // count
        start = struct.pack("<Q", len(text)) + text
        head = whole[:12 + kind] + struct.pack("<Q", size)
        checksum = hashlib.sha256(head + start)
        checksum.update(bytes(size - len(start)))
        first = head + checksum.digest() + start
        for number in range(count):
            path = self.output / "checkpoints" / f"sampling.{number:06}.ckpt"
            path.write_bytes(first)
            os.truncate(path, len(head) + 32 + size)

    def refused_or_done(self, *arguments):
        """Code, messages and megabytes of a run that was given one gigabyte of old checkpoints."""
        process = self.start(self.output, *arguments)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        self.assertLess(usage.ru_maxrss, 300 * 1024, "kilobytes of memory")
        return process.returncode, said

    def test_a_gigabyte_of_stale_checkpoints_of_this_study(self):
        self.stopped(self.output, "sampling")
        newest = self.newest("sampling")
        newest = newest.rename(newest.with_name("sampling.900000.ckpt"))
        self.pile(newest.read_bytes(), lambda identity: identity)
        code, said = self.refused_or_done(*OFTEN)
        self.assertEqual(code, 0, said)
        self.assertIn("goes on after", said)
        self.assertEqual(htdm.digest_of(self.output), self.digest)
        self.assertFalse((self.output / "checkpoints").exists())

    def test_a_gigabyte_of_stale_checkpoints_of_another_study(self):
        self.stopped(self.output, "training")
        whole = self.newest("training-edm").read_bytes()
        for path in (self.output / "checkpoints").iterdir():
            path.unlink()
        self.pile(whole, lambda identity: identity.replace(b"seed = 5", b"seed = 6"))
        code, said = self.refused_or_done()
        self.assertEqual(code, 2, said)
        self.assertIn("study.seed differs", said)
        self.assertEqual(len(list((self.output / "checkpoints").iterdir())), 64)
        htdm.succeed(htdm.run("run", self.study, "--output", self.output, "--force"))
        self.assertEqual(htdm.digest_of(self.output), self.digest)
        self.assertFalse((self.output / "checkpoints").exists())


class ModelFiles(unittest.TestCase):
    def test_damage_anywhere_is_refused(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, htdm.TINY)
            htdm.succeed(htdm.run("run", study, "--output", folder / "good"))
            whole = htdm.model_files(folder / "good")[0].read_bytes()
            user = htdm.write_study(folder, htdm.changed(
                htdm.TINY, {"models.t_edm": {"file": "model.h5"}}), "user.toml")
            # Without the 40 bytes of its seal it is whole, as if another program had written it.
            sizes = {*range(0, len(whole) - 40, PAGE), len(whole) - 39, len(whole) - 1}
            cuts = [whole[:size] for size in sorted(sizes)]
            flips = [flipped(whole, place) for place in
                     (0, 40, 200, len(whole) // 3, len(whole) // 2, len(whole) - 41,
                      len(whole) - 40, len(whole) - 32, len(whole) - 1)]
            for number, content in enumerate(cuts + flips):
                (folder / "model.h5").write_bytes(content)
                runs = [htdm.run("show", folder / "model.h5")]
                if number % 4 == 0:
                    runs.append(htdm.run("run", user, "--output", folder / "out", folder=folder))
                for process in runs:
                    self.assertEqual(process.returncode, 2, process.stderr)
                    self.assertIn("model.h5", process.stderr)
                    self.assertEqual(process.stderr.count("\n"), 1, process.stderr)
            self.assertFalse((folder / "out").exists())
            (folder / "model.h5").write_bytes(whole)
            htdm.succeed(htdm.run("run", user, "--output", folder / "out", folder=folder))


if __name__ == "__main__":
    htdm.main()
