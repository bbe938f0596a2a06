#!/usr/bin/env bash
# How the tails of VE-SDE, t-ODE and t-SDE depend on the training budget.
#
#   jobs/budget/run.sh                                  into results/budget/
#   jobs/budget/run.sh --set statistics.batch_size=1e5  arguments go to `htdm run`
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

"${launch[@]}" build/bin/htdm run jobs/budget/budget.toml --output results/budget --force "$@" \
  >/dev/null
"$python" analysis/figure_budget.py results/budget
"$python" analysis/report.py results/budget
