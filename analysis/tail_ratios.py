"""Tail ratios: generated over true probability, from laws where there are any, else from counts."""

from typing import NamedTuple

import numpy as np

from htdm_results import InputError, computed, propagated_law


class Ratio(NamedTuple):
    """At one depth, with its 95 % interval or the law's bound on its own error."""
    depth: float
    ratio: float
    low: float
    high: float
    method: str  # "law" or "counting"
    doubt: str = ""  # why not to build on it, as the file says (since schema 1.9)


class Row(NamedTuple):
    point: dict  # values of the sweep, if any
    name: str
    kind: str
    nu: float
    ratios: list


def ratios(entry):
    """Of one sampler, by depth, where levels are probabilities under the true law."""
    law = propagated_law(entry)
    table = law["exceedance"] if law is not None else computed(entry, "exceedance")
    method = "law" if law is not None else "counting"
    if not table:
        return []
    doubts = table.get("doubt", [""] * len(table["level"]))
    return [Ratio(level, p / level, low / level, high / level, method, str(doubt))
            for level, p, low, high, doubt in zip(*(table[key] for key in (
                "level", "probability", "low", "high")), doubts) if not np.isnan(level)]


def rows(results):
    """One row per sampler, nu and point of the sweep."""
    listed = [Row(entry.get("point", {}), entry["name"], entry["kind"], float(entry["nu"]), found)
              for entry in results["samplers"] if (found := ratios(entry))]
    if not listed:
        raise InputError(f"{results['path']}: has no tail probabilities at levels of a known law; "
                         "run a study like jobs/marginal_exact/line.toml")
    return listed
