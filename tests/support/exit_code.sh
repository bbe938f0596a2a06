#!/usr/bin/env bash
# exit_code.sh CODE TEXT COMMAND [ARGS...]: does COMMAND end with CODE and say TEXT?
set -u
code=$1 text=$2
shift 2
said=$("$@" 2>&1)
found=$?
if [ "$found" -ne "$code" ] || [[ $said != *"$text"* ]]; then
  printf 'exit code %s instead of %s, or "%s" not said:\n%s\n' "$found" "$code" "$text" "$said"
  exit 1
fi
