#!/usr/bin/env bash
# 1e9 paths of t_sde on every core of this machine.
#
#   jobs/deep/run.sh                                            into results/deep/
#   jobs/deep/run.sh --set statistics.batch_size=1_000_000_000  arguments go to `htdm run`
set -euo pipefail
cd "$(dirname "$0")/../.."
exec jobs/run.sh jobs/deep/deep.toml "$@"
