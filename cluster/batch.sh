# What the batch scripts share; they source it in the top folder and call, in this order,
#   begin_job OUTPUT "$@"      site profile and arguments; sets output, arguments and settings
#   run_study STUDY OPTION...  htdm run STUDY with the job's arguments, and further options
#   add_laws STUDY             htdm law STUDY, with the --set arguments of the job
#   record_trajectories STUDY  htdm trajectories STUDY, with the --set arguments, and figures
#   make_report                figures and tables of output
# A job that is asked to stop (SIGUSR1 from sbatch's --signal), or whose time is nearly over, stops
# at a checkpoint and goes back into the queue, HTDM_MAX_RESTARTS times at most (default 20), to
# continue where it was. HTDM_REPORT=no leaves figures and tables out.

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

stop_asked=false cancelled=false interrupted=false launcher='' reminder=''

# The batch shell gets these signals; srun and mpirun hand SIGUSR1 on to the ranks. SIGTERM comes
# with cancellation and the time limit: the ranks have it too, and are waited for while they save.
take_signals() {
  trap 'stop_asked=true; interrupted=true; pass_on_stop' USR1
  trap 'cancelled=true; interrupted=true' TERM
}
pass_on_stop() {  # and again after a while: srun and mpirun lose what comes before their ranks run
  [ -n "$launcher" ] || return 0
  kill -USR1 "$launcher" 2>/dev/null || true
  forget_reminder
  (sleep 5; kill -USR1 $$) &
  reminder=$!
}
forget_reminder() { [ -z "$reminder" ] || kill "$reminder" 2>/dev/null || true; }

begin_job() {
  take_signals
  output=$1
  shift
  arguments=() settings=() how=--restart
  while [ $# -gt 0 ]; do
    case $1 in
      --output) output=$2; shift ;;
      --output=*) output=${1#*=} ;;
      --restart) ;;
      --force) [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || how=--force ;;
      --set) arguments+=("$1" "$2") settings+=("$1" "$2"); shift ;;
      --set=*) arguments+=("$1") settings+=("$1") ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  load_site
  # shellcheck disable=SC2086  # a list of names
  [ -z "${HTDM_MODULES:-}" ] || module load $HTDM_MODULES
  if [ ! -x build/bin/htdm ]; then
    say "build/bin/htdm is not there; build it first: cmake -S . -B build && cmake --build build"
    exit 2
  fi
  # Newer versions of srun do not take the number of cores per rank from the job.
  export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1} SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}
}

this_job() {  # of an array only this task: its plain id can stand for all of them
  [ -z "${SLURM_ARRAY_JOB_ID:-}" ] && echo "$SLURM_JOB_ID" ||
    echo "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
}

time_left() {  # of this job as H:M:S; nothing where it has no limit or squeue does not say
  local left
  left=$(squeue -h -j "$(this_job)" -o %L) || return 0
  [[ $left =~ ^(([0-9]+)-)?(([0-9]+):)?([0-9]+):([0-9]+)$ ]] || return 0
  local hours=$((10#0${BASH_REMATCH[2]} * 24 + 10#0${BASH_REMATCH[4]}))
  echo "$hours:${BASH_REMATCH[5]}:${BASH_REMATCH[6]}"
}

run_study() {  # returns when the study is complete; ends the job otherwise
  local study=$1 code left
  shift
  if $stop_asked; then requeue; fi
  left=$(time_left)
  # shellcheck disable=SC2086  # a command and its options
  $HTDM_LAUNCH build/bin/htdm run "$study" --output "$output" "$how" \
    ${left:+--walltime "$left"} ${arguments[@]+"${arguments[@]}"} "$@" &
  launcher=$!
  if $stop_asked; then pass_on_stop; fi
  while true; do
    interrupted=false code=0
    wait "$launcher" || code=$?
    if ! $interrupted; then break; fi
  done
  launcher=''
  forget_reminder
  [ "$code" -ne 75 ] || requeue
  # The signal came before the program listened to it, and ended it.
  if $stop_asked && [ "$code" -gt 128 ]; then requeue; fi
  [ "$code" -eq 0 ] || exit "$code"
  if [ ! -f "$output/results.h5" ]; then  # a launcher may fail and say nothing
    say "no results in $output although the launcher ended well; submitted again, the job continues"
    exit 1
  fi
}

requeue() {  # back into the queue, with the same job id
  local restarts=${SLURM_RESTART_COUNT:-0} most=${HTDM_MAX_RESTARTS:-20}
  if $cancelled; then
    say "stopped by SLURM; submitted again, the job continues"
  elif [ "$restarts" -ge "$most" ]; then
    say "stopped after $restarts restarts (HTDM_MAX_RESTARTS); submitted again, the job continues"
  elif scontrol requeue "$(this_job)"; then
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

add_laws() {  # computed in seconds, and all over again where the job was stopped
  # shellcheck disable=SC2086  # a command and its options
  $HTDM_LAUNCH build/bin/htdm law "$1" --output "$output" ${settings[@]+"${settings[@]}"} >/dev/null
}

record_trajectories() {  # as a whole; one that is there is kept unless the job was given --force
  if [ "$how" = --force ] || [ ! -f "$output/trajectories.h5" ]; then
    # shellcheck disable=SC2086  # a command and its options
    $HTDM_LAUNCH build/bin/htdm trajectories "$1" --output "$output" --force \
      ${settings[@]+"${settings[@]}"}
  fi
  with_python analysis/annealing.py "$output"
}

make_report() { with_python analysis/report.py "$output"; }
