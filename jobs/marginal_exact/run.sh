#!/usr/bin/env bash
# Tail ratios of the marginal-exact sampler and of the others: laws in one dimension, counts in
# sixteen.
#
#   jobs/marginal_exact/run.sh          into results/marginal-exact-line/, -levels/, -gaussian/, -sixteen/
# Results that are there already are replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

for part in line levels gaussian; do
  "${launch[@]}" build/bin/htdm law "jobs/marginal_exact/$part.toml" \
    --output "results/marginal-exact-$part" --force >/dev/null
done
"${launch[@]}" build/bin/htdm run jobs/marginal_exact/sixteen.toml \
  --output results/marginal-exact-sixteen --force >/dev/null
for part in line levels gaussian sixteen; do
  "$python" analysis/figure_tail_ratios.py "results/marginal-exact-$part"
  "$python" analysis/table_tail_ratios.py "results/marginal-exact-$part"
done
