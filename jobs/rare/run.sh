#!/usr/bin/env bash
# Probabilities down to 1e-9 in one and in sixteen dimensions, and what counting would cost.
#
#   jobs/rare/run.sh                                    into results/rare/line, results/rare/sixteen
#   jobs/rare/run.sh --set rare.particles=5000          arguments go to `htdm rare`
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/common.sh
source jobs/common.sh
prepare_job

estimate() {  # estimate NAME FOLDER STUDY [arguments of htdm rare...]: FOLDER/NAME.h5
  local name=$1 folder=$2 study=$3
  shift 3
  "${launch[@]}" build/bin/htdm rare "$study" --output "$folder" --force "$@"
  mv "$folder/rare.h5" "$folder/$name.h5"
}

line=results/rare/line
# The models that all estimates share; the laws come with them.
"${launch[@]}" build/bin/htdm law jobs/rare/line.toml --output "$line" --force >/dev/null
estimate law "$line" jobs/rare/line.toml --set rare.method=law
estimate auto "$line" jobs/rare/line.toml "$@"

sixteen=results/rare/sixteen
estimate auto "$sixteen" jobs/rare/sixteen.toml "$@"
for folder in "$line" "$sixteen"; do  # 1e6 paths, for their cost and for levels that they reach
  estimate counting "$folder" "jobs/rare/$(basename "$folder").toml" --set rare.method=counting \
    --set rare.replicas=100 --set 'rare.target_relative_error=[]'
done
"$python" jobs/rare/table.py results/rare
