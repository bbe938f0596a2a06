"""A SLURM of four nodes for tests of batch scripts, and a top folder for them to run in."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import htdm_program as htdm

TOP = htdm.TESTS.parent
CANNOT = 77  # start.sh: there can be no SLURM here
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")


class LocalSlurm:
    """Started when made; stopped by stop(), or by itself when this process ends.

    folder: a top folder of the shipped jobs and scripts, with the program that is tested; batch
    scripts are submitted, and write their logs and results, there.
    """

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="htdm-slurm-"))
        self._daemons = self.folder / "slurm"
        self._scripts = TOP / "cluster" / "local-slurm"
        (self.folder / "build" / "bin").mkdir(parents=True)
        (self.folder / "build" / "bin" / "htdm").symlink_to(htdm.PROGRAM)
        for name in ("analysis", "cluster", "jobs"):
            (self.folder / name).symlink_to(TOP / name)
        started = subprocess.run(
            [self._scripts / "start.sh", self._daemons, "--until", str(os.getpid())],
            capture_output=True, text=True, check=False)
        if started.returncode != 0:
            self.stop()
        if started.returncode == CANNOT:
            raise unittest.SkipTest(started.stderr.strip())
        settings = dict(re.findall(r"(\w+)=(\S+)", htdm.succeed(started)))
        self.environment = {**os.environ, **settings, "HTDM_REPORT": "no"}

    def stop(self):
        subprocess.run([self._scripts / "stop.sh", self._daemons], check=True, capture_output=True)
        shutil.rmtree(self.folder)

    def command(self, *arguments, **environment):
        """Standard output of a command that must succeed, run in the top folder."""
        return htdm.succeed(subprocess.run(
            [*map(str, arguments)], cwd=self.folder, env={**self.environment, **environment},
            capture_output=True, text=True, check=False)).strip()

    def submit(self, *arguments, **environment):
        """Ids of the jobs that cluster/submit submits: the job, and the merging one if any."""
        said = self.command("cluster/submit", *arguments, **environment)
        return re.findall(r"job (\d+)", said)

    def job(self, job):
        """State, Restarts, ... of a job as scontrol shows them; of every task of an array."""
        shown = self.command("scontrol", "show", "job", "-o", job).splitlines()
        return [dict(re.findall(r"(\w+)=(\S*)", line)) for line in shown]

    def cut_power(self, node):
        """All processes of the node are gone at once, and SLURM is told."""
        os.kill(int((self._daemons / "pids" / node).read_text()), signal.SIGKILL)
        self.command("scontrol", "update", f"nodename={node}", "state=down", "reason=power cut")

    def ranks_on(self, node):
        """Ids of the processes of htdm on a node."""
        def below(process):
            children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text()
            for child in children.split():
                yield child
                yield from below(child)

        outermost = (self._daemons / "pids" / node).read_text().strip()
        return [int(process) for process in below(outermost)
                if pathlib.Path(f"/proc/{process}/comm").read_text().strip() == "htdm"]

    def power_on(self, node):
        """Starts a node again after cut_power()."""
        subprocess.run([self._scripts / "node.sh", self._daemons, node], env=self.environment,
                       check=True)

    def states(self, job):
        return [task["JobState"] for task in self.job(job)]

    def wait(self, job, seconds=120):
        """The job (the tasks of an array) when it has ended."""
        self.wait_for(f"job {job} to end", seconds,
                      lambda: all(state in ENDED for state in self.states(job)), job)
        return self.job(job)

    def wait_for(self, what, seconds, condition, job):
        """Polls; hurries a requeued job, which SLURM holds back for a dozen seconds."""
        deadline = time.monotonic() + seconds
        held = {}
        while not condition():
            now = time.monotonic()
            if now > deadline:
                raise AssertionError(f"waited {seconds} s for {what}\n{self.report(job)}")
            for task in self.job(job):
                name = (f"{task['ArrayJobId']}_{task['ArrayTaskId']}" if "ArrayTaskId" in task
                        else task["JobId"])
                if (task["JobState"], task["Reason"]) != ("PENDING", "BeginTime"):
                    held.pop(name, None)
                # Its nodes refuse the job within a second or two of having ended it.
                elif now > held.setdefault(name, now) + 3:
                    subprocess.run(["scontrol", "update", f"jobid={name}", "StartTime=now"],
                                   env=self.environment, check=False)
            time.sleep(0.2)

    def log(self, job):
        """What the job, or the tasks of an array, have written."""
        files = [*self.folder.glob(f"*-{job}.log"), *self.folder.glob(f"*-{job}-*.log")]
        return "\n".join(path.read_text(errors="replace") for path in sorted(files))

    def report(self, job):
        keys = ("JobState", "Reason", "ExitCode", "Restarts", "NodeList")
        lines = [" ".join(f"{key}={task[key]}" for key in keys) for task in self.job(job)]
        return "\n".join([f"job {job}:", *lines, "log:", self.log(job)])
