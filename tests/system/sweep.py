"""Every point of a sweep holds what a run of its own would have found, bit for bit; one file, one
digest for any layout, after a stop and from parts; a model that points share is trained once."""

import signal
import subprocess
import sys
import time
import unittest

import htdm_program as htdm

sys.path.insert(0, str(htdm.TESTS.parent / "analysis"))
import htdm_results  # noqa: E402
import table  # noqa: E402

STUDY = htdm.changed(htdm.TINY, {
    "study.name": "swept", "data.test_samples": 1000, "statistics.block_size": 128})
CROSSED = {"data.nu": [3.0, 5.0], "models.t_edm.nu": [2.5, 4.0]}
# Other levels leave the model as it is.
ZIPPED = {"mode": "zipped", "samplers.t_sde.levels": [4, 5, 6],
          "statistics.exceedance_levels": [[0.1], [0.1, 0.01], 0.05]}


def sweep_toml(study, sweep):
    lines = [f'"{key}" = {htdm.toml_value(value)}' for key, value in sweep.items()]
    return htdm.to_toml(study) + "[sweep]\n" + "\n".join(lines) + "\n"


def entries(samplers):
    """What was found, without times."""
    return [{key: value for key, value in entry.items() if key not in ("seconds", "point")}
            for entry in samplers]


class Sweep(unittest.TestCase):
    def sweep(self, folder, sweep, *arguments, name="out", study=STUDY, **layout):
        path = htdm.write_study(folder, sweep_toml(study, sweep))
        return htdm.run("run", path, "--output", folder / name, *arguments, **layout)

    def check_points(self, folder, sweep, points):
        """Every point against a plain run of its study."""
        found = htdm.results_of(folder / "out")
        self.assertEqual(found["sweep"]["points"], points)
        for p, point in enumerate(points):
            plain = htdm.write_study(folder, htdm.changed(STUDY, point), f"{p}.toml")
            htdm.succeed(htdm.run("run", plain, "--output", folder / f"plain-{p}"))
            wanted = htdm.results_of(folder / f"plain-{p}")
            for kind in ("samplers", "models"):
                mine = [entry for entry in found[kind] if entry["point"] == point]
                self.assertEqual(entries(mine), entries(wanted[kind]), (point, kind))
            self.assertEqual(
                [file.name for file in htdm.model_files(folder / f"out/points/{p:03}")],
                ["t_edm.h5"])
            self.assertFalse((folder / f"out/points/{p:03}/results.h5").exists())
        return found

    def test_crossed_on_other_layouts_and_in_python(self):
        with htdm.temporary_folder() as folder:
            shown = htdm.succeed(self.sweep(folder, CROSSED))
            self.assertIn("=== point 002: data.nu = 5.0, models.t_edm.nu = 2.5", shown)
            points = [{"data.nu": a, "models.t_edm.nu": b}
                      for a in CROSSED["data.nu"] for b in CROSSED["models.t_edm.nu"]]
            self.check_points(folder, CROSSED, points)
            digest = htdm.digest_of(folder / "out")
            for name, layout in (("two", {"ranks": 2}), ("threads", {"threads": 2})):
                htdm.succeed(self.sweep(folder, CROSSED, name=name, **layout))
                self.assertEqual(htdm.digest_of(folder / name), digest)
            results = htdm_results.read(folder / "out")
            self.assertEqual(results["samplers"][1]["point"], points[1])
            rows = table.rows(results)
            self.assertEqual(len(rows), 4 * 2)  # points, levels
            self.assertEqual((rows[2]["data.nu"], rows[2]["models.t_edm.nu"]), (3.0, 4.0))
            table.write_csv(results, folder / "table.csv")
            self.assertTrue((folder / "table.csv").read_text().startswith("data.nu,models.t_edm.nu,"))
            refused = self.sweep(folder, CROSSED)
            self.assertEqual(refused.returncode, 2)
            again = self.sweep(folder, CROSSED, "--restart")
            self.assertIn("nothing to do", htdm.succeed(again) + again.stderr)
            other = self.sweep(folder, {**CROSSED, "data.nu": [3.0]}, "--restart")
            self.assertEqual(other.returncode, 2)
            self.assertIn("data.nu", other.stderr)

    def test_zipped_and_trained_once(self):
        with htdm.temporary_folder() as folder:
            process = self.sweep(folder, ZIPPED, ranks=2)
            htdm.succeed(process)
            self.assertIn("3 points, 1 models to train", process.stderr)
            points = [{"samplers.t_sde.levels": 4, "statistics.exceedance_levels": [0.1]},
                      {"samplers.t_sde.levels": 5, "statistics.exceedance_levels": [0.1, 0.01]},
                      {"samplers.t_sde.levels": 6, "statistics.exceedance_levels": [0.05]}]
            found = self.check_points(folder, ZIPPED, points)
            seconds = [model["seconds"] for model in found["models"]]
            self.assertGreater(seconds[0], 0)
            self.assertEqual(seconds[1:], [0, 0])

    def test_parts_merge(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.sweep(folder, CROSSED))
            for part in range(2):
                htdm.succeed(self.sweep(folder, CROSSED, "--part", f"{part}/2", name=f"part-{part}"))
            parts = [folder / "part-0", folder / "part-1"]
            htdm.succeed(htdm.run("merge", *parts, "--output", folder / "merged"))
            self.assertEqual(htdm.digest_of(folder / "merged"), htdm.digest_of(folder / "out"))
            self.assertEqual(len(htdm.model_files(folder / "merged")), 4)
            one = htdm.run("merge", parts[0], "--output", folder / "one")
            self.assertEqual(one.returncode, 2)
            self.assertIn("missing", one.stderr)

    def test_laws_of_all_points(self):
        with htdm.temporary_folder() as folder:
            htdm.succeed(self.sweep(folder, {"data.nu": [3.0, 5.0]}))
            htdm.succeed(htdm.run("law", folder / "study.toml", "--output", folder / "out"))
            found = htdm.results_of(folder / "out")
            self.assertTrue(all(entry["propagated_law"] for entry in found["samplers"]))
            self.assertEqual(len({entry["propagated_law"]["w1"] for entry in found["samplers"]}), 2)

    def test_stop_and_restart(self):
        """Stopped in training, in the first point, and in a later one."""
        study = htdm.changed(STUDY, {"models.t_edm.steps": 1000, "statistics.batch_size": 60_000})
        with htdm.temporary_folder() as folder:
            path = htdm.write_study(folder, sweep_toml(study, CROSSED))
            htdm.succeed(htdm.run("run", path, "--output", folder / "whole", threads=2))
            stops = 0
            for sign in ("checkpoints", "points/000", "points/002", None):
                process = subprocess.Popen(
                    [htdm.PROGRAM, "run", path, "--output", folder / "out", "--restart",
                     "--checkpoint-interval", "0.2"], stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE, text=True)
                while sign and process.poll() is None and not (folder / "out" / sign).exists():
                    time.sleep(0.01)
                if sign:
                    process.send_signal(signal.SIGUSR1)
                _, messages = process.communicate()
                stops += process.returncode == 75
                if process.returncode == 0:
                    break
                self.assertEqual(process.returncode, 75, messages)
            self.assertEqual(process.returncode, 0, messages)
            self.assertGreater(stops, 1)
            self.assertEqual(htdm.digest_of(folder / "out"), htdm.digest_of(folder / "whole"))
            self.assertFalse((folder / "out/checkpoints").exists())

    def test_check(self):
        with htdm.temporary_folder() as folder:
            path = htdm.write_study(folder, sweep_toml(STUDY, ZIPPED))
            shown = htdm.succeed(htdm.run("check", path))
            self.assertIn("models to train: 1", shown)
            self.assertEqual(shown.count("statistics.exceedance_levels = "), 3)
            path = htdm.write_study(folder, sweep_toml(STUDY, {"study.seed": [1, 2]}))
            measured = htdm.succeed(htdm.run("check", path, "--measure", ranks=2))
            for word in ("measured on 2 rank(s)", "training", "sampling", "wall time",
                         "core-hours"):
                self.assertIn(word, measured)


if __name__ == "__main__":
    htdm.main()
