# What the batch scripts share; they source it in the top folder and call, in this order,
#   begin_job OUTPUT "$@"      site profile and arguments; sets output and arguments
#   run_study STUDY OPTION...  htdm run STUDY with the job's arguments, and further options
#   make_report                figures and tables of output
# A job that is asked to stop (SIGUSR1 from sbatch's --signal) stops at a checkpoint and goes back
# into the queue, HTDM_MAX_RESTARTS times at most (default 20), to continue where it was.
# HTDM_REPORT=no leaves figures and tables out.

# shellcheck source=jobs/common.sh
source jobs/common.sh

load_site() {  # the profile HTDM_SITE: a name in cluster/sites, or a file
  local site=${HTDM_SITE:-generic}
  [ -f "$site" ] || site=cluster/sites/$site.env
  if [ ! -f "$site" ]; then
    say "no site profile $site; there are: $(basename -s .env cluster/sites/*.env | xargs)"
    return 2
  fi
  # shellcheck source=cluster/sites/generic.env
  source "$site"
}

stop_asked=false cancelled=false interrupted=false launcher=''

# The batch shell gets these signals; srun and mpirun hand SIGUSR1 on to the ranks. SIGTERM comes
# with cancellation and the time limit: the ranks have it too, and are waited for while they save.
take_signals() {
  trap 'stop_asked=true; interrupted=true
        [ -z "$launcher" ] || kill -USR1 "$launcher" 2>/dev/null || true' USR1
  trap 'cancelled=true; interrupted=true' TERM
}

begin_job() {
  take_signals
  output=$1
  shift
  arguments=() how=--restart
  while [ $# -gt 0 ]; do
    case $1 in
      --output) output=$2; shift ;;
      --restart) ;;
      --force) [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || how=--force ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  load_site
  # shellcheck disable=SC2086  # a list of names
  [ -z "$HTDM_MODULES" ] || module load $HTDM_MODULES
  if [ ! -x build/bin/htdm ]; then
    say "build/bin/htdm is not there; build it first: cmake -S . -B build && cmake --build build"
    exit 2
  fi
  # Newer versions of srun do not take the number of cores per rank from the job.
  export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1} SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}
}

run_study() {  # returns when the study is complete; ends the job otherwise
  local study=$1 code
  shift
  if $stop_asked; then requeue; fi
  # shellcheck disable=SC2086  # a command and its options
  $HTDM_LAUNCH build/bin/htdm run "$study" --output "$output" "$how" \
    ${arguments[@]+"${arguments[@]}"} "$@" &
  launcher=$!
  while true; do
    interrupted=false code=0
    wait "$launcher" || code=$?
    if ! $interrupted; then break; fi
  done
  launcher=''
  [ "$code" -ne 75 ] || requeue
  [ "$code" -eq 0 ] || exit "$code"
}

requeue() {  # back into the queue, with the same job id
  local restarts=${SLURM_RESTART_COUNT:-0} most=${HTDM_MAX_RESTARTS:-20}
  if $cancelled; then
    say "stopped by SLURM; submitted again, the job continues"
  elif [ "$restarts" -ge "$most" ]; then
    say "stopped after $restarts restarts (HTDM_MAX_RESTARTS); submitted again, the job continues"
  elif scontrol requeue "$SLURM_JOB_ID"; then
    say "stopped; requeued to continue, restart $((restarts + 1)) of $most at most"
  else
    say "stopped, and cannot be requeued here; submitted again, the job continues"
  fi
  exit 75
}

with_python() {  # with_python SCRIPT ARGUMENT...: results are complete without; no Python, no error
  local python
  [ "${HTDM_REPORT:-yes}" != no ] || return 0
  if python=$(python_with_h5py); then
    "$python" "$@"
  else
    say "the results are complete; make figures elsewhere by: python3 $*"
  fi
}

make_report() { with_python analysis/report.py "$output"; }
