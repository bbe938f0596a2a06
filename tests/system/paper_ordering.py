"""Networks trained here order the samplers as the paper finds: jobs/paper/paper.toml without its
sweep. At 1e6 paths the standard error at the level 1e-3 is 3 %, far inside every bound below."""

import unittest

import htdm_program as htdm

STUDY = htdm.TESTS.parent / "jobs" / "paper" / "paper.toml"


class PaperOrdering(unittest.TestCase):
    def test_ordering(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(htdm.run("run", STUDY, "--output", folder / "out", "--set",
                                  "samplers.t_sde.nu=2.5", ranks=2))
            samplers = {s["name"]: s for s in htdm.results_of(folder / "out")["samplers"]}
        extreme = {name: next(e for e in s["exceedance"] if e["level"] == 1e-3)
                   for name, s in samplers.items()}
        for name in ("t_ode", "t_sde"):
            self.assertGreater(extreme[name]["probability"], 0.5e-3, name)
            self.assertLess(extreme[name]["probability"], 2e-3, name)
        self.assertLess(extreme["ve_sde"]["probability"], 1e-3 / 5)
        self.assertEqual(extreme["t_sde_ablated"]["count"], 0)
        low, high = extreme["t_sde_ablated"]["interval"]
        self.assertEqual(low, 0)
        self.assertAlmostEqual(high, 3.689e-6, delta=0.01e-6)  # 1 - 0.025^(1/1e6)
        self.assertGreater(samplers["t_sde_ablated"]["w1_test"], 5 * samplers["t_sde"]["w1_test"])


if __name__ == "__main__":
    htdm.main()
