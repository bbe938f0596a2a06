"""Running the analysis scripts from tests."""

import contextlib
import importlib
import io
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ANALYSIS = TESTS.parent / "analysis"
sys.path[:0] = [str(ANALYSIS), str(Path(__file__).parent)]
sys.dont_write_bytecode = True

import plotting  # noqa: E402

plotting.plt.rcParams["savefig.dpi"] = 50  # for speed; what is drawn does not depend on it


def run(script, *arguments):
    """The script's main in this process: exit code, output and messages."""
    out, err = io.StringIO(), io.StringIO()
    arguments = list(map(str, arguments))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        module = importlib.import_module(Path(script).stem)
        if script.startswith("figure"):
            code = plotting.main(module.pictures, module.__doc__, arguments,
                                 getattr(module, "KIND", "results"))
        else:
            code = module.main(arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def run_program(script, *arguments):
    """The script as a program of its own, in a batch job's bare environment."""
    return subprocess.run([sys.executable, "-B", ANALYSIS / script, *map(str, arguments)],
                          capture_output=True, text=True, encoding="utf-8", timeout=300,
                          env={"PYTHONIOENCODING": "utf-8", "MPLCONFIGDIR": tempfile.gettempdir()})


class InFolder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def refused(self, outcome, *words):
        """Exit code 2, one line that names what is wrong."""
        self.assertEqual(outcome.returncode, 2, outcome.stderr)
        self.assertNotIn("Traceback", outcome.stderr)
        for word in words:
            self.assertIn(word, outcome.stderr.splitlines()[-1])
