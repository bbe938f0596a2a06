#!/usr/bin/python3
"""Read data sets of R packages without R: lazy-load databases (Rdata.rdb), .rda and .rds files.

    r_data.py FOLDER_OR_FILE                 list what is there
    r_data.py FOLDER_OR_FILE NAME -o x.csv   write one data set as CSV

FOLDER is a package's `data` folder. Vectors become one column, matrices and time series their
columns, data frames their numeric and Date columns. Missing values are refused, or rows with them
left out with --drop-missing. Only the standard library is needed.

The format is R's XDR serialisation (R Internals, section 1.8): a header, then items that begin with
32 bits of type and flags, all big-endian. A lazy-load database keeps each object as a compressed
serialisation at an offset of the .rdb file that the index, the .rdx file, tells.
"""

import argparse
import bz2
import csv
import datetime
import gzip
import lzma
import math
import struct
import sys
import zlib
from pathlib import Path

NA_INTEGER = -(2 ** 31)
NA_REAL_LOW_WORD = 1954  # of the NaN that stands for a missing number


class FormatError(Exception):
    """The file is not what this reader knows."""


class Value(list):
    """An R vector, its attributes beside it. Numbers that are missing are None."""

    def __init__(self, items=(), attributes=None):
        super().__init__(items)
        self.attributes = attributes or {}

    def named(self):
        """A list with names as a dictionary."""
        return dict(zip(self.attributes.get("names", []), self))


class Symbol(str):
    """A name."""


class Other:
    """An R object that holds no data for us (a function, an environment, ...)."""

    def __init__(self, kind):
        self.kind = kind
        self.attributes = {}


class Reader:
    """One serialised object."""

    # Types of R that stand for a fixed object and have no content.
    FIXED = {254: None, 253: "global", 252: "unbound", 251: "missing", 250: "base namespace",
             242: "empty", 241: "base"}

    def __init__(self, data):
        self.data = data
        self.position = 0
        self.references = []

    def object(self):
        if self.data[:2] != b"X\n":
            raise FormatError("not an XDR serialisation of R")
        self.position = 2
        version = self.integer()
        self.position += 8  # versions that wrote it and that can read it
        if version == 3:
            self.take(self.integer())  # name of the native encoding
        elif version != 2:
            raise FormatError(f"serialisation version {version} is not known")
        return self.item()

    def take(self, count):
        if count < 0 or self.position + count > len(self.data):
            raise FormatError("the data end in the middle of an object")
        self.position += count
        return self.data[self.position - count:self.position]

    def integer(self):
        return struct.unpack(">i", self.take(4))[0]

    def length(self):
        count = self.integer()
        if count == -1:
            high, low = struct.unpack(">II", self.take(8))
            count = (high << 32) + low
        return count

    def item(self):
        flags = self.integer()
        kind, has_attributes, has_tag = flags & 0xFF, bool(flags & 0x200), bool(flags & 0x400)
        if kind in self.FIXED:
            return self.FIXED[kind] and Other(self.FIXED[kind])
        if kind == 255:
            return self.references[(flags >> 8 or self.integer()) - 1]
        if kind == 1:
            symbol = Symbol(self.item())
            self.references.append(symbol)
            return symbol
        if kind in (2, 3, 5, 6, 239, 240):
            return self.pairs(kind, has_attributes or kind in (239, 240), has_tag)
        if kind in (247, 248, 249):  # a persistent name, a package, a namespace
            self.integer()
            for _ in range(self.integer()):
                self.item()
            return self.referred(Other("environment"))
        if kind == 4:
            return self.environment()
        if kind == 238:
            return self.alternative()
        if kind == 9:
            return self.characters()
        value = self.vector(kind)
        if has_attributes:
            value.attributes = self.attributes()
        return value

    def referred(self, value):
        self.references.append(value)
        return value

    def pairs(self, kind, has_attributes, has_tag):
        """A pairlist as a Value with names; its tail is read in a loop."""
        kinds, result, names = kind, Value(), []
        attributes = {}
        while True:
            if has_attributes:
                attributes = self.attributes()
            names.append(str(self.item()) if has_tag else "")
            result.append(self.item())
            flags = self.integer()
            kind = flags & 0xFF
            if kind not in (2, 3, 5, 6, 239, 240):
                self.position -= 4
                self.item()  # what ends the list: NULL, but for dotted pairs
                break
            has_attributes = bool(flags & 0x200) or kind in (239, 240)
            has_tag = bool(flags & 0x400)
        if kinds in (3, 5):
            return Other("function")
        result.attributes = {**attributes, "names": names}
        return result

    def attributes(self):
        pairs = self.item()
        return pairs.named() if isinstance(pairs, Value) else {}

    def environment(self):
        environment = self.referred(Other("environment"))
        self.integer()  # locked
        for _ in range(4):  # enclosure, frame, hash table, attributes
            self.item()
        return environment

    def alternative(self):
        """A compact form (ALTREP): class, state, attributes."""
        about, state = self.item(), self.item()
        attributes = self.attributes()
        name = about[0]
        if name in ("compact_intseq", "compact_realseq"):
            count, first, step = state
            value = Value(first + step * i for i in range(int(count)))
            if name == "compact_intseq":
                value = Value(map(int, value))
        elif name.startswith("wrap_"):
            value = state[0]
        elif name == "deferred_string":
            numbers = state[0]
            value = Value(f"{x:.15g}" if isinstance(x, float) else str(x) for x in numbers)
        else:
            raise FormatError(f"the compact form {name} is not known")
        value.attributes = {**value.attributes, **attributes}
        return value

    def characters(self):
        count = self.integer()
        return None if count == -1 else self.take(count).decode("utf-8", "replace")

    def vector(self, kind):
        if kind == 25:  # S4: all of it is in its attributes
            return Value()
        count = self.length()
        if kind in (10, 13):  # logical, integer
            numbers = struct.unpack(f">{count}i", self.take(4 * count))
            return Value(None if x == NA_INTEGER else x for x in numbers)
        if kind in (14, 15):  # real; complex as pairs
            count *= kind - 13
            raw = self.take(8 * count)
            numbers = struct.unpack(f">{count}d", raw)
            words = struct.unpack(f">{2 * count}I", raw)
            return Value(None if math.isnan(x) and words[2 * i + 1] == NA_REAL_LOW_WORD else x
                         for i, x in enumerate(numbers))
        if kind in (16, 19, 20):  # texts, lists, expressions
            return Value(self.item() for _ in range(count))
        if kind == 24:
            return Value(self.take(count))
        raise FormatError(f"an R object of type {kind} is not known")


def unpacked(data):
    """What a compressed file holds."""
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:3] == b"BZh":
        return bz2.decompress(data)
    if data[:6] == b"\xfd7zXZ\x00":
        return lzma.decompress(data)
    if data[:1] == b"\x78":
        return zlib.decompress(data)
    return data


def chunk(data, offset, length):
    """An object of a lazy-load database: length of the unpacked bytes (big-endian), perhaps a byte
    that names the compression, the packed bytes."""
    piece = data[offset:offset + length]
    size, = struct.unpack(">I", piece[:4])
    body = piece[4:]
    kinds = {b"2": bz2.decompress, b"Z": lzma_any, b"0": bytes}
    content = kinds[body[:1]](body[1:]) if body[:1] in kinds else zlib.decompress(body)
    if len(content) != size:
        raise FormatError(f"an object has {len(content)} bytes in place of {size}")
    return content


def lzma_any(body):
    """xz, or the raw LZMA stream that R writes into its databases."""
    if body[:6] == b"\xfd7zXZ\x00":
        return lzma.decompress(body)
    return lzma.decompress(body, lzma.FORMAT_RAW,
                           filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}])


class Database:
    """A lazy-load database: FOLDER/Rdata.rdb with its index FOLDER/Rdata.rdx."""

    def __init__(self, stem):
        index = Reader(unpacked(stem.with_suffix(".rdx").read_bytes())).object().named()
        self.places = index["variables"].named()
        self.data = stem.with_suffix(".rdb").read_bytes()

    def names(self):
        return sorted(self.places)

    def load(self, name):
        return Reader(chunk(self.data, *self.places[name])).object()


class SavedFile:
    """A .rda or .RData file (several objects by name), or a .rds file (one, named after it)."""

    def __init__(self, path):
        data = unpacked(path.read_bytes())
        if data[:5] in (b"RDX2\n", b"RDX3\n"):
            self.objects = Reader(data[5:]).object().named()
        else:
            self.objects = {path.stem: Reader(data).object()}

    def names(self):
        return sorted(self.objects)

    def load(self, name):
        return self.objects[name]


class Folder:
    """A folder of .rda files, each with the data set that it is named after."""

    def __init__(self, path):
        self.files = {file.stem: file for file in path.iterdir()
                      if file.suffix in (".rda", ".RData")}
        if not self.files:
            raise FormatError("the folder holds no Rdata.rdx and no .rda files")

    def names(self):
        return sorted(self.files)

    def load(self, name):
        return SavedFile(self.files[name]).load(name)


def open_data(path):
    """A package's data folder, or one file."""
    path = Path(path)
    if path.is_dir():
        return Database(path / "Rdata") if (path / "Rdata.rdx").exists() else Folder(path)
    return Database(path.with_suffix("")) if path.suffix in (".rdb", ".rdx") else SavedFile(path)


def is_numbers(value):
    return all(x is None or isinstance(x, (int, float)) for x in value)


def dates(days):
    """Days since 1970 as texts."""
    epoch = datetime.date(1970, 1, 1)
    return [None if day is None else str(epoch + datetime.timedelta(days=int(day)))
            for day in days]


def columns(value):
    """{name: numbers or dates} of a data set."""
    attributes = value.attributes
    classes = attributes.get("class", [])
    if ".Data" in attributes:  # S4 around a vector or matrix
        return columns(Value(attributes[".Data"], {**attributes[".Data"].attributes}))
    if "data.frame" in classes:
        found = {}
        for name, column in value.named().items():
            kinds = column.attributes.get("class", [])
            if "Date" in kinds:
                found[name] = dates(column)
            elif is_numbers(column) and "factor" not in kinds:
                found[name] = list(column)
        return found
    if not is_numbers(value):
        raise FormatError("it does not hold numbers")
    index = attributes.get("index")  # of a zoo series
    found = {}
    if index is not None and "Date" in index.attributes.get("class", []):
        found["date"] = dates(index)
    shape = attributes.get("dim")
    if not shape or len(shape) == 1:
        return {**found, "value": list(value)}
    if len(shape) != 2:
        raise FormatError(f"it is an array of {len(shape)} dimensions")
    names = (attributes.get("dimnames") or [None, None])[1]
    rows = shape[0]
    for j in range(shape[1]):
        found[names[j] if names else f"column{j}"] = list(value[j * rows:(j + 1) * rows])
    return found


def write_csv(table, file, drop_missing=False):
    """Write columns of equal length; returns how many rows were left out."""
    rows = list(zip(*table.values()))
    whole = [row for row in rows if all(x is not None and x == x for x in row)]
    if len(whole) < len(rows) and not drop_missing:
        raise FormatError(f"{len(rows) - len(whole)} of {len(rows)} rows have missing values; "
                          "--drop-missing leaves them out")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table)
    writer.writerows([repr(x) if isinstance(x, float) else x for x in row] for row in whole)
    return len(rows) - len(whole)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("source", help="data folder of an R package, or a file of R")
    parser.add_argument("name", nargs="?", help="data set; without it all names are listed")
    parser.add_argument("-o", "--output", type=Path, help="CSV to write (standard output)")
    parser.add_argument("--drop-missing", action="store_true", help="leave out incomplete rows")
    options = parser.parse_args()
    try:
        source = open_data(options.source)
        if options.name is None:
            print("\n".join(source.names()))
            return 0
        if options.name not in source.names():
            raise FormatError(f"no data set {options.name}; there are {', '.join(source.names())}")
        table = columns(source.load(options.name))
        if options.output:
            with options.output.open("w", newline="", encoding="utf-8") as file:
                dropped = write_csv(table, file, options.drop_missing)
        else:
            dropped = write_csv(table, sys.stdout, options.drop_missing)
        if dropped:
            print(f"{options.name}: {dropped} rows with missing values left out", file=sys.stderr)
    except (FormatError, OSError, ValueError, EOFError, zlib.error, lzma.LZMAError) as error:
        print(f"{options.source}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
