#!/usr/bin/env bash
# The paper's experiment with the data seeds 0 to 4, and the spread of Table I over them.
#
#   jobs/seeds/run.sh                                   into results/seeds/
#   jobs/seeds/run.sh --set statistics.batch_size=1e5   arguments go to every `htdm run`
# A seed that is already there is left as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

for seed in 0 1 2 3 4; do
  say "seed $seed"
  "${launch[@]}" build/bin/htdm run jobs/paper/paper.toml --output "results/seeds/seed-$seed" \
    --restart --set study.seed="$seed" "$@" >/dev/null
done
"$python" analysis/table_seeds.py results/seeds/seed-{0,1,2,3,4} --output results/seeds
