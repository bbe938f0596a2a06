"""How long a run takes on many ranks: parts that were measured, put together.

Symbols: P ranks of T threads; alpha seconds a message, beta seconds a byte; a collective of n bytes
takes alpha log2 P + beta n. Every function returns {part: seconds} of the parts that add up.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

RESULT_BYTES = 56  # of a block in a window: its number, its length, its moments
LOOK = 2e-4  # the main thread of a rank looks for messages so often
WANTED, ROOT_LIMIT = 0.05, 50_000  # work asked for at a time; requests a second that are allowed
WINDOW_COLLECTIVES = 5  # settle (2), lengths of results, failures of the side job, the root's wish


@dataclass(frozen=True)
class Machine:
    """What ranks pay for speaking to each other."""
    alpha: float    # s a message
    beta: float     # s a byte
    service: float  # s of the root for one request, or for one message that it takes in
    fold: float     # s of the root for folding one block
    launch: float = 0.0  # s for starting one rank more


@dataclass(frozen=True)
class Work:
    """What a study asks for, in seconds of one core where it is a time."""
    paths: float           # per entry
    rate: float            # paths a core and second
    entries: int = 1
    block: int = 4096
    batches: int = 10
    reduces: int = 47      # of an entry: 4 a batch and event, 2 histograms, 5 agreements
    histogram: int = 2 * 131_096
    table_seconds: float = 0.0
    table_bytes: float = 0.0
    levels: int = 128
    trainings: int = 0
    steps: int = 10_000
    step_seconds: float = 0.0    # that shards divide
    step_serial: float = 0.0     # that nothing divides
    shards: int = 8
    parameters: int = 17_025
    statistics: float = 0.0      # after the last entry, on the root
    checkpoint: float = 0.0      # writing one, on the root
    interval: float = 60.0       # s between two


def fit_line(x, y):
    """y = a + b x by least squares of relative deviations, a, b >= 0: {a, b, their standard errors,
    the relative residuals}."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    scaled = np.column_stack([1 / y, x / y])
    solution = np.linalg.lstsq(scaled, np.ones_like(y), rcond=None)[0]
    for k in (0, 1):  # a cost below zero is none
        if solution[k] < 0:
            other = 1 - k
            column = scaled[:, other]
            solution[k] = 0
            solution[other] = column.sum() / (column @ column)
    residuals = scaled @ solution - 1
    freedom = max(len(y) - 2, 1)
    covariance = np.linalg.inv(scaled.T @ scaled) * (residuals @ residuals) / freedom
    error = np.sqrt(np.diag(covariance))
    return {"a": float(solution[0]), "b": float(solution[1]), "a_error": float(error[0]),
            "b_error": float(error[1]), "residuals": residuals.tolist()}


def amdahl(one, cores, seconds):
    """(serial, divided) of serial + divided / cores = seconds where one core takes `one`."""
    serial = min(max((cores * seconds - one) / (cores - 1), 0.0), one)
    return serial, one - serial


def tree(ranks, machine, size=0.0):
    """One collective."""
    return 0.0 if ranks == 1 else machine.alpha * math.log2(ranks) + machine.beta * size


def window_blocks(ranks, threads):
    return max(1024, 64 * ranks * threads)


def requests(blocks, ranks, threads, per_block):
    """What the other ranks ask the root for in a window: runs of the blocks left over 4 P, at most
    what a rank wants, at least one; and every rank is told the end."""
    if ranks == 1:
        return 0.0
    wanted = max(threads * max(WANTED, ranks / ROOT_LIMIT) / per_block, 1.0)
    wanted = min(wanted, 4096.0)
    shared = 4.0 * ranks  # while more than this times `wanted` is left, all get what they want
    first = max(blocks - shared * wanted, 0.0) / wanted
    left = min(blocks, shared * wanted)
    shrinking = shared * math.log(max(left / shared, 1.0))
    return (first + shrinking + min(left, shared)) * (ranks - 1) / ranks + ranks - 1


def window(blocks, ranks, threads, work, machine):
    """Sampling `blocks` blocks and folding them."""
    per_block, cores = work.block / work.rate, ranks * threads
    ideal = blocks / cores * per_block
    worked = ideal if cores == 1 else max(ideal + per_block / 2,
                                          math.ceil(blocks / cores) * per_block)
    herd = (ranks - 1) * machine.service / 2  # all ask at once for their first blocks
    latency = 0.0 if ranks == 1 else 2 * LOOK
    dealing = requests(blocks, ranks, threads, per_block) * machine.service
    others = (ranks - 1) / ranks * blocks * RESULT_BYTES
    return {"paths": ideal, "waiting for the last block": worked - ideal,
            "dealing": max(dealing - worked, herd + latency),
            "folding": (ranks - 1) * machine.service + others * machine.beta
            + blocks * machine.fold,
            "collectives": WINDOW_COLLECTIVES * tree(ranks, machine)}


def add(parts, more, times=1.0):
    for name, seconds in more.items():
        parts[name] = parts.get(name, 0.0) + times * seconds
    return parts


def sampling(ranks, threads, work, machine):
    """All entries, with their tables, checkpoints and sums."""
    blocks = math.ceil(work.paths / work.block)
    most = window_blocks(ranks, threads)
    full, rest = divmod(blocks, most)
    parts = {}
    if full:
        add(parts, window(most, ranks, threads, work, machine), full * work.entries)
    if rest:
        add(parts, window(rest, ranks, threads, work, machine), work.entries)
    if work.table_seconds:
        share = math.ceil(work.levels / (ranks * threads)) / work.levels
        add(parts, {"tables": work.table_seconds * share + tree(ranks, machine, work.table_bytes)
                    + tree(ranks, machine, 8 * ranks)})
    entry = work.reduces * tree(ranks, machine) + (
        2 * work.histogram * machine.beta if ranks > 1 else 0.0)
    add(parts, {"collectives": work.entries * entry})
    checkpoints = sum(parts.values()) / work.interval if work.checkpoint else 0.0
    pause = work.block / work.rate  # blocks that were handed out are finished
    return add(parts, {"checkpoints": checkpoints * (entry + work.checkpoint + pause)})


def training(ranks, threads, work, machine):
    """All trainings, side by side in groups of at most `shards` ranks each."""
    if not work.trainings:
        return {}
    groups = min(ranks, work.trainings)
    group = min(max(ranks // groups, 1), work.shards)
    turns = math.ceil(work.trainings / groups)
    share = math.ceil(math.ceil(work.shards / group) / threads) / work.shards
    weights = 4 * work.parameters
    messages = 0.0
    if group > 1:  # gradients (all at once, both ways), losses, weights
        messages = 2 * machine.alpha + (work.shards + 1) * weights / group * machine.beta
        messages += 2 * tree(group, machine) + weights * machine.beta
    steps = turns * work.steps
    return {"training": steps * (work.step_seconds * share + work.step_serial),
            "training messages": steps * messages}


def run(ranks, threads, work, machine):
    """A whole run."""
    parts = training(ranks, threads, work, machine)
    add(parts, sampling(ranks, threads, work, machine))
    return add(parts, {"statistics": work.statistics, "launch": ranks * machine.launch})


def useful(work):
    """Seconds of one core that no layout can save."""
    return (work.entries * work.paths / work.rate + work.table_seconds
            + work.trainings * work.steps * (work.step_seconds + work.step_serial))


def efficiency(ranks, threads, work, machine):
    """Useful core-seconds over those that are paid."""
    return useful(work) / (sum(run(ranks, threads, work, machine).values()) * ranks * threads)


def bottleneck(parts):
    """The part that costs most, of those that are not work."""
    return max((name for name in parts if name not in ("paths", "training")), key=parts.get)


BLOCK_SIZES = [4096 * 2**k for k in range(9)]


def best_block(ranks, threads, work, machine):
    """The block size up to the largest allowed with which a run is fastest."""
    return min(BLOCK_SIZES, key=lambda size: sum(
        run(ranks, threads, replace(work, block=size), machine).values()))


LEAST = 0.9  # an efficiency that is worth its ranks


def powers_of_two(most):
    return [2**k for k in range(int(math.log2(most)), -1, -1)]


def ranks_per_part(ranks, threads, work, machine):
    """Of `ranks` ranks that sample one entry, in parts side by side, the most that a part can have so
    that its efficiency, launch aside, is LEAST: all, or a power of two; 0 where there is none."""
    quiet = replace(machine, launch=0.0)
    for size in [ranks] + powers_of_two(ranks):
        part = replace(work, paths=work.paths * size / ranks, trainings=0)
        if efficiency(size, threads, part, quiet) >= LEAST:
            return size
    return 0


def worthwhile(threads, work, machine, most=2**20):
    """The most ranks, a power of two, of one run of all the work with efficiency LEAST."""
    quiet = replace(machine, launch=0.0)

    def best(size):
        block = best_block(size, threads, work, quiet)
        return efficiency(size, threads, replace(work, block=block), quiet)

    return next((size for size in powers_of_two(most) if best(size) >= LEAST), 0)
