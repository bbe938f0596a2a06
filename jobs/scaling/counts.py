"""Messages and bytes at many ranks, by differences of runs. Nothing here is a time, so the ranks
may share processors."""

import json
import re
import tempfile
from pathlib import Path

from rates import htdm_start

KINDS = ("barrier", "broadcast", "gather", "all_gather", "exchange", "reduce", "deal")
NUMBERS = ("calls", "messages", "sent", "received")
SMALL = ("data.train_samples=20_000", "models.t_edm.steps=1", "statistics.w1_samples=1000",
         "statistics.block_size=16")
MONITOR = {"OMPI_MCA_pml_monitoring_enable": "2",
           "OMPI_MCA_pml_monitoring_enable_output": "3"}


def monitored(prefix):
    """What Open MPI's monitoring saw: {rank: {"point_to_point" or "collective": [messages, bytes]}}
    of the messages that a rank sent, those inside collectives too."""
    seen = {}
    for path in Path(prefix).parent.glob(f"{Path(prefix).name}.*.prof"):
        sent = {"point_to_point": [0, 0], "collective": [0, 0]}
        for line in path.read_text().splitlines():
            found = re.match(r"([EI])\s+\d+\s+\d+\s+(\d+) bytes\s+(\d+) msgs sent", line)
            if found:
                of = sent["point_to_point" if found[1] == "E" else "collective"]
                of[0] += int(found[3])
                of[1] += int(found[2])
        seen[int(path.name.split(".")[-2])] = sent
    return seen


def traffic(ranks, *overrides, options=(), monitor=False):
    """One run of the small study: {"lines": what every rank counted, "log", "monitored"}."""
    with tempfile.TemporaryDirectory() as folder:
        file, prefix = Path(folder) / "traffic", Path(folder) / "monitor"
        environment = {"HTDM_TRAFFIC": str(file), "OMPI_MCA_mpi_yield_when_idle": "1"}
        if monitor:
            environment |= MONITOR | {"OMPI_MCA_pml_monitoring_filename": str(prefix)}
        done = htdm_start(ranks, 1, Path(folder) / "run", *SMALL, *overrides, options=options,
                          environment=environment)
        return {"lines": [json.loads(line) for line in file.read_text().splitlines()],
                "log": done.stderr, "monitored": monitored(prefix) if monitor else {}}


def per(before, after, times):
    """Of the root, and the mean of the other ranks: {kind: {number: difference over `times`}}."""
    def difference(rows):
        def of(run, kind, number):
            return sum(run["lines"][r][kind][number] for r in rows)

        return {kind: {number: (of(after, kind, number) - of(before, kind, number))
                       / max(len(rows), 1) / times
                       for number in NUMBERS} for kind in KINDS}

    ranks = len(after["lines"])
    found = {"root": difference([0]), "others": difference(list(range(1, ranks)))}
    if before["monitored"] and after["monitored"]:
        found["monitored"] = {
            kind: {number: [(sent[kind][k] - before["monitored"][r][kind][k]) / times
                            for r, sent in sorted(after["monitored"].items())]
                   for k, number in enumerate(("messages", "bytes"))}
            for kind in ("point_to_point", "collective")}
    return found


def windows(ranks, number):
    """Paths for so many full windows of blocks of 16 paths, in one batch."""
    return f"statistics.batch_size={number * max(1024, 64 * ranks) * 16}"


def count(ranks, monitor):
    """What one training step, window of blocks, entry and checkpoint cost."""
    whole = ("statistics.batches=1", windows(ranks, 1))
    base = traffic(ranks, *whole, monitor=monitor)
    steps = traffic(ranks, *whole, "models.t_edm.steps=41", monitor=monitor)
    more = traffic(ranks, "statistics.batches=1", windows(ranks, 4), monitor=monitor)
    entries = traffic(ranks, *whole, "samplers.t_sde.nu=[2.5,3.0]", monitor=monitor)
    saving = traffic(ranks, *whole, "models.t_edm.steps=41",
                     options=("--checkpoint-interval", f"{5e-3 * ranks:g}"))
    taken = re.search(r"(\d+) checkpoint\(s\) held the run up", saving["log"])
    found = {"step": per(base, steps, 40), "window": per(base, more, 3),
             "entry": per(base, entries, 1),
             "blocks": max(1024, 64 * ranks)}
    if taken:
        found["checkpoint"] = per(steps, saving, int(taken[1]))
    return found


def table_bytes(model):
    """Bytes that every rank of many receives when the levels of one entry are tabulated."""
    found = traffic(2, f"models.t_edm.file={model}", "statistics.batch_size=100")["lines"]
    return sum(line["all_gather"]["sent"] for line in found)


def monitoring_is_here():
    """Whether Open MPI can be asked for the messages inside collectives: a run tells."""
    return bool(traffic(2, "statistics.batches=1", "statistics.batch_size=100",
                        monitor=True)["monitored"])
