#!/usr/bin/env bash
# The sweep over the sampling nu on every core of this machine.
#
#   jobs/nu_sweep/run.sh                                         into results/nu_sweep/
#   jobs/nu_sweep/run.sh --set 'samplers.t_sde.nu=[2.5,3.0]'     arguments go to `htdm run`
set -euo pipefail
cd "$(dirname "$0")/../.."
exec jobs/run.sh jobs/nu_sweep/nu_sweep.toml "$@"
