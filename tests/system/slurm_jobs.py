"""The shipped batch scripts on a real SLURM of four nodes on this machine: whatever happens to a
job, it ends with the digest of a run that nothing happened to, or fails in the open."""

import os
import signal
import unittest

import htdm_program as htdm
from local_slurm import LocalSlurm

# The paper's study in a second.
SMALL_PAPER = [
    "data.train_samples=20_000", "data.test_samples=20_000", "models.edm.steps=40",
    "models.t_edm.steps=40", "samplers.ve_sde.levels=8", "samplers.t_ode.levels=8",
    "samplers.t_sde.levels=8", "samplers.t_sde.nu=2.5", "samplers.t_sde_ablated.levels=8",
    "statistics.batch_size=2000", "statistics.w1_samples=20_000"]

# A part of the sweep in a second.
SMALL_SWEEP = [
    "data.train_samples=20_000", "data.test_samples=20_000", "models.t_edm.steps=200",
    "samplers.t_sde.nu=[2.5,4.0]", "statistics.batch_size=100_000",
    "statistics.w1_samples=20_000"]

# Two seconds on one core, and most of a minute in tiles of one path, which change no bit.
STUDY = htdm.changed(htdm.TINY, {
    "study.name": "slow", "models.t_edm.steps": 200, "samplers.t_sde.levels": 64,
    "samplers.t_sde.nu": [2.5, 4.0], "statistics.batches": 10, "statistics.batch_size": 400_000})
SLOW_AT_FIRST = '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || export HTDM_TILE=1'
SLOW_LAST_TASK = f'[ "${{SLURM_ARRAY_TASK_ID:-}}" != 3 ] || {SLOW_AT_FIRST}'
ONE_RANK = ["--ntasks-per-node=1", "--cpus-per-task=1"]
TWO_NODES = ["--nodes=2", *ONE_RANK]


def settings(keys):
    return [word for key in keys for word in ("--set", key)]


class OnSlurm(unittest.TestCase):
    """What the tests share."""

    @classmethod
    def setUpClass(cls):
        cls.slurm = LocalSlurm()
        cls.addClassCleanup(cls.slurm.stop)

    @classmethod
    def submit_slow(cls, name, site, *options, line="", **environment):
        """A run of STUDY as results/NAME, slow until it is restarted, that checkpoints often."""
        htdm.write_study(cls.slurm.folder, STUDY, f"{name}.toml")
        profile = cls.profile(name, site, f"{SLOW_AT_FIRST}\n{line}")
        return cls.slurm.submit("preemptible", "--site", profile, *options, "--", f"{name}.toml",
                                "--checkpoint-interval", "0.5", **environment)

    @classmethod
    def profile(cls, name, site, line):
        """A site profile with one line more."""
        path = cls.slurm.folder / f"{name}.env"
        shipped = cls.slurm.folder / "cluster" / "sites" / f"{site}.env"
        path.write_text(f"{shipped.read_text()}\n{line}\n")
        return path

    def output(self, name):
        return self.slurm.folder / "results" / name

    def wait_for_checkpoint(self, name, job):
        folder = self.output(name) / "checkpoints"
        self.slurm.wait_for(f"a checkpoint of {name}", 30,
                            lambda: folder.is_dir() and any(folder.glob("*.ckpt")), job)

    def signal(self, job, name="USR1"):
        self.slurm.command("scancel", f"--signal={name}", "--batch", job)

    def completed(self, job, name, restarts):
        """The job has ended well, with the digest of an undisturbed run, after so many restarts."""
        task, = self.slurm.wait(job)
        report = self.slurm.report(job)
        self.assertEqual((task["JobState"], task["ExitCode"]), ("COMPLETED", "0:0"), report)
        self.assertIn(int(task["Restarts"]), restarts, report)
        self.assertEqual(htdm.digest_of(self.output(name)), htdm.digest_of_text(htdm.to_toml(STUDY)), report)


class Jobs(OnSlurm):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # SLURM looks at time limits twice a minute; other tests go on meanwhile. Its shortest limit
        # is a minute, so that all of it is within the warning time.
        cls.limited, = cls.submit_slow("limited", "generic", *TWO_NODES, "--nodelist=n1,n2",
                                       "--time=1", "--signal=B:USR1@60")

    def test_array_and_merge(self):
        """One task stops and is requeued, the others are left alone, and all parts are merged. It
        is the last, whose plain job id is that of the whole array."""
        profile = self.profile("array", "generic", SLOW_LAST_TASK)
        array, merging = self.slurm.submit(
            "nu_sweep", "--site", profile, *ONE_RANK, "--array=0-3", "--", *settings(SMALL_SWEEP),
            "--checkpoint-interval", "0.5", HTDM_PARTS="4")
        self.wait_for_checkpoint("nu_sweep/part-3-of-4", array)
        self.signal(f"{array}_3")
        tasks = self.slurm.wait(array)
        merged, = self.slurm.wait(merging)
        report = self.slurm.report(array) + self.slurm.report(merging)
        self.assertEqual({(task["ArrayTaskId"], task["JobState"], task["Restarts"])
                          for task in tasks},
                         {(str(i), "COMPLETED", str(int(i == 3))) for i in range(4)}, report)
        self.assertEqual(merged["JobState"], "COMPLETED", report)
        with htdm.temporary_folder() as folder:
            study = self.slurm.folder / "jobs" / "nu_sweep" / "nu_sweep.toml"
            htdm.succeed(htdm.run("run", study, "--output", folder, *settings(SMALL_SWEEP),
                                  threads=2))
            self.assertEqual(htdm.digest_of(self.output("nu_sweep")), htdm.digest_of(folder))

    def test_failing_task(self):
        """A task of no part fails; what depends on the array is cancelled and nothing merged."""
        array, merging = self.slurm.submit(
            "nu_sweep", *ONE_RANK, "--array=0-2", "--", *settings(SMALL_SWEEP),
            "--output", "results/failing", HTDM_PARTS="2")
        tasks = self.slurm.wait(array)
        self.assertEqual(sorted((task["JobState"], task["ExitCode"]) for task in tasks),
                         [("COMPLETED", "0:0"), ("COMPLETED", "0:0"), ("FAILED", "2:0")])
        merged, = self.slurm.wait(merging)
        self.assertEqual(merged["JobState"], "CANCELLED")
        self.assertIn("set HTDM_PARTS", self.slurm.log(array))
        self.assertFalse((self.output("failing") / "results.h5").exists())

    def test_time_limit(self):
        self.completed(self.limited, "limited", restarts=range(1, 5))
        self.assertIn("asked by SIGUSR1", self.slurm.log(self.limited))

    def test_cancelled_and_submitted_again(self):
        job, = self.submit_slow("cancelled", "generic", *TWO_NODES)
        self.wait_for_checkpoint("cancelled", job)
        self.slurm.command("scancel", job)
        task, = self.slurm.wait(job)
        self.assertEqual(task["JobState"], "CANCELLED", self.slurm.report(job))
        self.assertIn("asked by SIGTERM", self.slurm.log(job))
        again, = self.slurm.submit("preemptible", *ONE_RANK, "--", "cancelled.toml")
        self.completed(again, "cancelled", restarts=[0])

    def test_node_lost(self):
        """A job goes on where another node is free, and on all of its nodes when they are back."""
        self.slurm.wait(self.limited)  # which is on these nodes
        alone, = self.submit_slow("alone", "generic", "--exclude=n3,n4", *ONE_RANK)
        pair, = self.submit_slow("pair", "generic", "--nodelist=n3,n4", *TWO_NODES)
        self.wait_for_checkpoint("alone", alone)
        self.wait_for_checkpoint("pair", pair)
        host = self.slurm.job(alone)[0]["BatchHost"]
        for node in (host, "n4"):
            self.slurm.cut_power(node)
        self.slurm.power_on("n4")
        self.completed(pair, "pair", restarts=[1])
        self.completed(alone, "alone", restarts=[1])
        self.assertNotEqual(self.slurm.job(alone)[0]["BatchHost"], host)
        self.slurm.power_on(host)


class MoreJobs(OnSlurm):
    def test_paper_as_shipped(self):
        plain = self.slurm.command("sbatch", "--parsable", "jobs/paper/submit.sbatch",
                                   *settings(SMALL_PAPER))
        by_mpirun, = self.slurm.submit("paper", "--site", "mpirun", *TWO_NODES, "--",
                                       *settings(SMALL_PAPER), "--output", "results/by_mpirun")
        for job in (plain, by_mpirun):
            task, = self.slurm.wait(job)
            self.assertEqual(task["JobState"], "COMPLETED", self.slurm.report(job))
        self.assertEqual(htdm.digest_of(self.output("paper")),
                         htdm.digest_of(self.output("by_mpirun")))

    def test_stop_under_mpirun(self):
        job, = self.submit_slow("mpirun", "mpirun", *TWO_NODES)
        self.wait_for_checkpoint("mpirun", job)
        self.signal(job)
        self.completed(job, "mpirun", restarts=[1])

    def test_stop_at_the_start(self):
        job, = self.submit_slow("early", "generic", *ONE_RANK)
        self.slurm.wait_for("a word of srun", 30, lambda: self.slurm.log(job), job)
        self.signal(job)
        self.completed(job, "early", restarts=[1])

    def test_no_more_restarts(self):
        job, = self.submit_slow("once", "generic", *ONE_RANK, HTDM_MAX_RESTARTS="0")
        self.wait_for_checkpoint("once", job)
        self.signal(job)
        task, = self.slurm.wait(job)
        self.assertEqual((task["JobState"], task["ExitCode"]), ("FAILED", "75:0"))
        self.assertIn("HTDM_MAX_RESTARTS", self.slurm.log(job))

    def test_preempted(self):
        job, = self.submit_slow("preempted", "generic", "--partition=spare", "--nodelist=n1",
                                *ONE_RANK)
        self.wait_for_checkpoint("preempted", job)
        rival = self.slurm.command("sbatch", "--parsable", "--output=/dev/null", "--nodelist=n1",
                                   "--exclusive", "--wrap", "sleep 1")
        self.completed(job, "preempted", restarts=[1])
        self.assertEqual(self.slurm.states(rival), ["COMPLETED"])
        self.assertIn("asked by SIGTERM", self.slurm.log(job))

    def test_killed_rank(self):
        """The other rank does not wait for it for ever; submitted again, the job continues."""
        job, = self.submit_slow("killed", "generic", "--nodelist=n3,n4", *TWO_NODES,
                                line='HTDM_LAUNCH=${HTDM_LAUNCH/--wait=30/--wait=2}')
        self.wait_for_checkpoint("killed", job)
        rank, = self.slurm.ranks_on("n4")
        os.kill(rank, signal.SIGKILL)
        task, = self.slurm.wait(job)
        self.assertEqual((task["JobState"], task["ExitCode"]), ("FAILED", "137:0"))
        again, = self.slurm.submit("preemptible", *ONE_RANK, "--", "killed.toml")
        self.completed(again, "killed", restarts=[0])


if __name__ == "__main__":
    htdm.main()
