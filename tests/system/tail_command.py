"""htdm tail: data of known laws, samples, propagated laws; text and JSON; what it refuses."""

import json
import math
import re
import unittest

import numpy as np
from scipy import stats

import htdm_program as htdm

NU = 3.0
ROWS = 40_000
LEVELS = [1e-1, 1e-2, 1e-3, 1e-7]


def mine(path, **keys):
    """A study of one column of a file, half of it held out."""
    return {
        "study": {"name": "mine", "seed": 5},
        "data": {"kind": "file", "path": path, "columns": ["loss"], **keys},
        "statistics": {"event": "linear", "weights": [1.0], "exceedance_levels": LEVELS},
    }


def write_losses(folder, values):
    path = folder / "losses.csv"
    np.savetxt(path, values, header="loss", comments="")
    return path


def t_losses():
    """t_3 draws: fixed, so that what the intervals hold is fixed, too."""
    return stats.t(NU).rvs(ROWS, random_state=np.random.default_rng(3))


# Exact denoisers: nothing is trained.
EXACT = {
    "study": {"name": "exact", "seed": 5},
    "data": {"kind": "student_t", "nu": NU, "train_samples": 5000, "test_samples": 5000},
    "models": {"exact": {"kind": "exact", "noise": "student_t", "nu": NU}},
    "samplers": {"t_ode": {"kind": "t_ode", "model": "exact", "levels": 16},
                 "t_sde": {"kind": "t_sde", "model": "exact", "levels": 16, "nu": [2.5, 3.0]}},
    "statistics": {"batches": 1, "batch_size": 20_000, "w1_samples": 1000,
                   "exceedance_levels": [1e-1, 1e-2, 1e-3]},
    "store": {"samples": 20_000},
}


def tails_of(*arguments, **layout):
    return json.loads(htdm.succeed(htdm.run("tail", *arguments, "--json", **layout)))["tails"]


def numbers_of(tail):
    """Every TailNumber of a report."""
    yield tail["index"]
    yield tail["shape"]
    for level in tail["return_levels"]:
        yield from (level[key] for key in ("fitted", "counted", "law") if level[key] is not None)


def holds(number, value):
    low, high = number["interval"]
    return (low is None or low <= value) and (high is None or value <= high)


def near(number, value):
    """Inside the interval made 1.8 times as wide: 3.5 standard errors, level 5e-4."""
    low, high = number["interval"]
    estimate = number["value"]
    return estimate - 1.8 * (estimate - low) <= value <= estimate + 1.8 * (high - estimate)


class TailCommand(unittest.TestCase):
    def refused(self, process, *words):
        self.assertEqual(process.returncode, 2, process.stderr)
        for word in words:
            self.assertIn(word, process.stderr)

    def complete(self, tail):
        """Estimate or bound, interval, method, cost and doubt."""
        for number in numbers_of(tail):
            self.assertNotEqual(number["method"], "")
            self.assertIn("seconds", number["cost"])
            self.assertEqual(number["doubtful"], number["doubt"] != "")
            self.assertEqual(number["resolved"], number["value"] is not None)
            if number["resolved"]:
                self.assertTrue(holds(number, number["value"]), number)
            else:
                self.assertIn("not resolved", number["doubt"])
                self.assertNotEqual(number["interval"], [None, None])

    def test_t_data_in_a_csv_file(self):
        """Of twelve 95 % intervals around the shape and the quantiles of t_3 at most three miss
        (level 0.002 if they were independent), and none by 1.8 times its width."""
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, mine(write_losses(folder, t_losses())))
            train, test = tails_of(study)
        law = stats.t(NU)
        self.assertEqual((train["part"], test["part"]), ("training data", "held-out data"))
        self.assertAlmostEqual(train["cost"]["draws"] + test["cost"]["draws"], ROWS)
        known = []  # numbers with what they estimate
        for tail in (train, test):
            self.complete(tail)
            self.assertEqual(tail["event"], "linear")
            known.append((tail["shape"], 1 / NU))
            self.assertFalse(tail["shape"]["doubtful"], tail["shape"])
            bulk, hundredth, thousandth, far = tail["return_levels"]
            self.assertIsNone(bulk["fitted"])  # inside the threshold of the fit
            for level, p in ((bulk, 1e-1), (hundredth, 1e-2), (thousandth, 1e-3)):
                known += [(level[key], law.isf(p)) for key in ("fitted", "counted") if level[key]]
            self.assertIn("fitted law alone", far["fitted"]["doubt"])
            self.assertFalse(far["counted"]["resolved"])
            self.assertEqual(far["counted"]["interval"], [tail["largest"], None])
        self.assertEqual(len(known), 12)
        self.assertGreaterEqual(sum(holds(*pair) for pair in known), 9, known)
        for number, value in known:
            self.assertTrue(near(number, value), (number, value))

    def test_text_says_what_json_says(self):
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, mine(write_losses(folder, t_losses())))
            text = htdm.succeed(htdm.run("tail", study))
            tails = tails_of(study)
        for tail in tails:
            for number in (tail["index"], tail["shape"], tail["return_levels"][1]["fitted"]):
                low, high = number["interval"]
                printed = rf"{number['value']:#.4g} \[{low:#.4g}, {high:#.4g}\]"
                self.assertRegex(text, printed)
            self.assertIn(f"not resolved, > {tail['largest']:#.4g}", text)
        self.assertIsNone(re.search(r"(^|[\[\s])0(\.0*)?([,\]e\s]|$)", text), text)

    def test_clustered_data_are_doubted(self):
        """Losses of days of which five in a row are equally wild."""
        draws = np.abs(stats.t(NU).rvs(ROWS // 5, random_state=np.random.default_rng(4)))
        losses = np.repeat(draws, 5) * (1 + 1e-3 * np.arange(ROWS))
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, mine(write_losses(folder, losses), split="time"))
            for tail in tails_of(study):
                for number in numbers_of(tail):
                    self.assertIn("come together", number["doubt"])

    def test_samples_laws_and_the_law_of_the_data(self):
        """The laws of samplers hold the order statistics of their own 20,000 samples in 4.5
        standard errors, and the law of t data is closed."""
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(folder, EXACT)
            out = folder / "out"
            htdm.succeed(htdm.run("run", study, "--output", out, threads=2))
            htdm.succeed(htdm.run("law", study, "--output", out, threads=2))
            tails = tails_of(study, out / "samples.h5", out / "results.h5", "--output", out)
            shown = htdm.run("show", out / "tail.h5", "--json")
            self.assertEqual(json.loads(htdm.succeed(shown))["tails"], tails)
            digests = set()
            for threads in (1, 2):
                htdm.succeed(htdm.run("tail", study, out / "samples.h5", out / "results.h5",
                                      "--output", out, "--force", threads=threads))
                digests.add(htdm.succeed(htdm.run("show", out / "tail.h5", "--digest")))
            self.refused(htdm.run("tail", study, "--output", out), "exists already", "--force")
        self.assertEqual(len(digests), 1)
        labels = [tail["label"] for tail in tails]
        samplers = ["t_ode (nu 3)", "t_sde (nu 2.5)", "t_sde (nu 3)"]
        self.assertEqual(labels, ["training data", "held-out data", "law of the data", *samplers,
                                  *("law of " + name for name in samplers)])
        for tail in tails:
            self.complete(tail)
        true = tails[2]
        for level, p in zip(true["return_levels"], (1e-1, 1e-2, 1e-3)):
            x = stats.t(NU).isf(p / 2)
            self.assertAlmostEqual(level["law"]["value"] / x, 1, delta=1e-6)
        x = stats.t(NU).isf(0.5e-3)
        slope = x * 2 * stats.t(NU).pdf(x) / 1e-3
        self.assertTrue(holds(true["index"], slope), (true["index"], slope))
        for sample, law in zip(tails[3:6], tails[6:9]):
            for drawn, exact, p in zip(sample["return_levels"], law["return_levels"],
                                       (1e-1, 1e-2, 1e-3)):
                x, index = exact["law"]["value"], law["index"]["value"]
                error = x / index / math.sqrt(20_000 * p)
                self.assertLess(abs(drawn["counted"]["value"] - x), 4.5 * error, (p, drawn))
                low, high = exact["law"]["interval"]
                self.assertLess(high - low, 0.01 * x)

    def test_laws_of_a_sweep(self):
        """Every point has a source of its own; heavier data have the larger return level."""
        study = htdm.changed(EXACT, {"store": None, "samplers.t_sde": None,
                                     "models.exact.nu": None})
        text = htdm.to_toml(study) + '[sweep]\n"data.nu" = [3.0, 5.0]\n'
        with htdm.temporary_folder() as folder:
            path = htdm.write_study(folder, text)
            htdm.succeed(htdm.run("law", path, "--output", folder / "out", threads=2))
            heavy, light = tails_of(folder / "out" / "results.h5")
        self.assertTrue(heavy["source"].endswith("point 000"), heavy["source"])
        self.assertTrue(light["source"].endswith("point 001"), light["source"])
        levels = [tail["return_levels"][2]["law"]["value"] for tail in (heavy, light)]
        self.assertGreater(levels[0], 1.5 * levels[1])

    def test_both_tails(self):
        """A t law to the left of which everything is twice as large."""
        draws = t_losses()
        losses = np.where(draws < 0, 2 * draws, draws)
        changes = {"statistics.event": "norm", "statistics.weights": None,
                   "statistics.separate_tails": True}
        with htdm.temporary_folder() as folder:
            study = htdm.write_study(
                folder, htdm.changed(mine(write_losses(folder, losses)), changes))
            tails = tails_of(study)
        self.assertEqual([tail["event"] for tail in tails], 2 * ["norm", "upper", "lower"])
        for upper, lower in ((tails[1], tails[2]), (tails[4], tails[5])):
            x = stats.t(NU).isf(1e-2)
            self.assertTrue(near(upper["return_levels"][1]["fitted"], x))
            self.assertTrue(near(lower["return_levels"][1]["fitted"], 2 * x))

    def test_refuses(self):
        with htdm.temporary_folder() as folder:
            losses = write_losses(folder, t_losses()[:300])
            self.refused(htdm.run("tail", losses), "losses.csv", '[data] kind = "file"')
            self.refused(htdm.run("tail", folder / "none.h5"), "none.h5", "does not exist")
            study = htdm.write_study(folder, mine(losses))
            self.refused(htdm.run("tail", study, "--set", "data.columns=gain"), "gain")
            few = write_losses(folder, t_losses()[:30])
            self.refused(htdm.run("tail", htdm.write_study(folder, mine(few))), "too few")
            swept = htdm.to_toml(htdm.TINY) + '[sweep]\n"data.nu" = [3.0, 4.0]\n'
            self.refused(htdm.run("tail", htdm.write_study(folder, swept)), "[sweep]")
            tiny = htdm.write_study(folder, htdm.TINY)
            htdm.succeed(htdm.run("run", tiny, "--output", folder / "run"))
            self.refused(htdm.run("tail", folder / "run" / "results.h5"), "no laws", "htdm law")
            model, = (folder / "run" / "models").iterdir()
            self.refused(htdm.run("tail", model), "kind model")
            htdm.succeed(htdm.run("law", tiny, "--output", folder / "run"))
            self.refused(htdm.run("tail", folder / "run" / "results.h5", "--set",
                                  "statistics.event=coordinate"), "statistics.event", "norm")


if __name__ == "__main__":
    htdm.main()
