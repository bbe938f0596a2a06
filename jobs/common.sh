# What the jobs share; sourced by their run scripts from the top folder. After prepare_job:
#   launch   the command that starts htdm on every core of this machine
#   python   an interpreter that can import h5py

say() { echo "${SLURM_JOB_NAME:-$(basename "$0")}: $*" >&2; }

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

prepare_job() {  # set-up, build, launch line
  local cores ranks threads
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
  say "$ranks ranks x $threads threads"
}

tail_ratios() {  # tail_ratios JOB STUDY... -- [STUDY...]: tables and figures of these or of all
  local job=$1 studies=() study output command
  shift
  while [ "$1" != -- ]; do studies+=("$1"); shift; done
  shift
  for study; do
    [[ " ${studies[*]} " == *" $study "* ]] && continue
    say "there is no study \"$study\" in jobs/$job; it has ${studies[*]}"
    return 2
  done
  [ $# -eq 0 ] || studies=("$@")
  prepare_job
  for study in "${studies[@]}"; do
    output=results/${job//_/-}-$study
    command=law
    grep -q '^dimension' "jobs/$job/$study.toml" && command=run  # counted
    "${launch[@]}" build/bin/htdm "$command" "jobs/$job/$study.toml" --output "$output" --force \
      >/dev/null
    "$python" analysis/figure_tail_ratios.py "$output"
    "$python" analysis/table_tail_ratios.py "$output"
  done
}
