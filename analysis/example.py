#!/usr/bin/python3
"""Every sampler's tail against its reference, in ten lines: example.py [results/paper]"""

import sys

import htdm_results

results = htdm_results.read(sys.argv[1] if len(sys.argv) > 1 else "results/paper/results.h5")
for entry in results["samplers"]:
    table = entry["exceedance"]
    for x, level, count, p, low, high in zip(*(table[key] for key in (
            "threshold", "level", "count", "probability", "low", "high"))):
        found = f"{p:.3e} [{low:.1e}, {high:.1e}]" if count else f"< {high:.1e}"
        print(f"{entry['name']:14s} nu {entry['nu']:4g}  beyond {x:8.4g}: {found}"
              f"{' (doubtful)' if count <= 10 else ''}, should be {level:.3e}")
