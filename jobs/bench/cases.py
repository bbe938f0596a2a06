"""What is timed: {case: function that measures it once, in paths or steps per second}."""

from rates import sampling_rate, torch_rate, training_rate
from tuning import SHIPPED_BATCH

NETWORK, TABLE = "samplers.t_sde.denoiser=network", "samplers.t_sde.denoiser=table"


def trained(model):
    return f"models.t_edm.file={model}"


def ours(model, cores):
    """htdm by network, by table, and its training, on one core and on all by ranks and by threads."""
    layouts = {"1x1": (1, 1)}
    if cores > 1:
        layouts |= {f"1x{cores}": (1, cores), f"{cores}x1": (cores, 1)}
    cases = {}
    for name, (ranks, threads) in layouts.items():
        where = {"ranks": ranks, "threads": threads}
        cases[f"network {name}"] = lambda where=where: sampling_rate(
            100_000 * cores, trained(model), NETWORK, **where)
        cases[f"table {name}"] = lambda where=where: sampling_rate(
            10_000_000 * cores, trained(model), TABLE, **where)
        cases[f"training {name}"] = lambda where=where: training_rate(4000, **where)
    return cases


def theirs(model, cores, tuning):
    """PyTorch as shipped (one process on all cores, nothing tuned) and at its best."""
    best, threads, core = tuning["best"], tuning["best_training"]["threads"], tuning["core"]
    return {
        "torch network as shipped": lambda: torch_rate("sample", model, 1, cores, SHIPPED_BATCH, 6),
        "torch network best": lambda: torch_rate("sample", model, best["processes"],
                                                 best["threads"], best["batch"], 4, core),
        "torch training as shipped": lambda: torch_rate("train", model, 1, cores, 1000, 4),
        "torch training best": lambda: torch_rate("train", model, 1, threads, 1000, 4, core),
    }


def costs(model, cores):
    """{quantity: cases}: paths per second against what the cost of a path depends on."""
    where = {"threads": cores}

    def by_network(paths, *overrides):
        return lambda: sampling_rate(paths, trained(model), NETWORK, *overrides, **where)

    def by_table(paths, *overrides):
        return lambda: sampling_rate(paths, trained(model), TABLE, *overrides, **where)

    def untrained(*overrides):
        """A network of another shape."""
        return lambda: sampling_rate(20_000 * cores, NETWORK, "models.t_edm.steps=1",
                                     "data.train_samples=10_000", *overrides, **where)

    return {
        "paths, network": {n: by_network(n) for n in (10_000, 100_000, 400_000)},
        "paths, table": {n: by_table(n) for n in (100_000, 1_000_000, 10_000_000)},
        "levels, network": {n: by_network(6_400_000 * cores // n, f"samplers.t_sde.levels={n}")
                            for n in (32, 64, 128, 256, 512)},
        "levels, table": {n: by_table(640_000_000 * cores // n, f"samplers.t_sde.levels={n}")
                          for n in (32, 64, 128, 256, 512)},
        "width": {n: untrained(f"models.t_edm.hidden=[{n},{n}]") for n in (32, 64, 128, 256, 512)},
        "dimension": {n: untrained(f"data.dimension={n}") for n in (1, 2, 4, 16, 64)},
    }
