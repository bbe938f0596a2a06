"""What whole-program tests share: studies as dictionaries, running the program, reading results.

CTest names the program and the tests' folder by the environment variables HTDM_PROGRAM and
HTDM_TESTS; each test program ends with main(), which fails when no test ran and was skipped.
"""

import contextlib
import copy
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["HTDM_PROGRAM"]
TESTS = pathlib.Path(os.environ["HTDM_TESTS"])
MPIRUN = str(TESTS / "support" / "mpirun.sh")
SKIPPED = 77  # exit code when every test was skipped

# A run of a fraction of a second that trains, samples and measures.
TINY = {
    "study": {"name": "tiny", "seed": 3},
    "data": {"kind": "student_t", "nu": 3.0, "train_samples": 2000, "test_samples": 2000},
    "models": {"t_edm": {"noise": "student_t", "nu": 3.0, "steps": 5, "batch": 64, "hidden": [16]}},
    "samplers": {"t_sde": {"kind": "t_sde", "model": "t_edm", "levels": 4, "nu": 2.5}},
    "statistics": {"batches": 2, "batch_size": 500, "w1_samples": 1000},
}


def changed(study, changes):
    """A copy of `study` with {"section.key": value}; the value None takes the key out."""
    result = copy.deepcopy(study)
    for dotted, value in changes.items():
        *tables, key = dotted.split(".")
        table = result
        for name in tables:
            table = table.setdefault(name, {})
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return result


def to_toml(table, prefix=""):
    """TOML of nested dictionaries of numbers, strings, booleans and lists."""
    lines = [f"{key} = {toml_value(value)}" for key, value in table.items()
             if not isinstance(value, dict)]
    text = "\n".join(([f"[{prefix}]"] if prefix and lines else []) + lines) + "\n"
    for key, value in table.items():
        if isinstance(value, dict):
            text += to_toml(value, f"{prefix}.{key}" if prefix else key)
    return text


def toml_value(value):
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(str(value) if isinstance(value, pathlib.Path) else value)


def write_study(folder, study, name="study.toml"):
    path = pathlib.Path(folder) / name
    path.write_text(study if isinstance(study, str) else to_toml(study))
    return path


def run(*arguments, ranks=1, threads=1, environment=None, folder=None):
    """The finished process of `htdm arguments...`, under mpirun when there are several ranks."""
    settings = {**os.environ, "OMP_NUM_THREADS": str(threads), **(environment or {})}
    launch = [MPIRUN, str(ranks), str(threads)] if ranks > 1 else []
    return subprocess.run([*launch, PROGRAM, *map(str, arguments)], env=settings, cwd=folder,
                          capture_output=True, text=True, check=False)


def run_for_codes(*arguments, ranks, folder):
    """The process of `htdm arguments...` and the sorted exit codes of its ranks."""
    with tempfile.TemporaryDirectory() as codes:
        script = f'"$@"; echo $? > {codes}/$OMPI_COMM_WORLD_RANK'
        process = subprocess.run(
            [MPIRUN, str(ranks), "1", "sh", "-c", script, "sh", PROGRAM, *map(str, arguments)],
            cwd=folder, capture_output=True, text=True, check=False)
        return process, sorted(int(file.read_text()) for file in pathlib.Path(codes).iterdir())


def succeed(process):
    """The standard output of a process that must have ended well."""
    if process.returncode != 0:
        command = " ".join(map(str, process.args))
        raise AssertionError(f"{command}\nended with {process.returncode}:\n"
                             f"{process.stdout}{process.stderr}")
    return process.stdout


def results_of(output):
    return json.loads(succeed(run("show", pathlib.Path(output) / "results.h5", "--json")))


def digest_of(output):
    return succeed(run("show", pathlib.Path(output) / "results.h5", "--digest")).strip()


@functools.lru_cache(maxsize=None)
def digest_of_text(study):
    """The digest of one run of a study, given as TOML, on one rank of two threads."""
    with temporary_folder() as folder:
        succeed(run("run", write_study(folder, study), "--output", folder / "out", threads=2))
        return digest_of(folder / "out")


def children(pid):
    """Processes that a process has started."""
    return [int(child)
            for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def model_files(output):
    """The model files of a run, by name."""
    found = sorted(p for p in pathlib.Path(output).rglob("*.h5") if p.name != "results.h5")
    if not found:
        raise AssertionError(f"no model file in {output}")
    return found


def tree(folder):
    """Every file below `folder` with a checksum of its content, and every folder."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
            for path in sorted(pathlib.Path(folder).rglob("*"))}


@contextlib.contextmanager
def temporary_folder():
    with tempfile.TemporaryDirectory(prefix="htdm-") as folder:
        yield pathlib.Path(folder)


def main():
    result = unittest.main(module="__main__", exit=False, verbosity=2).result
    if result.skipped and len(result.skipped) >= result.testsRun and result.wasSuccessful():
        print("; ".join(sorted({why for _, why in result.skipped})))
        sys.exit(SKIPPED)
    if result.testsRun == 0:
        sys.exit("no test ran")
    sys.exit(not result.wasSuccessful())
