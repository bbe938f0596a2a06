#!/usr/bin/env bash
# node.sh DIR NAME: starts node NAME of the local SLURM in DIR, as start.sh does for all four; to be
# used again after a node's process (its id is in DIR/pids/NAME) was killed.
#
# A node has a hostname, a /dev/shm and processes of its own: Open MPI takes ranks of equal hostname
# to share memory, and when the node's outermost process is killed all of it is gone, as if by a
# power cut.
set -euo pipefail
dir=$1 name=$2

if [ "${3:-}" != inside ]; then
  # What jobs left when the power went would be in the way of the same job's next start.
  rm -rf "$dir"/{tmp,spool}/"$name"
  mkdir "$dir"/{tmp,spool}/"$name"
  setsid unshare --uts --mount --pid --fork --kill-child --mount-proc \
    "$0" "$dir" "$name" inside </dev/null >"$dir/log/$name.out" 2>&1 &
  echo $! >"$dir/pids/$name"
  exit 0
fi

hostname "$name"
mount -t tmpfs -o size=512m,mode=1777 tmpfs /dev/shm
mount --bind "$dir/hosts" /etc/hosts
ulimit -c 0
# Not exec: the first process of the node collects the orphans that jobs leave.
slurmd -D -f "$dir/slurm.conf" -N "$name" &
wait $!
