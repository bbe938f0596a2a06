"""What tests of stopping and going on share: one study, runs of it that are stopped, and how they
must end."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

import htdm_program as htdm

# Some two seconds on a fast idle core, half of them training: many times the interval between
# checkpoints, so that every stage leaves some before it ends, however fast the machine is.
STUDY = {
    "study": {"name": "restart", "seed": 5},
    "data": {"kind": "student_t", "nu": 3.0, "train_samples": 20_000, "test_samples": 20_000},
    "models": {
        "edm": {"noise": "gaussian", "steps": 6000, "batch": 256, "hidden": [48, 48]},
        "t_edm": {"noise": "student_t", "steps": 6000, "batch": 256, "hidden": [48, 48]},
    },
    "samplers": {
        "ve_sde": {"kind": "ve_sde", "model": "edm", "levels": 32, "denoiser": "network"},
        "t_sde": {"kind": "t_sde", "model": "t_edm", "levels": 32, "nu": [2.5, 3.0],
                  "denoiser": "network"},
    },
    "statistics": {"batches": 4, "batch_size": 50_000, "block_size": 1024,
                   "w1_samples": 60_000},
}
OFTEN = ("--checkpoint-interval", "0.05")


def wait_for(process, output, series):
    """Until a checkpoint of `series` is there; the run must not end before."""
    while not list(pathlib.Path(output).glob(f"checkpoints/{series}*.ckpt")):
        if process.poll() is not None:
            raise AssertionError(f"the run ended with no checkpoint of {series} in {output}: "
                                 f"{process.stderr.read()}")
        time.sleep(0.005)


class StoppedRuns(unittest.TestCase):
    """Tests of `values`; the digest is that of a run that was never stopped."""

    values = STUDY

    @classmethod
    def setUpClass(cls):
        cls.home = cls.enterClassContext(htdm.temporary_folder())
        cls.study = htdm.write_study(cls.home, cls.values)
        htdm.succeed(htdm.run("run", cls.study, "--output", cls.home / "whole"))
        cls.digest = htdm.digest_of(cls.home / "whole")

    def start(self, output, *arguments, ranks=1, prefix=()):
        launch = [htdm.MPIRUN, str(ranks), "1"] if ranks > 1 else []
        return subprocess.Popen(
            [*launch, *prefix, htdm.PROGRAM, "run", str(self.study), "--output", str(output),
             "--restart", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)

    def finish(self, output, **how):
        """Go on to the end; the digest must be that of the run that never stopped."""
        process = self.start(output, *OFTEN, **how)
        said = process.communicate()[1]
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(htdm.digest_of(output), self.digest, said)
        left = {path.name for path in pathlib.Path(output).iterdir()}
        self.assertEqual(left, {"models", "results.h5"})
        return said

    def stop(self, process, number):
        """The codes of a run whose processes got a signal."""
        process.send_signal(number)
        said = process.communicate()[1]
        return process.returncode, said

    def stopped(self, output, series, number=signal.SIGUSR1, **how):
        """A run that was told to stop once it had left a checkpoint of `series`."""
        process = self.start(output, *OFTEN, **how)
        wait_for(process, output, series)
        code, said = self.stop(process, number)
        self.assertEqual(code, 75, said)
        self.assertIn("--restart", said)
        self.assertFalse((output / "results.h5").exists())
