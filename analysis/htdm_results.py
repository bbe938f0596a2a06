"""Read the HDF5 files that htdm writes as plain dictionaries of NumPy arrays.

    import htdm_results
    results = htdm_results.read("results/paper")        # a folder or a file
    for entry in results["samplers"]:
        print(entry["name"], entry["nu"], entry["exceedance"]["probability"])

A group becomes a dictionary: attributes and datasets by name, subgroups as dictionaries. Strings
are `str`, numbers NumPy scalars or arrays. In a results file `samplers` is a list in study order
and `models` a dictionary by name; in a model file `layers` is a list. What a run did not compute (a
law that does not exist, W1 that was not asked for) is absent or has no rows: use `computed`.

Of a sweep, `points` is a list of the results of every point, `sweep` says what they are (`keys`,
`points`: a dictionary of values each), and `samplers` has the entries of all points in order, each
with the values of its own as `point`; `models` are named like 003/t_edm.

    htdm_results.to_pandas(results, "exceedance")       # one DataFrame over all samplers
    htdm_results.open_xarray("results/paper", "samplers/000/survival")  # a Dataset, read lazily

    with htdm_results.open_samples("results/paper") as entries:         # stored samples, lazily
        entries[0]["sample"][:1000]

Only to_pandas and open_xarray need more than h5py and NumPy, and only when they are called.
"""

import contextlib
import importlib
import importlib.util
import json
import os
import re
import sys
from pathlib import Path

# Some cluster file systems have no locks; reading needs none.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402
import numpy as np  # noqa: E402

SCHEMA_MAJOR = 1
STORED = ("sample", "path_state", "path_output", "path_delta2", "path_c2")
_DIMENSION_SCALE_ATTRIBUTES = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}


class InputError(Exception):
    """Something the user gave cannot be used: what is wrong, why, and what to do."""


def read(path, kind="results"):
    """The whole file as nested dictionaries.

    path: the file, or the folder that holds `results.h5`, `trajectories.h5` or `tail.h5`. kind:
    "results", "trajectories", "tail" (a list `tails`) or "model". Raises InputError for a missing,
    truncated or foreign file, another kind, or a newer schema.
    """
    path = _located(path, kind)
    try:
        with h5py.File(path, "r") as file:
            _check(path, file, kind)
            content = _group(file)
    except OSError as error:
        raise InputError(f"{path}: cannot be read as HDF5 ({error}); it may be truncated or "
                         "another kind of file; copy it again or repeat the run") from error
    if "sweep" in content:
        return _swept(path, content)
    return _listed(path, content, {"model": "layers", "tail": "tails"}.get(kind, "samplers"))


def _listed(path, content, listed):
    content["path"] = str(path)
    members = content.get(listed)
    if not isinstance(members, dict) or not members:
        raise InputError(f"{path}: has no {listed}; the run may have been interrupted: repeat it")
    content[listed] = [members[key] for key in sorted(members, key=int)]
    return content


def _swept(path, content):
    """Points as results of their own, and their samplers and models together."""
    table = content["sweep"]
    keys = [key for key in table if key not in ("mode", "point")]
    values = [dict(zip(keys, map(_toml_value, row))) for row in zip(*(table[key] for key in keys))]
    points = [_listed(path, content["points"][name], "samplers")
              for name in sorted(content["points"], key=int)]
    content.update(path=str(path), points=points, samplers=[], models={},
                   sweep={"mode": table["mode"], "keys": keys, "points": values})
    for number, (point, value) in enumerate(zip(points, values)):
        for entry in point["samplers"]:
            entry["point"] = value
        content["samplers"] += point["samplers"]
        content["models"].update({f"{number:03}/{name}": model
                                  for name, model in point.get("models", {}).items()})
    return content


def _toml_value(text):
    """Values of swept keys are numbers, strings, booleans and lists: JSON but for inf and nan."""
    return json.loads(re.sub(r'("(?:[^"\\]|\\.)*")|inf|nan', lambda found: found.group(1) or {
        "inf": "Infinity", "nan": "NaN"}[found.group()], str(text)))


def _located(path, kind="results"):
    """The file itself, where a folder may stand for the one of this kind in it."""
    path = Path(path)
    if kind != "model" and path.is_dir():
        path = path / f"{kind}.h5"
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; give the folder or file of a run")
    return path


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


@contextlib.contextmanager
def open_samples(path, kind="samples"):
    """The stored samples of a run, in memory only where they are sliced.

        with htdm_results.open_samples("results/paper") as entries:
            for entry in entries:
                print(entry["name"], entry["nu"], entry["sample"][:1000].std(axis=0))

    path: `samples.h5` or the folder that holds it; with kind = "trajectories" `trajectories.h5`,
    which has `path_delta2` and `path_c2`[path][level] and tables beside (`read` has them in
    memory). Yields a list in study order, one dictionary per
    sampler and nu: attributes, axes, `mean` and `deviation` as arrays, and where they were stored
    `sample`[path][component] (raw space), `path_state`[path][level][component] and
    `path_output`[path][component] (z-space) as h5py datasets, which are read when they are sliced
    and valid inside the `with`. Raises InputError as `read` does; a damaged part raises OSError
    when it is read.
    """
    path = _located(path, kind)
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: cannot be read as HDF5 ({error}); it may be truncated or "
                         "another kind of file; copy it again or repeat the run") from error
    with file:
        _check(path, file, kind)
        yield [_lazy(file["samplers"][key]) for key in sorted(file["samplers"], key=int)]


def _lazy(group):
    """As _group, but for what was stored by rows."""
    stored = {key: group[key] for key in STORED if key in group}
    axes = {key: _group(item) if isinstance(item, h5py.Group) else item[()]
            for key, item in group.items()
            if key not in stored and key not in ("path", "trajectory")}
    return {**{key: _value(value) for key, value in group.attrs.items()}, **axes, **stored}


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


AXES = {"exceedance": "threshold", "survival": "threshold", "qq": "level", "quantiles": "level",
        "w1_test": "component", "w1_law": "component", "moments": "name"}


def computed(entry, name):
    """The table `name` of a sampler ("qq", "w1_law", ...), or None where it is absent or empty."""
    table = entry.get(name)
    return table if table is not None and np.size(table[AXES[name]]) else None


def propagated_law(entry):
    """What `htdm law` found for a sampler: attributes and the tables `exceedance`, `survival` and
    `quantiles`; where true marginals are known `marginals`, and after `htdm law --densities`
    `densities`, both by noise level (`sigma`). None where it was not asked.

        law = htdm_results.propagated_law(entry)
        for sigma, x, density in zip(*(law["densities"][key] for key in ("sigma", "x", "density"))):
            axis.plot(x / sigma, sigma * density)
    """
    return entry.get("propagated_law")


def run_of(results):
    """Where the time of the run went: attributes (`seconds`, `checkpoint_overhead`, ...) and one
    array per column with an element per rank (`sampling`, `sampling_waiting`, ...: thread-seconds);
    src/io/FORMAT.md says what each means. None for merged results and before schema 1.6.
    """
    return results.get("run")


RUN_COMPUTING = ("training", "tables", "sampling", "statistics")
RUN_WAITING = ("training_waiting", "sampling_waiting")


def run_shares(run):
    """Shares of each rank's threads x wall time: arrays `computing`, `waiting`, `io`, `other`."""
    whole = run["threads"] * run["seconds"]
    shares = {"computing": sum(run[key] for key in RUN_COMPUTING) / whole,
              "waiting": sum(run[key] for key in RUN_WAITING) / whole, "io": run["io"] / whole}
    return {**shares, "other": 1 - sum(shares.values())}


def has_law(values):
    """Whether an array of true values is there and not NaN throughout."""
    return values is not None and np.size(values) > 0 and not np.all(np.isnan(values))


def reference(results):
    """What the levels of the exceedance tables are: "law" (probabilities under the true law),
    "test" (shares of the test sample, where the data have no known law), or "" (not known)."""
    tables = [computed(entry, "exceedance") for entry in results["samplers"]]
    if not any(has_law(table["level"]) for table in tables if table):
        return ""
    laws = [entry[name].get("law") for entry in results["samplers"]
            for name in ("survival", "qq", "quantiles") if computed(entry, name)]
    if laws:
        return "law" if any(map(has_law, laws)) else "test"
    return "test" if study_of(results).get("data", {}).get("kind") == "file" else "law"


def test_count(results):
    """Size of the test sample, or 0 where an old file does not say."""
    return int(results.get("test_samples", 0))


def to_pandas(results, name):
    """The table `name` of all samplers, one below the other, as a pandas DataFrame.

    name: a table ("exceedance", "survival", "qq", "quantiles", "w1_test", "w1_law", "moments"),
    "batches" for one row per sampler, threshold and batch, or "run" for one row per rank. Each row begins with the number of its
    entry (as in samplers/000) and the sampler's attributes, but for "run". Raises InputError without pandas.
    """
    pandas = _module("pandas", "python3-pandas")
    if name == "run":
        run = run_of(results) or {}
        return pandas.DataFrame({key: run[key] for key in run if np.ndim(run[key]) == 1})
    frames = []
    for number, entry in enumerate(results["samplers"]):
        table = computed(entry, "exceedance" if name == "batches" else name)
        if table is None:
            continue
        columns = _batches(table, entry) if name == "batches" else {
            key: values for key, values in table.items()
            if np.shape(values) == np.shape(table[AXES[name]])}
        shared = {**entry.get("point", {}), **{
            key: value for key, value in entry.items() if not isinstance(value, dict)}}
        frame = pandas.DataFrame(columns)
        # A table's own "name" or "level" stays; what would clash is called after the sampler.
        for i, (key, value) in enumerate({"entry": number, **shared}.items()):
            frame.insert(i, f"sampler_{key}" if key in columns or key == "name" else key, value)
        frames.append(frame)
    return pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame()


def _batches(table, entry):
    """The matrix of counts as columns threshold, event, level, batch, count, probability."""
    count = table["batch_count"]
    thresholds, batches = count.shape
    long = {key: np.repeat(table[key], batches) for key in ("threshold", "event", "level")}
    return {**long, "batch": np.tile(np.arange(batches), thresholds), "count": count.ravel(),
            "probability": count.ravel() / (float(entry["paths"]) / batches)}


def open_xarray(path, group):
    """The table in `group` ("samplers/000/exceedance", "models/edm/loss") as an xarray.Dataset.

    Coordinates are the table's axes; units and long names are attributes. Closing it (or `with`)
    releases the file. Raises InputError without xarray or without h5netcdf and netCDF4.
    """
    xarray = _module("xarray", "python3-xarray")
    for engine, module in (("h5netcdf", "h5netcdf"), ("netcdf4", "netCDF4")):
        if importlib.util.find_spec(module):
            break
    else:
        raise InputError("xarray opens HDF5 through h5netcdf or netCDF4 and neither is installed; "
                         "install python3-h5netcdf (Debian) or h5netcdf (pip)")
    path = _located(path)
    try:
        return xarray.open_dataset(path, group=group, engine=engine)
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{path}: group {group} does not open ({error}); "
                         "`h5ls -r` lists the groups of a file") from error


def _module(name, package):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"{name} is not installed for {sys.executable}; install {package} "
                         f"(Debian) or {name} (pip), or use `read`, which needs only h5py"
                         ) from error
