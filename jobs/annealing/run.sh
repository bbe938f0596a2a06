#!/usr/bin/env bash
# Trajectories between two points in one and sixteen dimensions, on every core of this machine.
#
#   jobs/annealing/run.sh                                    into results/annealing-line/, -sixteen/
#   jobs/annealing/run.sh --set statistics.batch_size=1e4    arguments go to `htdm trajectories`
# Trajectories that are there already are replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

for study in line sixteen; do
  output=results/annealing-$study
  "${launch[@]}" build/bin/htdm trajectories "jobs/annealing/$study.toml" --output "$output" \
    --force "$@"
  "$python" analysis/annealing.py "$output"
done
