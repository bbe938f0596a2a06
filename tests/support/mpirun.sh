#!/usr/bin/env bash
# mpirun.sh RANKS THREADS PROGRAM [ARGS...]
#
# Runs PROGRAM on RANKS ranks of THREADS threads on this machine and returns its exit code.
# Works as root and with more ranks than cores; traffic stays on the loopback interface; ends
# after HTDM_TEST_TIMEOUT seconds (default 300) with code 124.
set -euo pipefail

if [ $# -lt 3 ]; then
  echo "usage: mpirun.sh RANKS THREADS PROGRAM [ARGS...]" >&2
  exit 64
fi
ranks=$1
threads=$2
shift 2

export OMP_NUM_THREADS=$threads
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
# MPI libraries keep memory to the end, by design.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
# Copying straight between processes needs a capability that containers often withhold.
export OMPI_MCA_btl_vader_single_copy_mechanism=none
if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

# Ranks are not bound: tests that run side by side would all be bound to the first cores.
layout=(-n "$ranks" --oversubscribe --bind-to none)
if [ $((ranks * threads)) -gt "$(nproc --all)" ]; then
  export OMPI_MCA_mpi_yield_when_idle=1  # a waiting rank must give its core away
fi

exec timeout --kill-after=10 "${HTDM_TEST_TIMEOUT:-300}" mpirun --quiet "${layout[@]}" "$@"
