#!/usr/bin/env bash
# The paper's experiment on every core of this machine: set-up, build, run, figures, Table I.
#
#   jobs/paper.sh              10 batches of 1e5 paths per sampler, into results/paper/
#   jobs/paper.sh --full       10 batches of 1e6 paths per sampler, into results/paper-full/
#   jobs/paper.sh --set models.edm.steps=200000     further arguments go to `htdm run`
#   jobs/paper.sh --output DIR                      another folder
set -euo pipefail
cd "$(dirname "$0")/.."

study=jobs/paper/paper.toml
output=results/paper
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --output) output=$2; shift ;;
    --full) output=results/paper-full arguments+=(--set statistics.batch_size=1_000_000) ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

say() { echo "paper.sh: $*" >&2; }

usable_cores() {  # physical cores, as far as affinity and a container's share allow
  local cores share quota period
  cores=$(lscpu --parse=core,socket | grep -v '^#' | sort -u | wc -l)
  share=$(env -u OMP_NUM_THREADS nproc)
  [ "$share" -lt "$cores" ] && cores=$share
  if read -r quota period 2>/dev/null </sys/fs/cgroup/cpu.max && [ "$quota" != max ]; then
    share=$((quota / period))
    [ "$share" -lt 1 ] && share=1
    [ "$share" -lt "$cores" ] && cores=$share
  fi
  echo "$cores"
}

ranks_for() {  # the fewest ranks, but two if possible (a group for each model), that use all cores
  local ranks=2
  while [ "$ranks" -lt "$1" ] && [ $(($1 % ranks)) -ne 0 ]; do ranks=$((ranks + 1)); done
  [ "$ranks" -le "$1" ] && echo "$ranks" || echo 1
}

python_with_h5py() {
  local python
  for python in /usr/bin/python3 python3; do
    "$python" -c 'import h5py' 2>/dev/null && echo "$python" && return
  done
  say "no Python here can import h5py; install python3-h5py"
  return 2
}

cores=$(usable_cores)
ranks=$(ranks_for "$cores")
threads=$((cores / ranks))

cluster/setup.sh
if [ ! -f build/CMakeCache.txt ] && command -v ninja >/dev/null; then
  export CMAKE_GENERATOR=Ninja
fi
cmake -S . -B build -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build --parallel "$cores" --target htdm >&2

if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
export OMP_NUM_THREADS=$threads
# One machine: nothing needs to leave it, and containers often forbid copies between processes.
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
export OMPI_MCA_btl_vader_single_copy_mechanism=none
launch=(mpirun -n "$ranks" --map-by "slot:PE=$threads" --bind-to core)
if ! "${launch[@]}" true 2>/dev/null; then
  say "ranks cannot be bound to cores here; they run unbound"
  launch=(mpirun -n "$ranks" --oversubscribe --bind-to none)
fi

python=$(python_with_h5py)
say "$ranks ranks x $threads threads, results in $output/"
plan=$(build/bin/htdm check "$study" "${arguments[@]}")
echo "$plan" >&2
"${launch[@]}" build/bin/htdm run "$study" --output "$output" --force "${arguments[@]}" >/dev/null

predicted=$(sed -n 's/^predicted core-time: \([0-9.]*\) core-seconds.*/\1/p' <<<"$plan")
build/bin/htdm show "$output/results.h5" --json | "$python" -c "
import json, sys
provenance = json.load(sys.stdin)['provenance']
measured = provenance['seconds_total'] * provenance['ranks'] * provenance['threads']
print(f'paper.sh: {measured:.0f} core-seconds, $predicted predicted', file=sys.stderr)"

"$python" analysis/report.py "$output"
