#!/usr/bin/env bash
# Does heavy-tailed noise help? Terms of the tail error for three noises, over sigma_max and the
# size of the training sample, without Monte Carlo in the sampling.
#
#   jobs/heavy_noise/run.sh       into results/heavy-noise/, -exact/ and -learned/
# Results that are there already are replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

for part in exact learned; do
  "${launch[@]}" build/bin/htdm law "jobs/heavy_noise/$part.toml" \
    --output "results/heavy-noise-$part" --force >/dev/null
done
"$python" -B jobs/heavy_noise/terms.py results/heavy-noise-exact results/heavy-noise-learned \
  results/heavy-noise
