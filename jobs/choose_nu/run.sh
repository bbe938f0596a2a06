#!/usr/bin/env bash
# Which nu to sample with, by rows that no model was trained on, and whether t_sde_exact is nearer.
#
#   jobs/choose_nu/run.sh                       t_3 data: results/choose_nu/whole and /tail
#   jobs/choose_nu/run.sh FILE.csv [arguments]  the same for the first column of a table of returns:
#                                               results/choose_nu/<name of the file>-whole and -tail
# Arguments after the file go to htdm.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

study=jobs/choose_nu/t3.toml prefix=""
if [ $# -gt 0 ]; then
  file=$(realpath "$1")
  prefix=$(basename "$1" .csv)-
  shift
  study=jobs/choose_nu/file.toml
  set -- --set "data.path=\"$file\"" "$@"
fi

# The models are trained once, by the law of their samplers, and lie beside both choices.
models=results/choose_nu/${prefix}whole
"${launch[@]}" build/bin/htdm law "$study" --output "$models" --force "$@" >/dev/null
"${launch[@]}" build/bin/htdm choose-nu "$study" --output "$models" --force "$@"
mkdir -p "results/choose_nu/${prefix}tail"
cp -r "$models/results.h5" "$models/models" "results/choose_nu/${prefix}tail/"
"${launch[@]}" build/bin/htdm choose-nu "$study" --output "results/choose_nu/${prefix}tail" \
  --tail 0.02 --force "$@"
