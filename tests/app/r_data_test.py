"""Data sets of R packages, read without R.

The files are serialised here by hand after R Internals; nothing is shared with the reader.
"""

import bz2
import gzip
import io
import lzma
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

JOB = pathlib.Path(__file__).resolve().parents[2] / "jobs" / "real_data"
sys.path.insert(0, str(JOB))

import r_data  # noqa: E402

NULL = struct.pack(">i", 254)
MISSING = struct.pack(">II", 0x7FF00000, 1954)


class Writer:
    """Serialised R objects as bytes. Symbols are written in full once, then by reference."""

    def __init__(self):
        self.symbols = []

    def text(self, value):
        return struct.pack(">ii", 9 | 1 << 18, len(value)) + value.encode()

    def symbol(self, name):
        if name in self.symbols:
            return struct.pack(">i", (self.symbols.index(name) + 1) << 8 | 255)
        self.symbols.append(name)
        return struct.pack(">i", 1) + self.text(name)

    def pairs(self, items):
        return b"".join(struct.pack(">i", 2 | 0x400) + self.symbol(name) + value()
                        for name, value in items) + NULL

    def vector(self, kind, count, body, attributes=()):
        flags = kind | (0x200 if attributes else 0) | (0x100 if attributes else 0)
        head = struct.pack(">ii", flags, count) + body
        return head + (self.pairs(attributes) if attributes else b"")

    def reals(self, values, attributes=()):
        body = b"".join(MISSING if x is None else struct.pack(">d", x) for x in values)
        return self.vector(14, len(values), body, attributes)

    def integers(self, values, attributes=()):
        return self.vector(13, len(values), struct.pack(f">{len(values)}i", *values), attributes)

    def texts(self, values, attributes=()):
        return self.vector(16, len(values), b"".join(map(self.text, values)), attributes)

    def list(self, items, attributes=()):
        return self.vector(19, len(items), b"".join(item() for item in items), attributes)


def file(body, version=2):
    head = b"X\n" + struct.pack(">iii", version, 0x40202, 0x20300)
    return head + (struct.pack(">i", 5) + b"UTF-8" if version == 3 else b"") + body


def frame(w):
    """data.frame(day = as.Date(c(0, 366)), loss = c(1.5, 1e-300), kind = factor(...), n = 1:2)."""
    return w.list(
        [lambda: w.reals([0, 366], [("class", lambda: w.texts(["Date"]))]),
         lambda: w.reals([1.5, 1e-300]),
         lambda: w.integers([1, 1], [("levels", lambda: w.texts(["a"])),
                                     ("class", lambda: w.texts(["factor"]))]),
         lambda: compact_sequence(w)],
        [("names", lambda: w.texts(["day", "loss", "kind", "n"])),
         ("class", lambda: w.texts(["data.frame"])),
         ("row.names", lambda: w.integers([-2 ** 31, -2]))])


def compact_sequence(w):
    """1:2 as R writes it since 3.5: class, state (length, first, step), no attributes."""
    about = (struct.pack(">i", 2) + w.symbol("compact_intseq") + struct.pack(">i", 2) +
             w.symbol("base") + struct.pack(">i", 2) + w.integers([13]) + NULL)
    return struct.pack(">i", 238) + about + w.reals([2, 1, 1]) + NULL


FRAME = {"day": ["1970-01-01", "1971-01-02"], "loss": [1.5, 1e-300], "n": [1, 2]}


def matrix(w):
    return w.reals([1, 2, 3, 4, 5, 6], [
        ("dim", lambda: w.integers([3, 2])),
        ("dimnames", lambda: w.list([lambda: NULL, lambda: w.texts(["DAX", "FTSE"])])),
        ("tsp", lambda: w.reals([1991.5, 1998.6, 260])),
        ("class", lambda: w.texts(["mts", "ts"]))])


class RData(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_files_of_every_compression(self):
        for version in (2, 3):
            data = file(frame(Writer()), version)
            for pack in (bytes, gzip.compress, bz2.compress, lzma.compress):
                path = self.folder / "frame.rds"
                path.write_bytes(pack(data))
                source = r_data.open_data(path)
                self.assertEqual(source.names(), ["frame"])
                self.assertEqual(r_data.columns(source.load("frame")), FRAME)

    def test_saved_workspaces(self):
        w = Writer()
        objects = w.pairs([("a", lambda: w.reals([1, 2])), ("m", lambda: matrix(w))])
        path = self.folder / "x.rda"
        path.write_bytes(gzip.compress(b"RDX2\n" + file(objects)))
        source = r_data.open_data(path)
        self.assertEqual(source.names(), ["a", "m"])
        one = self.folder / "a.rda"
        one.write_bytes(bz2.compress(b"RDX2\n" + file(Writer().pairs(
            [("a", lambda: Writer().reals([7]))]))))
        self.assertEqual(r_data.open_data(self.folder).names(), ["a", "x"])
        self.assertEqual(r_data.columns(r_data.open_data(self.folder).load("a")), {"value": [7]})
        self.assertEqual(r_data.columns(source.load("a")), {"value": [1, 2]})
        self.assertEqual(r_data.columns(source.load("m")), {"DAX": [1, 2, 3], "FTSE": [4, 5, 6]})

    def test_lazy_load_databases(self):
        """Three ways to pack a chunk, one after the other in the same .rdb."""
        raw = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
        data, places = b"junk", {}
        for name, mark, pack in (
                ("plain", b"", zlib.compress), ("bzip", b"2", bz2.compress),
                ("xz", b"Z", lambda x: lzma.compress(x, lzma.FORMAT_RAW, filters=raw))):
            content = file(frame(Writer()))
            chunk = struct.pack(">I", len(content)) + mark + pack(content)
            places[name] = (len(data), len(chunk))
            data += chunk
        w = Writer()
        index = w.list(
            [lambda: w.list([lambda p=p: w.integers(p) for p in places.values()],
                            [("names", lambda: w.texts(list(places)))]),
             lambda: w.list([]), lambda: w.integers([1])],
            [("names", lambda: w.texts(["variables", "references", "compressed"]))])
        (self.folder / "Rdata.rdb").write_bytes(data)
        (self.folder / "Rdata.rdx").write_bytes(zlib.compress(file(index)))
        source = r_data.open_data(self.folder)
        self.assertEqual(source.names(), ["bzip", "plain", "xz"])
        for name in source.names():
            self.assertEqual(r_data.columns(source.load(name)), FRAME, name)

    def test_zoo_series_have_their_dates(self):
        w = Writer()
        series = w.reals([10, 20], [
            ("index", lambda: w.reals([365, 366], [("class", lambda: w.texts(["Date"]))])),
            ("class", lambda: w.texts(["zoo"]))])
        value = r_data.Reader(file(series)).object()
        self.assertEqual(r_data.columns(value),
                         {"date": ["1971-01-01", "1971-01-02"], "value": [10, 20]})

    def test_missing_values_are_refused_or_left_out(self):
        w = Writer()
        value = r_data.Reader(file(w.reals([1.25, None, math.pi]))).object()
        table = r_data.columns(value)
        self.assertEqual(table, {"value": [1.25, None, math.pi]})
        with self.assertRaises(r_data.FormatError):
            r_data.write_csv(table, io.StringIO())
        out = io.StringIO()
        self.assertEqual(r_data.write_csv(table, out, drop_missing=True), 1)
        self.assertEqual(out.getvalue(), f"value\n1.25\n{math.pi!r}\n")

    def test_command_refuses_what_it_does_not_know(self):
        cut = self.folder / "cut.rds"
        cut.write_bytes(file(frame(Writer()))[:-40])
        other = self.folder / "other.rds"
        other.write_bytes(b"not of R")
        for arguments in ([cut, "cut"], [other, "other"], [self.folder / "none.rds", "x"]):
            process = subprocess.run([sys.executable, JOB / "r_data.py", *arguments],
                                     capture_output=True, text=True, check=False)
            self.assertEqual(process.returncode, 2, process.stderr)
            self.assertIn(str(arguments[0]), process.stderr)
            self.assertNotIn("Traceback", process.stderr)


if __name__ == "__main__":
    unittest.main()
