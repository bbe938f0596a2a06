"""Memory does not grow with the number of paths: 1e8 paths peak within 10 % of 1e6 paths.

One rank of two threads, the exact denoiser of Gaussian data and few levels, so that nearly all of
the work is what grows with the paths: draws, statistics and the folding of blocks.
"""

import os
import unittest

import htdm_program as htdm

STUDY = {
    "study": {"name": "memory"},
    "data": {"kind": "gaussian", "train_samples": 100_000, "test_samples": 100_000},
    "models": {"exact": {"kind": "exact", "noise": "gaussian"}},
    "samplers": {"ve_sde": {"kind": "ve_sde", "model": "exact", "levels": 3}},
    "statistics": {"batches": 10, "w1_samples": 1_000_000},
}


def peak_memory(paths, folder):
    """Peak resident bytes of a run, as the kernel counts them for the finished process."""
    study = htdm.changed(STUDY, {"statistics.batch_size": paths // 10})
    path = htdm.write_study(folder, study)
    arguments = [htdm.PROGRAM, "run", str(path), "--output", str(folder / "out"), "--force"]
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
             (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(arguments[0], arguments, {**os.environ, "OMP_NUM_THREADS": "2"},
                           file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise AssertionError(f"a run of {paths} paths failed")
    return usage.ru_maxrss * 1024


class Memory(unittest.TestCase):
    def test_peak_does_not_grow_with_paths(self):
        with htdm.temporary_folder() as folder:
            few = peak_memory(1_000_000, folder)
            many = peak_memory(100_000_000, folder)
            self.assertEqual(htdm.results_of(folder / "out")["samplers"][0]["paths"], 100_000_000)
        print(f"peak at 1e6 paths {few / 1e6:.1f} MB, at 1e8 paths {many / 1e6:.1f} MB")
        self.assertLess(abs(many / few - 1), 0.10)


if __name__ == "__main__":
    htdm.main()
