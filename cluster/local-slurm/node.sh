#!/usr/bin/env bash
# One node of the local SLURM. start.sh runs it as
#   unshare --uts --mount --pid --fork --kill-child --mount-proc node.sh DIR NAME
# so that it has a hostname, a /dev/shm and processes of its own: Open MPI takes ranks of equal
# hostname to share memory, and when the outermost process is killed the whole node is gone, as if
# by a power cut.
set -euo pipefail
dir=$1 name=$2

hostname "$name"
mount -t tmpfs -o size=512m,mode=1777 tmpfs /dev/shm
mount --bind "$dir/hosts" /etc/hosts
ulimit -c 0
# Not exec: the first process of the node collects the orphans that jobs leave.
slurmd -D -f "$dir/slurm.conf" -N "$name" &
wait $!
