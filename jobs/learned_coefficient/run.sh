#!/usr/bin/env bash
# Tail ratios of t_sde_exact with a learned coefficient: laws in one dimension, counts in sixteen.
#
#   jobs/learned_coefficient/run.sh     into results/learned-coefficient-line/ and -sixteen/
# Results that are there already are replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

"${launch[@]}" build/bin/htdm law jobs/learned_coefficient/line.toml \
  --output results/learned-coefficient-line --force >/dev/null
"${launch[@]}" build/bin/htdm run jobs/learned_coefficient/sixteen.toml \
  --output results/learned-coefficient-sixteen --force >/dev/null
for part in line sixteen; do
  "$python" analysis/table_tail_ratios.py "results/learned-coefficient-$part"
done
