"""A results file with made-up but lifelike numbers, for testing the analysis without a run.

    synthetic_results.py FOLDER [--paths N] [--dimension D] [--no-law] [--single] [--exact]
                         [--file] [--events norm upper lower]

With --file the study is one of the user's own data: no law, levels of the test sample. Data are
t_3. Every sampler draws its paths from a simple law of its own (a truncated tail, a slightly heavy
one, a Gaussian); counts, quantiles and intervals are then computed as htdm does, so the statistics
are honest although the samplers are invented.
"""

import argparse
from pathlib import Path

import h5py
import numpy as np
from scipy import stats

NU = 3.0
SCALE = np.sqrt(3.0)  # standard deviation of t_3, the normalisation of the invented model
LEVELS = np.array([5e-3, 1e-3])
BATCHES = 10


def ve_sde(x):
    return x / (1 + (np.abs(x) / 16) ** 3) ** (1 / 3)


SAMPLERS = [("ve_sde", "ve_sde", "edm", np.nan, 128, 128),
            ("t_ode", "t_ode", "t_edm", NU, 64, 127),
            *(("t_sde", "t_sde", "t_edm", nu, 128, 128) for nu in (2.1, 2.25, 2.5, 3.0, 4.0, 6.0)),
            ("t_sde_ablated", "t_sde_ablated", "t_edm", 2.5, 128, 128)]


def paths(kind, nu, count, dimension, rng):
    """Raw-space samples [count, dimension] of the invented sampler."""
    x = rng.standard_normal((count, dimension)) * np.sqrt(NU / rng.chisquare(NU, (count, 1)))
    if kind == "t_sde_ablated":
        return 0.95 * rng.standard_normal((count, dimension))
    return generated(kind, nu, x)


def generated(kind, nu, x):
    """What the invented sampler makes of t_3; rises with x."""
    if kind == "ve_sde":
        return ve_sde(x)
    if kind == "t_sde" and np.isfinite(nu):
        return np.sign(x) * np.abs(x) ** (1 + 0.04 * (3 - nu)) * (1 + 0.12 * (2.5 - nu))
    return 1.05 * x


def clopper_pearson(count, n):
    count = np.asarray(count)
    low = np.where(count > 0, stats.beta.ppf(0.025, count, n - count + 1), 0.0)
    high = np.where(count > 0, stats.beta.ppf(0.975, count + 1, n - count), 1 - 0.025 ** (1 / n))
    return low, high


def table(group, axis, columns):
    """Datasets of one group sharing the axis, with units and long names."""
    for key, values in columns.items():
        values = np.asarray(values)
        if values.dtype.kind == "U":
            values = values.astype(h5py.string_dtype())
        group[key] = values
        group[key].attrs["units"] = "raw data units" if key == "threshold" else "1"
        group[key].attrs["long_name"] = key
    group[axis].make_scale(axis)
    for key in columns:
        if key != axis:
            group[key].dims[0].attach_scale(group[axis])
        if np.ndim(columns[key]) == 2:
            group["batch"] = np.arange(np.shape(columns[key])[1], dtype=np.int32)
            group["batch"].make_scale("batch")
            group[key].dims[1].attach_scale(group["batch"])


def quantiles(z, test, levels, law):
    ordered, n = np.sort(z), len(z)
    low = stats.binom.ppf(0.025, n, levels).astype(int) - 1
    high = stats.binom.ppf(0.975, n, levels).astype(int) + 1
    bounded = np.concatenate([[-np.inf], ordered, [np.inf]])
    return {"level": levels, "generated": np.quantile(ordered, levels),
            "low": bounded[np.clip(low + 1, 0, n + 1)],
            "high": bounded[np.clip(high + 1, 0, n + 1)],
            "test": np.quantile(test, levels),
            "law": stats.t.ppf(levels, NU) / SCALE if law else np.full(len(levels), np.nan)}


def event_values(event, x):
    """The number of each path that thresholds of this event are compared with."""
    return {"norm": np.sqrt((x ** 2).sum(axis=1)), "coordinate": np.abs(x[:, 0]), "upper": x[:, 0],
            "lower": -x[:, 0]}[event]


def threshold_of(event, level, test, law):
    """Where the law, or for data without one the test sample, has this probability beyond."""
    if not law:
        return np.quantile(event_values(event, test), 1 - level)
    dimension = test.shape[1]
    return {"norm": np.sqrt(dimension * stats.f.isf(level, dimension, NU)),
            "coordinate": stats.t.isf(level / 2, NU)}.get(event, stats.t.isf(level, NU))


def exceedance(samples, test, law, known, events):
    """Columns for every event and level, counted in batches."""
    rows = [(event, level) for event in events for level in LEVELS]
    threshold = np.array([threshold_of(*row, test, law) for row in rows])
    batch_count = np.array([[(part > x).sum() for part in
                             np.array_split(event_values(event, samples), BATCHES)]
                            for x, (event, _) in zip(threshold, rows)], dtype=np.uint64)
    n, count = len(samples), batch_count.sum(axis=1)
    low, high = clopper_pearson(count, n)
    rate = batch_count / (n / BATCHES)
    half = stats.t.ppf(0.975, BATCHES - 1) * rate.std(axis=1, ddof=1) / np.sqrt(BATCHES)
    return {"threshold": threshold, "level": [level if known else np.nan for _, level in rows],
            "event": [event for event, _ in rows], "method": ["count"] * len(rows),
            "probability": count / n, "count": count, "batch_mean": rate.mean(axis=1),
            "batch_std": rate.std(axis=1), "low": low, "high": high,
            "batch_low": rate.mean(axis=1) - half, "batch_high": rate.mean(axis=1) + half,
            "batch_count": batch_count}


def write_sampler(group, entry, samples, test, law, known, events):
    name, kind, model, nu, levels, calls = entry
    n, dimension = samples.shape
    for key, value in {"name": name, "kind": kind, "model": model, "nu": nu, "seconds": 9.5,
                       "levels": np.int32(levels), "network_calls_per_path": np.int32(calls),
                       "paths": np.uint64(n), "nonfinite": np.uint64(0)}.items():
        group.attrs[key] = value
    norm = event_values("norm", samples)
    true_tail = (lambda x: stats.f.sf(x ** 2 / dimension, dimension, NU))
    table(group.create_group("exceedance"), "threshold",
          exceedance(samples, test, law, known, events))
    z, z_test = samples[:, 0] / SCALE, test[:, 0] / SCALE
    table(group.create_group("quantiles"), "level",
          quantiles(z, z_test, np.linspace(0.02, 0.98, 25), law))
    tail = np.geomspace(1e-4, 1e-2, 200)
    grid = np.concatenate([tail, np.linspace(0.0101, 0.9899, 1600), 1 - tail[::-1]])
    table(group.create_group("qq"), "level", quantiles(z, z_test, grid, law))
    threshold = np.sqrt(dimension * stats.f.isf(np.geomspace(0.9, 1e-7, 160), dimension, NU))
    count = n - np.searchsorted(np.sort(norm), threshold, side="right")
    seen = np.append(count[:-1] > 0, False)
    end = int(np.argmin(seen)) + 1  # as far as the first threshold without a path
    threshold, count = threshold[:end], count[:end]
    low, high = clopper_pearson(count, n)
    survival = {"threshold": threshold, "count": count.astype(np.uint64), "low": low, "high": high}
    beyond = np.sort(event_values("norm", test))
    above = len(test) - np.searchsorted(beyond, threshold, side="right")
    survival["test"] = above.astype(np.uint64)
    if law:
        survival["law"] = true_tail(threshold)
    table(group.create_group("survival"), "threshold", survival)
    reference = stats.t.ppf((np.arange(n) + 0.5) / n, NU)
    for key, other in (("w1_test", test), ("w1_law", np.tile(reference[:, None], dimension))):
        if key == "w1_test" or law:
            at = (np.arange(n) + 0.5) / n * len(other) - 0.5
            value = np.array([np.abs(np.sort(own) - np.interp(
                at, np.arange(len(other)), np.sort(column))).mean() / SCALE
                for own, column in zip(samples.T, other.T)])
            table(group.create_group(key), "component", {
                "component": np.arange(dimension, dtype=np.int32), "value": value,
                "low": 0.94 * value, "high": 1.06 * value})
    table(group.create_group("moments"), "name", {
        "name": ["mean", "variance", "skewness", "kurtosis"],
        "value": [z.mean(), z.var(), 0.0, 0.0], "exists": np.array([1, 1, 0, 0], np.uint8)})


def write_law(group, kind, nu, law):
    """What `htdm law` would add, in one dimension: the invented sampler's exact law, and invented
    distances to the true marginals."""
    p = 10.0 ** (-np.arange(4, 61) / 4)
    x = (0.95 * stats.norm.isf(p / 2) if kind == "t_sde_ablated"
         else generated(kind, nu, stats.t.isf(p / 2, NU)))
    group.attrs.update(tolerance=1e-8, relative_error=1e-6, lost_mass=0.0, w1=0.02, w1_error=1e-6,
                       seconds=2.0)
    table(group.create_group("survival"), "threshold", {
        "threshold": x, "probability": p, "error": 1e-6 * p,
        "law": 2 * stats.t.sf(x, NU) if law else np.full(len(p), np.nan)})
    if not law:
        return
    sigma, depth = np.geomspace(80, 0.002, 16), np.array([1e-2, 1e-3, 1e-4, 1e-5])
    scale = 0.76 * np.hypot(1 / SCALE, sigma)
    tails = np.outer(1 / (1 + sigma), np.log10(depth))
    probability = depth * 10 ** (3 * tails if kind == "t_sde_ablated" else -0.1 * tails)
    marginals = group.create_group("marginals")
    for key, values in {"sigma": sigma, "depth": depth, "scale": scale, "w1_error": 1e-6 * scale,
                        "w1": 0.1 * scale / (1 + sigma), "probability": probability,
                        "error": 1e-6 * probability}.items():
        marginals[key] = values


def write_model(group, name, exact, dimension, rng):
    for key, value in {"kind": "exact" if exact else "network", "seconds": 0.0 if exact else 10.0,
                       "nu": np.inf if name == "edm" else NU,
                       "steps": np.int64(0 if exact else 10000),
                       "weights_sha256": "" if exact else "ab" * 32}.items():
        group.attrs[key] = value
    table(group, "component", {"component": np.arange(dimension, dtype=np.int32),
                               "mean": np.zeros(dimension), "deviation": np.full(dimension, SCALE)})
    if not exact:
        first = np.arange(0, 10000, 50, dtype=np.int64)
        noise = rng.standard_normal(len(first)) * (0.01 if name == "edm" else 0.03)
        table(group.create_group("loss"), "first_step", {
            "first_step": first, "steps": np.full(len(first), 50, np.int64),
            "loss": 0.35 + 0.65 * np.exp(-first / 300) + np.abs(noise)})


def write_run(group, ranks=12):
    """Ranks of which the first computes all the time and the others wait more and more."""
    group.attrs.update(seconds=131.0, checkpoints=np.int32(2), checkpoint_interval=60.0,
                       checkpoint_seconds=0.26, checkpoint_overhead=0.26 / 131.0,
                       training_imbalance=0.25, sampling_imbalance=np.nan)
    waiting = np.linspace(0, 50, ranks)
    zero = np.zeros(ranks)
    table(group, "rank", {
        "rank": np.arange(ranks, dtype=np.int32), "host": np.array(["node<1>"] * ranks),
        "threads": np.ones(ranks, np.int32), "training": 20 + zero, "tables": zero,
        "sampling": 111 - 5 - waiting, "statistics": zero, "training_waiting": waiting,
        "sampling_waiting": zero, "io": 2 + zero, "blocks": np.arange(ranks, dtype=np.uint64),
        "peak_memory_bytes": 1e8 + zero})


def write(path, count=100_000, dimension=1, law=True, exact=False, samplers=None, seed=1,
          file_data=False, events=("norm",), test_count=None, propagated=False):
    """results.h5 at `path`; every argument but the path shapes a case worth testing."""
    law = law and not file_data
    rng = np.random.default_rng(seed)
    samplers = SAMPLERS if samplers is None else samplers
    test = paths("data", NU, test_count or count, dimension, rng) / 1.05
    with h5py.File(path, "w") as file:
        root = {"kind": "results", "schema": np.array([1, 2], np.int32), "version": "0.1.0",
                "created": "2026-01-01T12:00:00Z", "git_hash": "0123456789ab", "host": "synthetic",
                "command": "htdm run synthetic.toml", "isa": "avx512", "binding": "0-1",
                "seed": np.uint64(42), "test_samples": np.uint64(len(test)), "ranks": np.int32(2), "threads": np.int32(1),
                "tile": np.int64(64), "seconds_total": 131.0, "seconds_training": 20.0,
                "seconds_sampling": 90.0, "seconds_statistics": 21.0, "peak_memory_bytes": 2.1e8}
        for key, value in root.items():
            file.attrs[key] = value
        data = ('kind = "file"\nfile = "returns.csv"\ncolumns = ["close"]\nlog_returns = true\n'
                if file_data else 'kind = "student_t"\nnu = 3.0\n')
        study = (f'[study]\nname = "synthetic"\nseed = 42\n\n[data]\n{data}'
                 f"dimension = {dimension}\ntrain_samples = {count}\n"
                 f"test_samples = {len(test)}\n\n"
                 f"[statistics]\nbatches = {BATCHES}\nbatch_size = {count // BATCHES}\n"
                 f"w1_samples = {count}\n")
        file["study"] = file["study_without_paths"] = study
        write_run(file.create_group("run"))
        for name in sorted({entry[2] for entry in samplers}):
            write_model(file.create_group(f"models/{name}"), name, exact, dimension, rng)
        for i, entry in enumerate(samplers):
            samples = paths(entry[1], entry[3], count, dimension, rng)
            group = file.create_group(f"samplers/{i:03d}")
            write_sampler(group, entry, samples, test, law, law or file_data, events)
            if propagated:
                write_law(group.create_group("propagated_law"), entry[1], entry[3], law)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--paths", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=1)
    parser.add_argument("--no-law", action="store_true")
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--file", action="store_true")
    parser.add_argument("--events", nargs="+", default=["norm"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    write(options.folder / "results.h5", options.paths, options.dimension, not options.no_law,
          options.exact, SAMPLERS[:1] if options.single else None, file_data=options.file,
          events=options.events)
