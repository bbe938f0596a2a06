#!/usr/bin/env bash
# One public data set from its package to a report: fetch, train and sample, law or rare events,
# tails beside the held-out data, figures, report.
#
#   jobs/real_data/run.sh SET                          SET: sp500 metals indices danish, or all
#   jobs/real_data/run.sh SET --set study.seed=7       further arguments go to every command of htdm
# Results go to results/real_data/SET and replace those that are there.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in
  sp500 | metals | indices | danish) sets=("$1") ;;
  all) sets=(sp500 metals indices danish) ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
shift
prepare_job

for set in "${sets[@]}"; do
  study=jobs/real_data/$set.toml output=results/real_data/$set
  [ -f "$output.csv" ] || jobs/real_data/fetch.sh "$set" "$output.csv"
  build/bin/htdm check "$study" "$@" >&2
  "${launch[@]}" build/bin/htdm run "$study" --output "$output" --force "$@"
  sources=("$study" "$output/samples.h5")
  if grep -q '^dimension' "$study"; then  # in one dimension the law says more
    "${launch[@]}" build/bin/htdm rare "$study" --output "$output" --force "$@"
  else
    "${launch[@]}" build/bin/htdm law "$study" --output "$output" "$@"
    sources+=("$output/results.h5")
  fi
  build/bin/htdm tail "${sources[@]}" --output "$output" --force "$@"
  "$python" analysis/figure_tails.py "$output"
  "$python" analysis/report.py "$output"
  "$python" jobs/real_data/report.py "$output"
done
