#!/usr/bin/env bash
# The paper's experiment on every core of this machine: set-up, build, run, laws, figures, Table I.
#
#   jobs/paper.sh                                      10 batches of 1e6 paths per sampler,
#                                                      into results/paper/
#   jobs/paper.sh --set statistics.batch_size=100_000  further settings, for every step
#   jobs/paper.sh --output DIR                         another folder
set -euo pipefail
cd "$(dirname "$0")/.."

study=jobs/paper/paper.toml
output=results/paper
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --output) output=$2; shift ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job
say "results in $output/"
plan=$(build/bin/htdm check "$study" "${arguments[@]}")
echo "$plan" >&2
"${launch[@]}" build/bin/htdm run "$study" --output "$output" --force "${arguments[@]}" >/dev/null
"${launch[@]}" build/bin/htdm law "$study" --output "$output" "${arguments[@]}" >/dev/null

predicted=$(sed -n 's/^predicted core-time: \([0-9.]*\) core-seconds.*/\1/p' <<<"$plan")
build/bin/htdm show "$output/results.h5" --json | "$python" -c "
import json, sys
provenance = json.load(sys.stdin)['provenance']
measured = provenance['seconds_total'] * provenance['ranks'] * provenance['threads']
print(f'paper.sh: {measured:.0f} core-seconds, $predicted predicted', file=sys.stderr)"

"$python" analysis/report.py "$output"
