#!/usr/bin/env bash
# Tail error against network calls for every scheme, by laws without Monte Carlo.
#
#   jobs/better_steps/run.sh                               into results/better_steps/
#   jobs/better_steps/run.sh --set data.scale=2            arguments go to `htdm law`
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

"${launch[@]}" build/bin/htdm law jobs/better_steps/better_steps.toml \
  --output results/better_steps --force "$@" >/dev/null
"$python" analysis/figure_steps.py results/better_steps
"$python" analysis/table_steps.py results/better_steps
