#!/usr/bin/env bash
# One study on every core of this machine, from set-up to report: set-up, build, check, run, figures.
#
#   jobs/run.sh mine.toml                      into results/mine/ (the name of the file)
#   jobs/run.sh mine.toml --output DIR         another folder
#   jobs/run.sh mine.toml --set study.seed=7   further arguments go to `htdm run`
# Results that are there already are replaced.
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in
  -h | --help) usage; exit 0 ;;
  "" | -*) usage >&2; exit 2 ;;
esac
study=$(realpath --canonicalize-missing --no-symlinks -- "$here/$1")
[ "${1#/}" = "$1" ] || study=$1
output=results/$(basename "$1" .toml)
shift
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --output) output=$(cd "$here" && realpath --canonicalize-missing -- "$2"); shift ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job
build/bin/htdm check "$study" ${arguments[@]+"${arguments[@]}"} >&2
"${launch[@]}" build/bin/htdm run "$study" --output "$output" --force \
  ${arguments[@]+"${arguments[@]}"}
"$python" analysis/report.py "$output"
