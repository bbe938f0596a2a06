"""kill -9 of a rank or of mpirun, in training, in sampling and while a checkpoint is written: the
run continues from its checkpoints to the digest of one that was never killed.

HTDM_KILLS sets how often (4). The last lines say where the kills landed."""

import collections
import contextlib
import os
import pathlib
import random
import signal
import time
import unittest

import htdm_program as htdm
from stopped_runs import OFTEN, STUDY, StoppedRuns, wait_for

KILLS = int(os.environ.get("HTDM_KILLS", 4))
# In this order between a start and an end: stage, and whether while a checkpoint is written.
AIMS = [("training", False), ("training", True), ("sampling", False), ("sampling", True)]


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_end(pids, seconds=60):
    """Ranks may outlive mpirun for a moment."""
    deadline = time.monotonic() + seconds
    while any(map(is_running, pids)):
        if time.monotonic() > deadline:
            raise AssertionError(f"of processes {pids} some still run after {seconds} s")
        time.sleep(0.01)


def rank_of(pid):
    variables = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return next(v for v in variables if v.startswith(b"OMPI_COMM_WORLD_RANK="))


def checkpoints(output, kind="*.ckpt"):
    return {path.name for path in (output / "checkpoints").glob(kind)}


class Kills(StoppedRuns):
    # Two kills in a row must find each stage under way, on a fast machine with two ranks, too.
    values = htdm.changed(STUDY, {"models.edm.steps": 50_000, "models.t_edm.steps": 50_000,
                                  "statistics.batch_size": 100_000})
    moments = random.Random(1)

    def test_kill_9_of_a_rank_or_of_mpirun(self):
        landed = collections.Counter()
        for first in range(0, KILLS, len(AIMS)):
            with htdm.temporary_folder() as folder:
                for kill in range(first, min(KILLS, first + len(AIMS))):
                    landed.update(self.kill(folder / "out", *AIMS[kill % len(AIMS)]))
                left = checkpoints(folder / "out", "training-*.ckpt")
                said = self.finish(folder / "out", ranks=3)
                self.assertNotIn("damaged", said)
                for series in {name.partition(".")[0] for name in left}:
                    self.assertIn(f"{series} goes on after", said)
        print(f"{KILLS} kills: {dict(landed)}")
        for place in ("training", "sampling", "writing"):
            self.assertGreaterEqual(landed[place], KILLS // 5, landed)

    def kill(self, output, stage, writing):
        """Kill a run once it has come further in `stage`. Where that was, from what is left."""
        before = checkpoints(output)
        process = self.start(output, *OFTEN, ranks=2)
        while not any(name.startswith(stage) for name in checkpoints(output) - before):
            self.assertIsNone(process.poll(), f"it ended before {stage}")
            time.sleep(0.002)
        mpirun = htdm.children(process.pid)[0]
        ranks = htdm.children(mpirun)
        victim = self.moments.choice([mpirun, *ranks])
        if writing:
            writer = self.wait_for_writer(process, output)
            victim = self.moments.choice([mpirun, writer, writer, writer])
        else:
            time.sleep(self.moments.uniform(0, 0.3))
        with contextlib.suppress(ProcessLookupError):  # it had ended
            os.kill(victim, signal.SIGKILL)
        process.communicate()
        wait_for_end(ranks)
        self.assertNotEqual(process.returncode, 0)
        places = ["sampling" if (output / "models").exists() else "training",
                  "mpirun" if victim == mpirun else "rank"]
        return places + ["writing"] * bool(checkpoints(output, "*.partial-*"))

    def wait_for_writer(self, process, output):
        """The rank that is writing a checkpoint."""
        while True:
            for name in checkpoints(output, "*.partial-*"):
                return int(name.rpartition(".partial-")[2].split("-")[0])
            self.assertIsNone(process.poll(), "it ended without another checkpoint")

    def test_ranks_left_behind_keep_others_out(self):
        with htdm.temporary_folder() as folder:
            # In a session of its own a stopped rank stays stopped when mpirun dies.
            process = self.start(folder / "out", *OFTEN, ranks=2, prefix=("setsid", "--wait"))
            wait_for(process, folder / "out", "training-t_edm")  # rank 1 trains it, and writes
            mpirun = htdm.children(process.pid)[0]
            root, other = sorted((htdm.children(launcher)[0] for launcher in
                                  htdm.children(mpirun)), key=rank_of)
            os.kill(other, signal.SIGSTOP)
            os.kill(mpirun, signal.SIGKILL)
            os.kill(root, signal.SIGKILL)
            wait_for_end([mpirun, root])
            refused = htdm.run("run", self.study, "--output", folder / "out", "--restart")
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn(f"ranks left behind by process {root}", refused.stderr)
            os.kill(other, signal.SIGCONT)
            os.kill(other, signal.SIGKILL)
            wait_for_end([other])
            process.communicate()
            self.finish(folder / "out")


if __name__ == "__main__":
    htdm.main()
