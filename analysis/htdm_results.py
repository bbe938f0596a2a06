"""Read the HDF5 files that htdm writes as plain dictionaries of NumPy arrays.

    import htdm_results
    results = htdm_results.read("results/paper")        # a folder or a file
    for entry in results["samplers"]:
        print(entry["name"], entry["nu"], entry["exceedance"]["probability"])

A group becomes a dictionary: attributes and datasets by name, subgroups as dictionaries. Strings
are `str`, numbers NumPy scalars or arrays. In a results file `samplers` is a list in study order
and `models` a dictionary by name; in a model file `layers` is a list. What a run did not compute (a
law that does not exist, W1 that was not asked for) is absent or has no rows: use `computed`.
"""

import importlib
import os
import sys
from pathlib import Path

# Some cluster file systems have no locks; reading needs none.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402
import numpy as np  # noqa: E402

SCHEMA_MAJOR = 1
_DIMENSION_SCALE_ATTRIBUTES = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}


class InputError(Exception):
    """Something the user gave cannot be used: what is wrong, why, and what to do."""


def read(path, kind="results"):
    """The whole file as nested dictionaries.

    path: the file, or for results the folder that holds `results.h5`. kind: "results" or "model".
    Raises InputError for a missing, truncated or foreign file, another kind, or a newer schema.
    """
    path = Path(path)
    if kind == "results" and path.is_dir():
        path = path / "results.h5"
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; give the folder or file of a run")
    try:
        with h5py.File(path, "r") as file:
            _check(path, file, kind)
            content = _group(file)
    except OSError as error:
        raise InputError(f"{path}: cannot be read as HDF5 ({error}); it may be truncated or "
                         "another kind of file; copy it again or repeat the run") from error
    content["path"] = str(path)
    listed = "samplers" if kind == "results" else "layers"
    members = content.get(listed)
    if not isinstance(members, dict) or not members:
        raise InputError(f"{path}: has no {listed}; the run may have been interrupted: repeat it")
    content[listed] = [members[key] for key in sorted(members, key=int)]
    return content


def _check(path, file, kind):
    """Kind first, then schema: what the content means is only known after both."""
    found = _value(file.attrs.get("kind"))
    if found is None or "schema" not in file.attrs:
        raise InputError(f"{path}: is HDF5 but no htdm file (it has no attributes `kind` and "
                         f"`schema`); give a {kind} file written by htdm")
    if found != kind:
        raise InputError(f"{path}: is a {found} file where a {kind} file is needed")
    major, minor = (int(number) for number in file.attrs["schema"])
    if major > SCHEMA_MAJOR:
        raise InputError(f"{path}: has schema {major}.{minor}, newer than the {SCHEMA_MAJOR}.x "
                         "understood here; use the analysis folder of the htdm that wrote it")


def _group(group):
    content = {key: _value(value) for key, value in group.attrs.items()
               if key not in _DIMENSION_SCALE_ATTRIBUTES}
    for key, item in group.items():
        content[key] = _group(item) if isinstance(item, h5py.Group) else _value(item[()])
    return content


def _value(value):
    """Strings as str (fixed and variable length), everything else as it came."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, np.ndarray) and value.dtype.kind in "OS":
        return np.array([_value(item) for item in value.ravel()], dtype=str).reshape(value.shape)
    return value


def study_of(results):
    """The resolved study as nested dictionaries; empty where Python (< 3.11) has no TOML reader."""
    try:
        toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        return toml.loads(results.get("study", ""))
    except (ImportError, ValueError):
        return {}


def dimension(results):
    """Number of components d of the data, from the normalisation of any model."""
    return max((np.size(model["mean"]) for model in results.get("models", {}).values()
                if "mean" in model), default=1)


def computed(entry, name):
    """The table `name` of a sampler ("qq", "w1_law", ...), or None where it is absent or empty."""
    table = entry.get(name)
    axis = {"exceedance": "threshold", "survival": "threshold", "qq": "level", "quantiles": "level",
            "w1_test": "component", "w1_law": "component", "moments": "name"}[name]
    return table if table is not None and np.size(table[axis]) else None


def has_law(values):
    """Whether an array of true values is there and not NaN throughout."""
    return values is not None and np.size(values) > 0 and not np.all(np.isnan(values))
