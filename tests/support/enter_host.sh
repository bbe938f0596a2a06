#!/usr/bin/env bash
# enter_host.sh HOST COMMAND...: what ssh would be between the hosts that two_hosts.py makes out of
# namespaces; mpirun's rsh agent. HTDM_HOSTS is a folder where file HOST holds the id of a process
# that lives there.
set -euo pipefail
process=$(cat "$HTDM_HOSTS/$1")
shift
exec nsenter --target "$process" --net --uts --mount --pid sh -c "cd '$PWD' && $*"
