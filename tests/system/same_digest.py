"""The same study gives the same digest, whatever the ranks, threads, tile size, instruction set and
place of its files; another study gives another."""

import pathlib
import unittest

import htdm_program as htdm

SHAPES = [(1, 1), (1, 2), (2, 1), (3, 1), (4, 1), (2, 2)]  # ranks x threads
TILES = [16, 64, 1000]

# Two models, so that two ranks form two groups and three and four share one; sizes that neither
# ranks, threads, tiles nor blocks divide. In one dimension some samplers run on tables, two of them
# on the same one, and others on their network.
STUDY = {
    "study": {"name": "layouts", "seed": 11},
    "data": {"kind": "student_t", "nu": 3.0, "train_samples": 5003, "test_samples": 4001},
    "models": {
        "edm": {"noise": "gaussian", "steps": 53, "batch": 101, "hidden": [24, 17]},
        "t_edm": {"noise": "student_t", "nu": 3.0, "steps": 47, "batch": 97, "shards": 5,
                  "hidden": [32], "spread_steps": 31},
    },
    "samplers": {
        "ve_sde": {"kind": "ve_sde", "model": "edm", "levels": 12,
                   "denoiser": "network"},
        "t_ode": {"kind": "t_ode", "model": "t_edm", "levels": 9},
        "t_sde": {"kind": "t_sde", "model": "t_edm", "levels": 12, "nu": [2.5, 4.0]},
        "t_sde_ablated": {"kind": "t_sde_ablated", "model": "t_edm", "levels": 12},
        "t_chain": {"kind": "t_chain", "model": "t_edm", "levels": 12, "denoiser": "network"},
        "t_sde_exact": {"kind": "t_sde_exact", "model": "t_edm", "levels": 8,
                        "denoiser": "network"},
    },
    "statistics": {"batches": 3, "batch_size": 3701, "block_size": 517, "w1_samples": 7001,
                   "exceedance_levels": [0.2, 0.05]},
}
PLANE = htdm.changed(STUDY, {"data.dimension": 2})


class SameDigest(unittest.TestCase):
    def run_study(self, study, output, **layout):
        path = htdm.write_study(pathlib.Path(output).parent, study)
        htdm.succeed(htdm.run("run", path, "--output", output, "--force", **layout))
        # Intervals of moments are no part of the digest.
        moments = [s["moments"] for s in htdm.results_of(output)["samplers"]]
        return htdm.digest_of(output) + str(moments)

    def one_digest(self, digests):
        self.assertEqual(len(set(digests.values())), 1, digests)

    def test_ranks_and_threads(self):
        for study, how in (STUDY, "table"), (PLANE, "network"):
            with htdm.temporary_folder() as folder:
                self.one_digest({
                    shape: self.run_study(study, folder / "out", ranks=shape[0], threads=shape[1])
                    for shape in SHAPES})
                denoisers = {s["name"]: s["denoiser"]
                             for s in htdm.results_of(folder / "out")["samplers"]}
                self.assertEqual((denoisers["t_sde"], denoisers["t_chain"]), (how, "network"))

    def test_tiles(self):
        with htdm.temporary_folder() as folder:
            digests = {"default": self.run_study(STUDY, folder / "out")}
            for tile in TILES:
                digests[tile] = self.run_study(STUDY, folder / "out", ranks=2,
                                               environment={"HTDM_TILE": str(tile)})
            self.one_digest(digests)

    def test_instruction_sets_when_sampling(self):
        flags = pathlib.Path("/proc/cpuinfo").read_text().split()
        if "avx512bw" not in flags:
            self.skipTest("this processor has no AVX-512")
        for trained in (STUDY, PLANE):
            with htdm.temporary_folder() as folder:
                self.run_study(trained, folder / "trained")
                files = {path.stem: path for path in htdm.model_files(folder / "trained")}
                study = htdm.changed(trained, {"models": {name: {"file": str(files[name])}
                                                          for name in trained["models"]}})
                self.one_digest({isa: self.run_study(study, folder / isa,
                                                     environment={"HTDM_ISA": isa})
                                 for isa in ("avx2", "avx512")})

    def test_place_of_model_files(self):
        with htdm.temporary_folder() as folder:
            self.run_study(STUDY, folder / "trained")
            digests = {}
            for place in ("here", "there"):
                (folder / place).mkdir()
                files = {}
                for path in htdm.model_files(folder / "trained"):
                    files[path.stem] = {"file": str(folder / place / path.name)}
                    (folder / place / path.name).write_bytes(path.read_bytes())
                study = htdm.changed(STUDY, {"models": files})
                digests[place] = self.run_study(study, folder / place / "out")
            self.one_digest(digests)

    def test_other_studies_have_other_digests(self):
        changes = [{}, {"study.seed": 12}, {"models.edm.steps": 54}, {"samplers.t_ode.levels": 10},
                   {"statistics.batch_size": 3702}, {"study.independent_noise": True}]
        with htdm.temporary_folder() as folder:
            digests = [self.run_study(htdm.changed(STUDY, change), folder / "out")
                       for change in changes]
        self.assertEqual(len(set(digests)), len(changes), digests)
        self.assertRegex(digests[0], r"^[0-9a-f]{64}\b")


if __name__ == "__main__":
    htdm.main()
