#!/usr/bin/env bash
# Tail ratios of the marginal-exact sampler and of the others: laws in one dimension, counts in
# sixteen.
#
#   jobs/marginal_exact/run.sh          all four studies
#   jobs/marginal_exact/run.sh pairs    those that are named: line levels pairs sixteen
# Results go to results/marginal-exact-STUDY; those that are there already are replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
tail_ratios marginal_exact line levels pairs sixteen -- "$@"
