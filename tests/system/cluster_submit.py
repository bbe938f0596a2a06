"""cluster/submit: what it writes, for every job and site, and what it refuses."""

import os
import re
import subprocess
import unittest

import htdm_program as htdm

TOP = htdm.TESTS.parent
JOBS = sorted(path.parent.name for path in TOP.glob("jobs/*/submit.sbatch"))


def submit(*arguments, **environment):
    return subprocess.run([str(TOP / "cluster" / "submit"), *arguments], capture_output=True,
                          text=True, env={**os.environ, **environment}, check=False)


class Submit(unittest.TestCase):
    def script(self, *arguments, **environment):
        return htdm.succeed(submit("--dry-run", *arguments, **environment))

    def refused(self, process, *texts):
        self.assertEqual(process.returncode, 2, process.stdout)
        for text in texts:
            self.assertIn(text, process.stderr)

    def site(self, folder, text):
        path = folder / "site.env"
        path.write_text((TOP / "cluster/sites/generic.env").read_text() + text)
        return str(path)

    def test_every_job(self):
        for job in JOBS:
            with self.subTest(job=job):
                script = self.script(job)
                self.assertTrue(script.startswith("#!/usr/bin/env bash\n"))
                self.assertIn("\nexport HTDM_SITE=generic\n", script)
                for option in ("--requeue", "--open-mode=append", "--signal=B:USR1@", "--time="):
                    self.assertIn(f"\n#SBATCH {option}", script)
                htdm.succeed(subprocess.run(["bash", "-n"], input=script, capture_output=True,
                                            text=True, check=False))

    def test_site_and_options(self):
        with htdm.temporary_folder() as folder:
            site = self.site(folder, 'HTDM_PARTITION=long\nHTDM_ACCOUNT=us\n'
                                     'HTDM_PREEMPTIBLE_PARTITION=spare\nHTDM_SBATCH="--qos=low"\n')
            script = self.script("paper", "--site", site, "--nodes=4", "--", "--set",
                                 "study.name=a b")
            spare = self.script("preemptible", f"--site={site}", "--", "mine.toml")
        options = re.findall(r"^#SBATCH (.*)", script, re.MULTILINE)
        self.assertEqual(options[-4:],
                         ["--partition=long", "--account=us", "--qos=low", "--nodes=4"])
        self.assertIn("\nset -- '--set' 'study.name=a b'\n", script)
        self.assertIn("\n#SBATCH --partition=spare\n", spare)
        # sbatch reads options down to the first command.
        self.assertLess(script.rindex("#SBATCH"), script.index("\nexport"))

    def test_merging_job(self):
        _, merging = self.script("seeds").split("# Then")
        for option in ("--dependency=afterok:ID", "--kill-on-invalid-dep=yes"):
            self.assertIn(f"\n#SBATCH {option}\n", merging)
        self.assertNotIn("--array", merging)

    def test_settings_are_written(self):
        self.assertIn("\nexport HTDM_TILE=64\n", self.script("paper", HTDM_TILE="64"))

    def test_refuses(self):
        self.refused(submit("papers"), "no job papers; there are: ", "paper")
        self.refused(submit("paper", "--site", "nowhere"), "no site profile", "generic mpirun")
        self.refused(submit("paper", "--nodes", "4"), "--name=value")
        self.refused(submit(), "cluster/submit JOB")


if __name__ == "__main__":
    htdm.main()
