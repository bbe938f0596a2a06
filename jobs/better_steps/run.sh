#!/usr/bin/env bash
# Tail error against network calls for every scheme, by laws without Monte Carlo, for three pairs of
# data and noise.
#
#   jobs/better_steps/run.sh               into results/better_steps/DATA-NOISE for 3-3, 5-2.5, 2.5-5
#   jobs/better_steps/run.sh --set data.scale=2            arguments go to `htdm law`
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

for pair in 3-3 5-2.5 2.5-5; do  # nu of the data, nu of the noise
  folder=results/better_steps/$pair
  "${launch[@]}" build/bin/htdm law jobs/better_steps/better_steps.toml --output "$folder" --force \
    --set "data.nu=${pair%-*}" --set "models.exact.nu=${pair#*-}" "$@" >/dev/null
  "$python" analysis/figure_steps.py "$folder"
  "$python" analysis/table_steps.py "$folder"
done
