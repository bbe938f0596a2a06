"""Made-up tail.h5 files: the exact numbers of power laws."""

import h5py
import numpy as np

STUDY = """[study]
name = "metals"
[data]
kind = "file"
split = "time"
test_fraction = 0.5
transform = "none"
"""
TEXT = h5py.string_dtype()


def table(group, name, **columns):
    group = group.create_group(name)
    for key, values in columns.items():
        values = list(values)
        texts = values and isinstance(values[0], str)
        group.create_dataset(key, data=values, dtype=TEXT if texts else None)


def write_tail(group, part, draws, index, sampler="", doubt=""):
    """The exact numbers of P(X > x) = x^-index; a law where draws = 0."""
    group.attrs.update(part=part, sampler=sampler, nu=3.0 if sampler else np.nan, event="norm",
                       draws=np.uint64(draws), seconds=0.5,
                       index_exceedances=np.uint64(draws // 100),
                       exceedances=np.uint64(draws // 20))
    k = np.unique(np.geomspace(10, draws / 4, 20).astype(np.uint64)) if draws else np.array([])
    p = k / draws if draws else np.geomspace(1e-12, 1e-1, 30)
    x = p ** (-1 / index)
    local = np.full(len(p), np.nan if draws else index)
    table(group, "survival", threshold=x, probability=p, low=0.8 * p, high=1.2 * p, index=local,
          index_low=local, index_high=local)
    table(group, "hill_plot", exceedances=k, value=0 * k + index, low=0 * k + 0.8 * index,
          high=0 * k + 1.3 * index)
    mean = x[:len(k)] / (index - 1)
    table(group, "mean_excess", threshold=x[:len(k)], exceedances=k, value=mean, low=0.9 * mean,
          high=1.1 * mean)
    table(group, "stability", threshold=x[:len(k)], exceedances=k, shape=0 * k + 1 / index,
          low=0 * k, high=0 * k + 1, scale=0 * k + 1)
    table(group, "numbers", quantity=["index", "shape"], value=[index, 1 / index],
          low=[0.8 * index, 0.8 / index], high=[1.2 * index, 1.2 / index], method=["Hill", "fit"], doubt=[doubt, ""])
    levels = np.array([1e-2, 1e-4])
    value = levels ** (-1 / index)
    table(group, "return_levels", probability=levels, quantity=2 * ["fitted" if draws else "law"],
          value=value, low=0.9 * value, high=[1.2 * value[0], np.inf], method=["a", "a"],
          doubt=["", doubt])


def write(path, tails, study=STUDY):
    with h5py.File(path, "w") as file:
        file.attrs.update(kind="tail", schema=np.array([1, 9], np.int32), version="0", seed=1,
                          git_hash="none")
        table(file, "sources", path=["metals.toml"], kind=["study"], study=[study])
        for i, tail in enumerate(tails):
            write_tail(file.create_group(f"tails/{i:03}"), *tail)


TAILS = [("training data", 5000, 3.0), ("held-out data", 5000, 2.8, "", "large values"),
         ("law of the data", 0, 3.0), ("generated", 20000, 2.5, "t_sde"),
         ("law", 0, 2.5, "t_sde")]
