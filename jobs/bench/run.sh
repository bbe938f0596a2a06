#!/usr/bin/env bash
# How fast htdm samples and trains on this machine, beside PyTorch and the machine's own limits.
#
#   jobs/bench/run.sh                  into results/bench/: bench.json, bench.csv, bench.png
#   jobs/bench/run.sh --rounds 9       more repetitions than 5
# PyTorch's part is left out, with a message, where it is not installed. Nothing else should run.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job
cmake --build build --parallel --target bench_denoiser >&2
mkdir -p results/bench
"$python" jobs/bench/measure.py results/bench "$(usable_cores)" "$@" >&2
"$python" analysis/table_bench.py results/bench
