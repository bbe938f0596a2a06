#!/usr/bin/env bash
# Tail ratios of t_sde_exact with a learned coefficient: laws in one dimension, counts in sixteen.
#
#   jobs/learned_coefficient/run.sh          all four studies
#   jobs/learned_coefficient/run.sh pairs    those that are named: line pairs gaussian sixteen
# Results go to results/learned-coefficient-STUDY; those that are there already are replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
tail_ratios learned_coefficient line pairs gaussian sixteen -- "$@"
