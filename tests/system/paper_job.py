"""jobs/paper.sh, made small: laws, figures, table and report are there, and a second run succeeds."""

import re
import subprocess
import unittest

import htdm_program as htdm

SMALL = {"data.train_samples": 20_000, "data.test_samples": 20_000, "models.edm.steps": 40,
         "models.t_edm.steps": 40, "samplers.t_ode.levels": 8, "samplers.t_sde.levels": 8,
         "samplers.t_sde.nu": [2.5, 3.0], "samplers.ve_sde.levels": 8, "samplers.t_sde_ablated.levels": 8,
         "statistics.batch_size": 2000, "statistics.w1_samples": 20_000}


class PaperJob(unittest.TestCase):
    def test_twice(self):
        script = htdm.TESTS.parent / "jobs" / "paper.sh"
        with htdm.temporary_folder() as folder:
            arguments = [str(script), "--output", str(folder / "out")]
            for key, value in SMALL.items():
                arguments += ["--set", f"{key}={value}"]
            for _ in range(2):
                table = htdm.succeed(subprocess.run(arguments, capture_output=True, text=True,
                                                    check=False))
            for name in ("t_ode", "t_sde", "t_sde_ablated", "ve_sde"):
                self.assertRegex(table, rf"\b{name}\b")
            self.assertGreater(len(re.findall(r"\[.*,.*\]", table)), 0, f"no intervals:\n{table}")
            for file in ("results.h5", "table1.csv", "table1.tex", "report.html"):
                self.assertGreater((folder / "out" / file).stat().st_size, 100, file)
            figures = {path.name for path in (folder / "out" / "figures").iterdir()}
            self.assertLessEqual({"survival.png", "law.png", "marginals.png"}, figures)
            for sampler in htdm.results_of(folder / "out")["samplers"]:
                self.assertEqual({e["method"] for e in sampler["exceedance"]}, {"count", "law"})


if __name__ == "__main__":
    htdm.main()
