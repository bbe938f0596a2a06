#!/usr/bin/python3
"""Turn a PyTorch state dict saved as .npz into a model file that a study takes by `file =`.

    import_weights.py t_edm.npz -o t_edm.h5 --noise student_t --nu 3 --mean 0.0 --std 1.73

The archive holds the linear layers f.net.{0,2,4,...}.{weight,bias}, as numpy.savez writes them from
a state dict, with inputs (c_in x, c_noise = ln(sigma)/4) and SiLU between the layers. The scalars
noise, nu, mean, std, steps come from the archive or from options; where both speak they must agree.
A scalar alpha in the archive is the variance factor of the preconditioning, nu/(nu-2), and is
checked. Exit codes: 0 done, 2 bad input.
"""

import argparse
import datetime
import math
import os
import re
import shlex
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import htdm_results
from htdm_results import InputError

import h5py
import numpy as np

LAYER = re.compile(r"f\.net\.(\d+)\.(weight|bias)")
SCALARS = ("noise", "nu", "alpha", "steps", "mean", "std")


def main(arguments=None):
    options = parse(arguments)
    try:
        archive = load(options.archive)
        layers = layers_of(archive, options.archive)
        scalars = scalars_of(archive, options, dimension=layers[-1][0].shape[0])
        write(options.output, layers, scalars, options.name or options.archive.stem)
    except InputError as error:
        print(f"import_weights: {error}", file=sys.stderr)
        return 2
    widths = [layers[0][0].shape[1]] + [len(bias) for _, bias in layers]
    shape = " -> ".join(map(str, widths))
    print(f"{options.output}: network {shape}, nu = {scalars['nu']:g}, {scalars['steps']} steps, "
          f"mean {scalars['mean']}, standard deviation {scalars['std']}")
    return 0


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog="example: "
                                     "import_weights.py edm.npz -o edm.h5 --noise gaussian")
    parser.add_argument("archive", type=Path, metavar="FILE.npz")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="model.h5")
    parser.add_argument("--noise", choices=["gaussian", "student_t"], help="training noise")
    parser.add_argument("--nu", type=float, help="degrees of freedom of the training noise (> 2)")
    parser.add_argument("--mean", type=float, nargs="+", help="mean of the training data (raw)")
    parser.add_argument("--std", type=float, nargs="+", help="its standard deviation (raw)")
    parser.add_argument("--steps", type=int, help="optimiser steps behind the weights (default: 0)")
    parser.add_argument("--name", help="name of the model (default: the archive's name)")
    return parser.parse_args(arguments)


def load(path):
    """The arrays of the archive; pickled objects are never opened."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except (OSError, EOFError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: is not an .npz of plain arrays ({error}); write it with "
                         "numpy.savez(path, **{k: v.numpy() for k, v in state_dict.items()})"
                         ) from error


def layers_of(archive, path):
    """[(weight, bias), ...] as float32, in order, their shapes checked to chain from d+1 to d."""
    found = {}
    for key in archive:
        match = LAYER.fullmatch(key)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = archive[key]
        elif key not in SCALARS:
            raise InputError(f"{path}: holds `{key}`, which is no part of this network; known are "
                             f"f.net.{{0,2,4,...}}.{{weight,bias}} and {', '.join(SCALARS)}: "
                             "leave it out if it does not belong to the network")
    expected = [f"f.net.{2 * i}.{part}" for i in range(max(len(found), 2))
                for part in ("weight", "bias")]
    missing = [key for key in expected if key not in archive]
    if missing:
        raise InputError(f"{path}: lacks {', '.join(missing)}; the linear layers must be numbered "
                         "0, 2, 4, ... with activations between them")
    layers = [(found[2 * i]["weight"], found[2 * i]["bias"]) for i in range(len(found))]
    return [check_layer(path, i, layers) for i in range(len(layers))]


def check_layer(path, i, layers):
    weight, bias = layers[i]
    key = f"{path}: f.net.{2 * i}"
    if weight.ndim != 2 or 0 in weight.shape or bias.shape != weight.shape[:1]:
        raise InputError(f"{key}: weight {weight.shape} and bias {bias.shape} do not fit together; "
                         "a layer has weight (rows, columns) and bias (rows)")
    wanted = layers[-1][0].shape[0] + 1 if i == 0 else layers[i - 1][0].shape[0]
    if weight.shape[1] != wanted:
        source = ("the output has d = {} components and the input is (d numbers, c_noise)".format(
            wanted - 1) if i == 0 else "the layer before gives that many")
        raise InputError(f"{key}.weight: has {weight.shape[1]} columns where {wanted} are needed, "
                         f"because {source}")
    if weight.dtype.kind != "f" or bias.dtype.kind != "f":
        raise InputError(f"{key}: holds {weight.dtype} and {bias.dtype}; real numbers are needed")
    with np.errstate(over="ignore"):
        weight, bias = weight.astype(np.float32), bias.astype(np.float32)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise InputError(f"{key}: holds numbers that are not finite in single precision; the "
                         "training must have failed")
    return weight, bias


def scalars_of(archive, options, dimension):
    """nu (inf for Gaussian noise), steps, mean[d], std[d] from archive and options."""
    path = options.archive
    noise = agreed(path, "noise", text(archive.get("noise")), options.noise)
    steps = agreed(path, "steps", numbers(path, archive, "steps"), options.steps)
    mean = agreed(path, "mean", numbers(path, archive, "mean"), options.mean)
    std = agreed(path, "std", numbers(path, archive, "std"), options.std)
    stored_nu = numbers(path, archive, "nu")
    # Beside Gaussian noise an archive's nu describes the data, so it does not bind the model.
    nu = options.nu if noise == "gaussian" else agreed(path, "nu", stored_nu, options.nu)
    missing = [f"--{key}" for key, value in (("noise", noise), ("mean", mean), ("std", std))
               if value is None]
    if nu is None and noise != "gaussian":
        missing.append("--nu" if noise else "--nu (for student_t)")
    if missing:
        raise InputError(f"{path}: does not say everything; give {', '.join(missing)}")
    if steps is not None and (np.size(steps) != 1 or float(np.ravel(steps)[0]) % 1 or
                              np.ravel(steps)[0] < 0):
        raise InputError(f"{path}: steps = {steps} is not a whole number >= 0; give --steps")
    nu = check_nu(path, noise, nu, numbers(path, archive, "alpha"))
    for key, value in (("mean", mean), ("std", std)):
        if np.size(value) != dimension:
            raise InputError(f"{path}: {key} has {np.size(value)} numbers, but the network has "
                             f"d = {dimension} components; give --{key} with {dimension} numbers")
        if not np.isfinite(value).all() or (key == "std" and np.min(value) <= 0):
            raise InputError(f"{path}: {key} = {value} is not " +
                             ("positive and finite" if key == "std" else "finite"))
    return {"nu": nu, "steps": 0 if steps is None else int(np.ravel(steps)[0]),
            "mean": np.ravel(mean).astype(float), "std": np.ravel(std).astype(float)}


def check_nu(path, noise, nu, alpha):
    """The model's nu, after holding noise, nu and the stored variance factor against each other."""
    if noise not in ("gaussian", "student_t"):
        raise InputError(f"{path}: noise is `{noise}`; known are gaussian and student_t")
    if noise == "gaussian":
        if nu is not None and not math.isinf(nu):
            raise InputError(f"--nu {nu:g} contradicts Gaussian noise (nu = inf); leave --nu out, "
                             "or correct the noise")
        nu = math.inf
    if np.size(nu) != 1 or not float(np.ravel(nu)[0]) > 2:
        raise InputError(f"{path}: nu = {nu} is not greater than 2; the noise needs a variance for "
                         "the preconditioning")
    nu = float(np.ravel(nu)[0])
    factor = 1 / (1 - 2 / nu)
    if alpha is not None and not np.allclose(alpha, factor, rtol=1e-6, atol=0):
        raise InputError(f"{path}: alpha = {float(np.ravel(alpha)[0]):g}, but {noise} noise with "
                         f"nu = {nu:g} has the variance factor nu/(nu-2) = {factor:g}; one of "
                         "noise, nu and alpha is wrong: correct it in the archive")
    return nu


def agreed(path, key, stored, option):
    """The value from the archive or the option; InputError where they differ."""
    if stored is None or option is None:
        return option if stored is None else stored
    if isinstance(option, str):
        same = stored == option
    else:
        same = np.array_equal(np.ravel(stored), np.ravel(option))
    if not same:
        raise InputError(f"{path}: says {key} = {stored}, the option --{key} says {option}; leave "
                         "the option out, or correct the archive")
    return stored


def text(value):
    return None if value is None else str(np.ravel(value)[0])


def numbers(path, archive, key):
    value = archive.get(key)
    if value is not None and value.dtype.kind not in "fiu":
        raise InputError(f"{path}: {key} is not a number; correct it in the archive or remove it "
                         f"there and give the option --{key}")
    return value


def write(path, layers, scalars, name):
    """The model file, written aside, read back, synced, renamed: it exists only when complete."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with h5py.File(aside, "w") as file:
            fill(file, layers, scalars, name)
        htdm_results.read(aside, kind="model")
        with open(aside, "rb") as file:
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error}); choose another place with -o"
                         ) from error
    finally:
        aside.unlink(missing_ok=True)


def fill(file, layers, scalars, name):
    file.attrs["kind"] = "model"
    file.attrs["schema"] = np.array([1, 0], dtype=np.int32)
    for key, value in provenance().items():
        file.attrs[key] = value
    file.attrs["name"] = name
    file.attrs["nu"] = np.float64(scalars["nu"])
    file.attrs["steps"] = np.int64(scalars["steps"])
    file.attrs["c_noise"] = "ln(sigma)/4"
    file.attrs["sigma_data"] = np.float64(1)
    file.attrs["activation"] = "silu"
    file.attrs["dimension"] = np.int32(len(scalars["mean"]))
    dataset(file, "mean", scalars["mean"], "raw data units", "mean of the training data")
    dataset(file, "deviation", scalars["std"], "raw data units",
            "standard deviation of the training data")
    for i, (weight, bias) in enumerate(layers):
        dataset(file, f"layers/{i}/weight", weight, "1", "weight matrix, rows x columns")
        dataset(file, f"layers/{i}/bias", bias, "1", "bias")
    axis = dataset(file, "loss/first_step", np.zeros(0, np.int64), "1", "first step of the record")
    axis.make_scale("first_step")
    for key, kind, meaning in (("steps", np.int64, "steps in the record"),
                               ("loss", np.float64, "mean training loss over the record")):
        dataset(file, f"loss/{key}", np.zeros(0, kind), "1", meaning).dims[0].attach_scale(axis)


def dataset(file, key, values, units, long_name):
    created = file.create_dataset(key, data=values)
    created.attrs["units"] = units
    created.attrs["long_name"] = long_name
    return created


def provenance():
    """The attributes every htdm file carries; nothing here was run in parallel or drew numbers."""
    folder = Path(__file__).resolve().parent
    build = folder.parent / "CMakeLists.txt"
    version = re.search(r"project\(htdm VERSION ([\d.]+)",
                        build.read_text() if build.is_file() else "")
    try:
        git = subprocess.run(["git", "-C", str(folder), "rev-parse", "--short=12", "HEAD"],
                             capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        git = "unknown"
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "version": version[1] if version else "unknown", "git_hash": git,
            "host": socket.gethostname(), "command": shlex.join(sys.argv),
            "isa": "none", "binding": "none", "seed": np.uint64(0), "ranks": np.int32(1),
            "threads": np.int32(1), "tile": np.int64(0)}


if __name__ == "__main__":
    sys.exit(main())
