#!/usr/bin/env bash
# Starts a real SLURM of four nodes on this machine to try batch scripts on: functions, not speed,
# as each node has eight CPUs whatever the machine has. It needs root and the packages slurm-wlm and
# munge (cluster/setup.sh --tests), and listens on the loopback interface only.
#
#   source <(cluster/local-slurm/start.sh)      starts it, and makes sbatch and squeue find it
#   cluster/local-slurm/start.sh DIR            in folder DIR instead of a new one below /tmp
#   cluster/local-slurm/start.sh DIR --until P  stops by itself when process P has ended
#   cluster/local-slurm/stop.sh DIR             stops it; logs stay in DIR/log
#
# Prints settings for the shell. Exit codes: 0 ready, 77 cannot be had here, 1 did not start.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

dir='' owner=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --until) owner=$2; shift ;;
    *) dir=$1 ;;
  esac
  shift
done

say() { echo "local-slurm: $*" >&2; }
cannot() { say "$*"; exit 77; }

PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" -eq 0 ] || cannot "only root can start it (nodes get namespaces of their own)"
for tool in munged slurmctld slurmd sinfo; do
  command -v "$tool" >/dev/null || cannot "$tool is missing; cluster/setup.sh --tests installs it"
done
unshare --uts --mount --pid --fork --kill-child --mount-proc true 2>/dev/null ||
  cannot "namespaces are not allowed here (unshare failed)"

[ -n "$dir" ] || dir=$(mktemp -d -t local-slurm.XXXXXX)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
if [ -e "$dir/pids" ]; then
  say "$dir holds one already; stop it first: cluster/local-slurm/stop.sh $dir"
  exit 1
fi
mkdir -p "$dir"/{log,state,pids,munge} "$dir"/{spool,tmp}/n{1..4}
chmod 755 "$dir" "$dir/munge"
trap '[ $? -eq 0 ] || { say "did not start; see $dir/log"; "$here/stop.sh" "$dir"; }' EXIT

free_ports() {  # the first of five successive ports that nobody listens on
  local first port
  for first in $(seq 16820 10 17820); do
    for port in $(seq "$first" $((first + 4))); do
      (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue 2
    done
    echo "$first" && return
  done
  return 1
}

start() {  # start NAME COMMAND...: in the background, its output in a log and its id recorded
  local name=$1
  shift
  setsid "$@" </dev/null >"$dir/log/$name.out" 2>&1 9>&- &
  echo $! >"$dir/pids/$name"
}

wait_for() {  # wait_for WHAT COMMAND...: until the command succeeds, 20 seconds at most
  local what=$1 deadline=$((SECONDS + 20)) file
  shift
  until "$@"; do
    for file in "$dir"/pids/*; do
      [ -e "/proc/$(cat "$file")" ] && continue
      say "$(basename "$file") has ended:"
      tail -n 3 "$dir/log/$(basename "$file").out" >&2
      exit 1
    done
    [ $SECONDS -lt $deadline ] || { say "no $what after 20 s"; exit 1; }
    sleep 0.1
  done
}
nodes_ready() { [ "$(sinfo -h -p main -t idle -o %D 2>/dev/null)" = 4 ]; }

# One start at a time on this machine, so that two do not choose the same ports.
exec 9<"$(command -v slurmctld)"
flock 9
port=$(free_ports)
sed -e "s|@DIR@|$dir|g" -e "s|@PORT@|$port|g" \
  -e "s|@NODE_PORTS@|$((port + 1))-$((port + 4))|g" "$here/slurm.conf" >"$dir/slurm.conf"
{ cat /etc/hosts; printf '127.0.0.1 n%s\n' 1 2 3 4; } >"$dir/hosts"
head -c 1024 /dev/urandom >"$dir/munge/key"
chmod 400 "$dir/munge/key"
export SLURM_CONF=$dir/slurm.conf

# --force: the socket may be in a folder that only root can enter.
start munged munged --foreground --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" \
  --pid-file="$dir/munge/pid" --seed-file="$dir/munge/seed" --log-file="$dir/log/munged.log"
wait_for "munged socket" test -S "$dir/munge/socket"
start slurmctld slurmctld -D -c -f "$dir/slurm.conf"
for node in n1 n2 n3 n4; do
  "$here/node.sh" "$dir" "$node" 9>&-
done
wait_for "idle nodes" nodes_ready

if [ -n "$owner" ]; then
  start watcher bash -c "tail --pid=$owner -f /dev/null; exec '$here/stop.sh' '$dir'"
fi

say "four nodes are ready; stop them by: $here/stop.sh $dir"
cat <<SETTINGS
export SLURM_CONF=$dir/slurm.conf
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_mpi_yield_when_idle=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
SETTINGS
