"""From scaling.json to the numbers of the model, and from these to predictions."""

from dataclasses import replace

import numpy as np

import scaling_model as model

# A cluster's network, assumed: 2 us a message, 12 GB/s a rank; starting a rank more takes 0.1 ms.
CLUSTER = {"alpha": 2e-6, "beta": 1 / 12e9, "launch": 1e-4}
PREDICTED = (1000, 100_000)
NODE = 32  # threads of a rank, where one rank takes a node or a socket
PAPER_ENTRIES, PAPER_LEVELS, ENTRY_LEVELS = 9, 128 + 64 + 128, 128


def median(values):
    return float(np.median(values))


def spread(values):
    return median(values), min(values), max(values)


def line(sizes):
    """The line through the medians of {size: values}."""
    points = sorted((int(size), median(values)) for size, values in sizes.items())
    return model.fit_line(*zip(*points))


def cores_of(layout):
    return layout[0] * layout[1]


def name_of(layout):
    return f"{layout[0]}x{layout[1]}"


def times(report, kind, what, layout, quantity):
    return report["times"][f"{kind} {what} {name_of(layout)}"][quantity]


def fits(report):
    """{name: fit_line} of what depends on a size."""
    found = report["communication"]
    return {"message": line(found["ping_pong"]), "fold": line(found["fold"])}


def machines(report):
    """The machine that was measured, and a cluster of it with the assumed network."""
    fitted = fits(report)
    beta = fitted["message"]["b"]
    request = next(iter(report["communication"]["request"].values()))
    here = model.Machine(
        alpha=fitted["message"]["a"], beta=beta, service=median(request),
        # Half of the results came from the other rank.
        fold=max(fitted["fold"]["b"] - beta * model.RESULT_BYTES / 2, 0.0))
    return {"shared memory, measured": here, "cluster, assumed network": replace(here, **CLUSTER)}


def efficiencies(report, kind, what, quantity="paths"):
    """{layout: one efficiency per round} against the first layout."""
    layouts = [tuple(layout) for layout in report["layouts"]]
    first = np.array(times(report, kind, what, layouts[0], quantity))
    return {layout: first / np.array(times(report, kind, what, layout, quantity)) * (
        cores_of(layouts[0]) / cores_of(layout) if kind == "strong" else 1)
        for layout in layouts[1:]}


def busy_layout(report, what, quantity):
    """Of the layouts with most cores the fastest."""
    layouts = [tuple(layout) for layout in report["layouts"]]
    most = max(map(cores_of, layouts))
    return min((layout for layout in layouts if cores_of(layout) == most),
               key=lambda layout: median(times(report, "strong", what, layout, quantity)))


def rate(report, what, paths):
    """Paths a core and second, all cores at work."""
    layout = busy_layout(report, what, "paths")
    return paths / median(times(report, "strong", what, layout, "paths")) / cores_of(layout)


def training_parts(report):
    """Seconds of a step on one core that nothing divides, and those that shards divide."""
    layouts = [tuple(layout) for layout in report["layouts"]]
    first, busy = layouts[0], busy_layout(report, "training", "step")
    one = median(times(report, "strong", "training", first, "step"))
    cores = min(cores_of(busy) / cores_of(first), 8)
    if cores == 1:
        return 0.0, one
    return model.amdahl(one, cores, median(times(report, "strong", "training", busy, "step")))


def tables_seconds(report):
    """Core-seconds of tabulating 128 levels."""
    first = tuple(report["layouts"][0])
    return median(times(report, "strong", "table", first, "tables")) * cores_of(first)


def works(report):
    """{job: Work} of the predictions."""
    serial, divided = training_parts(report)
    common = {"statistics": median(report["checkpoint"]["statistics"]),
              "checkpoint": median(report["checkpoint"]["seconds"] or [0.0])}
    paths = report["paths"]
    by = {what: rate(report, what, paths[what]) for what in paths}
    tables = {"table_seconds": tables_seconds(report), "table_bytes": report["table_bytes"]}
    entry_share = PAPER_LEVELS / ENTRY_LEVELS
    return {
        "paper": model.Work(paths=1e7, rate=by["table"], entries=PAPER_ENTRIES, trainings=2,
                            step_seconds=divided, step_serial=serial,
                            **{k: entry_share * v for k, v in tables.items()},
                            levels=PAPER_LEVELS, **common),
        "1e9, table": model.Work(paths=1e9, rate=by["table"], **tables, **common),
        "1e12, table": model.Work(paths=1e12, rate=by["table"], **tables, **common),
        "1e9, network": model.Work(paths=1e9, rate=by["network"], **common),
        "1e12, network": model.Work(paths=1e12, rate=by["network"], **common)}


def prediction(ranks, threads, work, machine):
    """One row: as shipped, with the best block size, and how many ranks a part should have."""
    parts = model.run(ranks, threads, work, machine)
    block = model.best_block(ranks, threads, work, machine)
    better = replace(work, block=block)
    return {"ranks": ranks, "threads": threads, "seconds": sum(parts.values()), "parts": parts,
            "efficiency": model.efficiency(ranks, threads, work, machine),
            "bottleneck": model.bottleneck(parts), "block": block,
            "efficiency_best": model.efficiency(ranks, threads, better, machine),
            "seconds_best": sum(model.run(ranks, threads, better, machine).values()),
            "part": model.ranks_per_part(ranks, threads, better, machine),
            "worthwhile": model.worthwhile(threads, work, machine)}


def predictions(report):
    """Rows of every machine, job and layout."""
    layouts = [(ranks, 1) for ranks in PREDICTED] + [(ranks // NODE, NODE) for ranks in PREDICTED]
    return [{"machine": machine_name, "job": job, **prediction(*layout, work, machine)}
            for machine_name, machine in machines(report).items()
            for job, work in works(report).items() for layout in layouts]


def checks(report):
    """Rows (what, measured seconds, modelled seconds) of what was not fitted."""
    here = next(iter(machines(report).values()))
    found = report["communication"]
    rows = []
    for quantity, rounds in (("reduce", 1), ("all_gather", 1)):
        for size, values in found[quantity].items():
            rows.append((f"{quantity}, {int(size):,} bytes, 2 ranks", median(values),
                         rounds * model.tree(2, here, int(size))))
    step = next(iter(found["step"].values()))
    work = works(report)["paper"]
    messages = model.training(2, 1, replace(work, trainings=1, steps=1), here)
    rows.append(("messages of a training step, 2 ranks", median(step),
                 messages["training messages"]))
    for layout in map(tuple, report["layouts"]):
        for what in report["paths"]:
            job = replace(works(report)[f"1e9, {what}"], paths=report["paths"][what],
                          table_seconds=0.0, statistics=0.0, checkpoint=0.0)
            rows.append((f"sampling by the {what}, {name_of(layout)}",
                         median(times(report, "strong", what, layout, "paths")),
                         sum(model.sampling(*layout, job, here).values())))
    return rows
