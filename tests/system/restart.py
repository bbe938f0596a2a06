"""Stopping and going on: a run that was stopped anywhere, and continued on other ranks, gives the
digest of one that never stopped; nothing half-written stays behind."""

import os
import signal
import subprocess
import time
import unittest

import htdm_program as htdm
from stopped_runs import OFTEN, STUDY, StoppedRuns, wait_for
from stored_samples import numbers


class Restart(StoppedRuns):
    def test_signals_stop_it_at_a_checkpoint(self):
        for number in (signal.SIGUSR1, signal.SIGTERM):
            for series in ("training", "sampling"):
                with htdm.temporary_folder() as folder:
                    self.stopped(folder / "out", series, number)
                    self.finish(folder / "out", ranks=1 + (series == "training"))

    def test_mpirun_passes_usr1_to_all_ranks(self):
        with htdm.temporary_folder() as folder:
            process = self.start(folder / "out", *OFTEN, ranks=3)
            wait_for(process, folder / "out", "sampling")
            os.kill(htdm.children(process.pid)[0], signal.SIGUSR1)  # mpirun is the child of timeout
            said = process.communicate()[1]
            self.assertEqual(process.returncode, 75, said)
            self.finish(folder / "out", ranks=2)

    def test_a_signal_to_one_rank_stops_all(self):
        for series in ("training", "sampling"):
            with htdm.temporary_folder() as folder:
                process = self.start(folder / "out", *OFTEN, ranks=2)
                wait_for(process, folder / "out", series)
                ranks = sorted(htdm.children(htdm.children(process.pid)[0]))
                os.kill(ranks[1], signal.SIGUSR1)
                said = process.communicate()[1]
                self.assertEqual(process.returncode, 75, f"{series}: {said}")
                self.finish(folder / "out")

    def test_walltime(self):
        """Each attempt has a second of work, on other ranks than the one before."""
        with htdm.temporary_folder() as folder:
            codes = []
            for attempt in range(40):
                start = time.monotonic()
                process = self.start(folder / "out", "--walltime", "3", ranks=1 + attempt % 2)
                said = process.communicate()[1]
                codes.append(process.returncode)
                self.assertIn(process.returncode, (0, 75), said)
                if process.returncode == 0:
                    break
                self.assertLess(time.monotonic() - start, 10, said)
            self.assertEqual(codes[-1], 0, codes)
            self.assertEqual(codes[0], 75, codes)
            self.assertEqual(htdm.digest_of(folder / "out"), self.digest)

    def test_a_damaged_checkpoint_is_told_and_passed_over(self):
        with htdm.temporary_folder() as folder:
            self.stopped(folder / "out", "sampling")
            for newest in (folder / "out" / "checkpoints").glob("*.ckpt"):
                newest.write_bytes(newest.read_bytes()[:-1])
            self.assertIn("damaged", self.finish(folder / "out"))

    def test_what_is_refused(self):
        with htdm.temporary_folder() as folder:
            process = self.start(folder / "out", *OFTEN)
            wait_for(process, folder / "out", "training")
            process.send_signal(signal.SIGSTOP)  # still there when the second one starts
            again = htdm.run("run", self.study, "--output", folder / "out", "--restart")
            self.assertEqual(again.returncode, 2, again.stderr)
            self.assertIn(f"process {process.pid}", again.stderr)
            process.send_signal(signal.SIGUSR1)
            code, said = self.stop(process, signal.SIGCONT)
            self.assertEqual(code, 75, said)
            arguments = ("run", self.study, "--output", folder / "out")
            plain = htdm.run(*arguments)
            self.assertEqual(plain.returncode, 2, plain.stderr)
            self.assertIn("--restart", plain.stderr)
            law = htdm.run("law", self.study, "--output", folder / "out")
            self.assertEqual(law.returncode, 2, law.stderr)
            self.assertIn("--restart", law.stderr)
            other = htdm.run(*arguments, "--restart", "--set", "study.seed=6")
            self.assertEqual(other.returncode, 2, other.stderr)
            self.assertIn("study.seed", other.stderr)
            self.finish(folder / "out")

    def test_a_folder_that_goes_away_costs_nothing_but_checkpoints(self):
        with htdm.temporary_folder() as folder:
            process = self.start(folder / "out", *OFTEN)
            wait_for(process, folder / "out", "training")
            (folder / "out").rename(folder / "away")
            said = process.communicate()[1]
            self.assertEqual(process.returncode, 0, said)
            self.assertEqual(htdm.digest_of(folder / "out"), self.digest)

    @unittest.skipUnless(os.geteuid() == 0, "only root may mount a small disk")
    def test_a_full_disk_ends_with_a_message_and_loses_nothing(self):
        with htdm.temporary_folder() as folder:
            def mount(*options):
                return subprocess.run(["mount", *options, folder], capture_output=True, text=True,
                                      check=False)
            made = mount("-t", "tmpfs", "-o", "size=300k", "tmpfs")
            if made.returncode != 0:
                self.skipTest(f"no disk can be mounted here: {made.stderr}")
            try:
                process = self.start(folder / "out", *OFTEN)
                said = process.communicate()[1]
                self.assertEqual(process.returncode, 2, said)
                self.assertIn("the disk takes no more", said)
                self.assertEqual(list(folder.rglob("*.partial*")), [])
                self.assertEqual(mount("-o", "remount,size=100m").returncode, 0)
                self.finish(folder / "out")
            finally:
                subprocess.run(["umount", folder], check=True)


class Hangs(unittest.TestCase):
    def hang(self, victim, ranks, series, *settings):
        """What a run says when a rank stops once there is a checkpoint of `series`."""
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, STUDY)
            process = subprocess.Popen(
                [htdm.MPIRUN, str(ranks), "1", htdm.PROGRAM, "run", str(study), "--output",
                 str(folder / "out"), *settings, *OFTEN],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                env={**os.environ, "HTDM_WATCHDOG": "5"}, start_new_session=True)
            wait_for(process, folder / "out", series)
            os.kill(sorted(htdm.children(htdm.children(process.pid)[0]))[victim], signal.SIGSTOP)
            said = process.communicate(timeout=60)[1]
            self.assertNotEqual(process.returncode, 0)
            return said

    def test_a_rank_that_hangs_is_named(self):
        said = self.hang(1, 2, "sampling", "--set", "statistics.batch_size=100_000_000")
        self.assertIn("rank 1 has said nothing", said)

    def test_a_rank_that_hangs_in_training_is_named(self):
        """Of three ranks 0 and 2 train one model, 1 the other."""
        endless = [word for model in ("edm", "t_edm")
                   for word in ("--set", f"models.{model}.steps=100_000_000")]
        for victim, message in ((0, "rank 0 has not answered"), (1, "rank 1 has said nothing"),
                                (2, "rank 2 has said nothing")):
            said = self.hang(victim, 3, "training-edm", *endless)
            self.assertIn(message, said)
            for other in {0, 1, 2} - {victim}:
                self.assertNotIn(f"rank {other} has", said)


class Spread(StoppedRuns):
    """A model of two networks, stopped in the training of the second."""

    values = htdm.changed(STUDY, {
        "models.edm": None, "models.t_edm.steps": 2000, "models.t_edm.spread_steps": 6000,
        "samplers": {"t_sde_exact": {"model": "t_edm", "levels": 16, "denoiser": "network"}},
        "statistics.batch_size": 10_000, "statistics.w1_samples": 20_000})

    def test_it_goes_on_on_other_ranks(self):
        with htdm.temporary_folder() as folder:
            self.stopped(folder / "out", "training-t_edm-spread")
            said = self.finish(folder / "out", ranks=2)
            self.assertIn("training-t_edm-spread goes on after", said)
            limits = htdm.results_of(folder / "out")["models"][0]["spread"]["limits"]
            self.assertEqual([limit["sigma"] for limit in limits], [0.002, 0.02, 0.2, 2, 20, 80])
            for limit in limits:
                for what in ("mean", "median"):
                    low, high = limit[f"{what}_interval"]
                    self.assertTrue(low <= limit[what] <= high)
                self.assertAlmostEqual(limit["mean"], 1, delta=0.05)
            # c^2 over a = nu/(nu - 2) = 3: 1 without noise, (3 + t^2)/6 of a t_3 draw without data,
            # whose median is at |t| = 0.76489. Training of this size errs by 3 %.
            self.assertAlmostEqual(limits[0]["median"], 1, delta=0.1)
            for limit in limits[4:]:
                self.assertAlmostEqual(limit["median"], (3 + 0.76489**2) / 6, delta=0.05)


class StoredSamples(unittest.TestCase):
    def test_samples_are_whole_after_a_stop(self):
        """What [store] asks for is there bit by bit, though the first run never finished it."""
        study = htdm.changed(STUDY, {"store.samples": 70_000, "store.paths": 50,
                                     "models.edm.steps": 50, "models.t_edm.steps": 50})
        with htdm.temporary_folder() as folder:
            path = htdm.write_study(folder, study)
            htdm.succeed(htdm.run("run", path, "--output", folder / "whole"))
            process = subprocess.Popen([htdm.PROGRAM, "run", str(path), "--output",
                                        str(folder / "out"), *OFTEN], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True,
                                       env={**os.environ, "OMP_NUM_THREADS": "1"})
            wait_for(process, folder / "out", "entry-000")  # one entry done, one under way
            process.send_signal(signal.SIGUSR1)
            said = process.communicate()[1]
            self.assertEqual(process.returncode, 75, said)
            htdm.succeed(htdm.run("run", path, "--output", folder / "out", "--restart", ranks=2))
            whole, stopped = (numbers(folder / name / "samples.h5") for name in ("whole", "out"))
            self.assertEqual(set(whole), set(stopped))
            self.assertIn("samplers/002/path_state", whole)
            for name, content in whole.items():
                self.assertEqual(content, stopped[name], name)
            self.assertEqual(htdm.digest_of(folder / "whole"), htdm.digest_of(folder / "out"))


if __name__ == "__main__":
    htdm.main()
