#!/usr/bin/env bash
# A multivariate Student-t in 16 dimensions: exceedance of the norm and of a coordinate.
#
#   jobs/t16/run.sh                                     into results/t16-norm/, results/t16-coordinate/
#   jobs/t16/run.sh --set statistics.batch_size=1e4     arguments go to both runs
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

"${launch[@]}" build/bin/htdm run jobs/t16/t16.toml --output results/t16-norm --force "$@" >/dev/null
# The same models and, path by path, the same samples; only the event differs.
"${launch[@]}" build/bin/htdm run jobs/t16/t16.toml --output results/t16-coordinate --force "$@" \
  --set statistics.event=coordinate \
  --set models.edm.file=results/t16-norm/models/edm.h5 \
  --set models.t_edm.file=results/t16-norm/models/t_edm.h5 >/dev/null
"$python" analysis/report.py results/t16-norm
"$python" analysis/report.py results/t16-coordinate
