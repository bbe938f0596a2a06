#!/usr/bin/env bash
# stop.sh DIR: ends the SLURM that start.sh started in DIR, with everything that runs on its nodes.
# Only processes that start.sh recorded are ended. The logs stay.
set -euo pipefail
if [ ! -d "${1:?usage: stop.sh DIR}/pids" ]; then
  echo "local-slurm: nothing is running in $1" >&2
  exit 0
fi
dir=$(cd "$1" && pwd)

running() {  # running ID: is that process there, and is it still one of ours?
  grep -qsaF -- "$dir" "/proc/$1/cmdline"  # a zombie's is empty
}

end() {  # end NAME SIGNAL: it and its children, which start.sh made a process group; waits for it
  local file=$dir/pids/$1 id tenth
  [ -f "$file" ] || return 0
  id=$(cat "$file")
  if [ "$id" -ne $$ ] && running "$id"; then
    kill "-$2" -- "-$id" 2>/dev/null || true
    for tenth in $(seq 100); do
      running "$id" || break
      [ "$tenth" -ne 50 ] || kill -KILL -- "-$id" 2>/dev/null || true
      sleep 0.1
    done
  fi
  rm -f "$file"
}

end watcher TERM
for node in n4 n3 n2 n1; do
  end "$node" KILL
done
end slurmctld TERM
end munged TERM
rm -f "$dir/pids"/*
rmdir "$dir/pids"
