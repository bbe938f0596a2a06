#!/usr/bin/env bash
# Strong and weak scaling on this machine, messages and bytes at up to 64 ranks, and what a model
# fitted to them says of 1,000 and 100,000 ranks.
#
#   jobs/scaling/run.sh                into results/scaling/: scaling.json, .csv, .png and .txt
#   jobs/scaling/run.sh --rounds 9     more repetitions than 5
#   jobs/scaling/run.sh --resume       go on with an interrupted session
#   jobs/scaling/run.sh --quick        next to no work and 1 to 4 ranks: to see that it runs
# Nothing else should run; only messages, not times, are taken where ranks share processors.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh

folder=results/scaling options=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --quick) options+=(--quick --rounds 2 --counts "1,2,4") ;;
    --output) folder=$2; shift ;;
    *) options+=("$1") ;;
  esac
  shift
done
prepare_job
cores=$(usable_cores)
cmake --build build --parallel "$cores" --target bench_communication >&2
layouts=1x1
[ "$cores" -eq 1 ] || layouts=1x1,1x$cores,${cores}x1
mkdir -p "$folder"
"$python" -B jobs/scaling/measure.py "$folder" --layouts "$layouts" \
  ${options[@]+"${options[@]}"} >&2
"$python" -B analysis/table_scaling.py "$folder" | tee "$folder/scaling.txt"
