"""Trajectories between two points, as the figures of `htdm trajectories` need them."""

import numpy as np

from htdm_results import InputError, study_of
from plotting import PALETTE, clopper_pearson, nu_text

SAMPLERS = ("t_sde", "t_sde_ablated")
NAMES = {"t_sde": "t_sde", "t_sde_ablated": "ablated"}


def pairs(results):
    """[(nu, t_sde entry, ablated entry)] in order of nu, entries of two-point data only."""
    found = {}
    for entry in results["samplers"]:
        if entry["kind"] in SAMPLERS and "basins" in entry:
            found.setdefault(float(entry["nu"]), {}).setdefault(entry["kind"], entry)
    both = [(nu, kinds["t_sde"], kinds["t_sde_ablated"]) for nu, kinds in sorted(found.items())
            if len(kinds) == len(SAMPLERS)]
    if not both:
        raise InputError(f"{results['path']}: holds no t_sde and t_sde_ablated of the same nu over "
                         "two-point data; `htdm trajectories jobs/annealing/line.toml` makes them")
    return both


def chosen(results, nu=3.0):
    """The pair nearest to nu."""
    return min(pairs(results), key=lambda pair: abs(1 / pair[0] - 1 / nu))


def colors(results):
    """{nu: colour}: a palette for the finite ones, grey for the Gaussian limit."""
    finite = [nu for nu, _, _ in pairs(results) if np.isfinite(nu)]
    return {**{nu: PALETTE[i % len(PALETTE)] for i, nu in enumerate(finite)}, np.inf: "0.45"}


def along(results, entry, paths=slice(None)):
    """States on the axis in units of |a|: the points are at -1 and 1. [path][level]."""
    d = len(entry["deviation"])
    separation = study_of(results).get("data", {}).get("separation", 1.0)
    a = separation / np.sqrt(d) / entry["deviation"]
    center = -entry["mean"] / entry["deviation"]
    return (entry["path_state"][paths] - center) @ a / (a @ a)


def statistic(entry, name):
    """(count, value, low, high) of a number in basins/."""
    basins = entry["basins"]
    row = int(np.flatnonzero(basins["name"] == name)[0])
    return tuple(basins[key][row] for key in ("count", "value", "low", "high"))


def remaining(entry):
    """(sigma, count): of how many paths the last crossing comes in a step from this level on."""
    counts = entry["passages"]["last"].astype(float)
    # The step into level k starts at level k - 1; level 0 holds the paths that never cross.
    return entry["passages"]["sigma"][:-1], np.cumsum(counts[:0:-1])[::-1]


def first_passage(entry):
    """(count, value, low, high): of the paths that ever cross, the geometric mean of the level at
    which they first do, over sigma_c; a step's level is the geometric mean of its ends."""
    sigma = entry["passages"]["sigma"]
    counts = entry["passages"]["first"][1:].astype(float)
    number = counts.sum()
    if number < 2:
        return int(number), np.nan, np.nan, np.nan
    level = np.log(sigma[:-1] * sigma[1:]) / 2 - np.log(entry["basins"]["critical_sigma"])
    mean = counts @ level / number
    error = np.sqrt(counts @ (level - mean) ** 2 / (number - 1) / number)
    return int(number), *np.exp([mean, mean - 1.96 * error, mean + 1.96 * error])


def still_to_cross(entry, share):
    """(count, value, low, high) of the paths that cross in a step from share * sigma_c or below."""
    sigma, counts = remaining(entry)
    basins = entry["basins"]
    count = int(counts[np.argmax(sigma <= share * basins["critical_sigma"])])
    paths = int(basins["paths"])
    return count, count / paths, *clopper_pearson(count, paths)


def measured(entry):
    """{what: (count, value, low, high)} of one sampler, with 95 % intervals."""
    return {"first crossing/sigma_c": first_passage(entry), "cross below sigma_c":
            statistic(entry, "late"), "cross below sigma_c/4": still_to_cross(entry, 0.25),
            "crossings": statistic(entry, "crossings")}


def rows(results):
    """The numbers of measured, a dictionary each; no value where none is known."""
    return [{"nu": nu_text(nu), "sampler": NAMES[entry["kind"]], "what": what, "count": int(count),
             **{key: f"{number:.6g}" if np.isfinite(number) else ""
                for key, number in (("value", value), ("low", low), ("high", high))}}
            for nu, *entries in pairs(results) for entry in entries
            for what, (count, value, low, high) in measured(entry).items()]


def text(results):
    """What is early and late, a line per nu and sampler, with 95 % intervals."""
    lines = [f"{'nu':>5} {'sampler':<8} {'sigma_c':>8} {'first crossing/sigma_c':>24} "
             f"{'cross below sigma_c':>26} "
             f"{'cross below sigma_c/4':>28} {'crossings':>24}"]
    for nu, *entries in pairs(results):
        for entry in entries:
            cells = [cell(*numbers) for numbers in measured(entry).values()]
            lines.append(f"{nu_text(nu):>5} {NAMES[entry['kind']]:<8} "
                         f"{entry['basins']['critical_sigma']:>8.3f} {cells[0]:>24} "
                         f"{cells[1]:>26} {cells[2]:>28} {cells[3]:>24}")
    if any("*" in line for line in lines):
        lines.append("* doubtful: ten paths or fewer")
    return "\n".join(lines)


def cell(count, value, low, high):
    if not np.isfinite(value):
        return "not resolved"
    if count == 0:
        return f"< {high:.2g}"
    return f"{value:.4g}{'*' if count <= 10 else ''} [{low:.4g}, {high:.4g}]"
