#!/usr/bin/env bash
# Readings of the noise coefficient, and Student-t increments: what a choice of calculus changes.
#
#   jobs/conventions/run.sh     into results/readings/ and results/increments/
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

"${launch[@]}" build/bin/htdm run jobs/conventions/readings.toml --output results/readings --force \
  >/dev/null
"$python" analysis/figure_readings.py results/readings
"$python" jobs/conventions/increments.py results/increments
