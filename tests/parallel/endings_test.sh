#!/usr/bin/env bash
# endings_test.sh PROGRAM RANKS MPIRUN: each ending of PROGRAM on RANKS ranks has its exit code and
# prints its message exactly once, or not at all when it is no error.
set -uo pipefail
program=$1 ranks=$2 mpirun=$3
failed=0

expect() {  # expect ENDING CODE MESSAGES [MESSAGE]
  local output code messages
  if [ "$ranks" -eq 1 ]; then
    output=$("$program" "$1" 2>&1)
  else
    output=$("$mpirun" "$ranks" 1 "$program" "$1" 2>&1)
  fi
  code=$?
  messages=$(grep -c "^error: ${4:-$1}\$" <<<"$output")
  if [ "$code" -ne "$2" ] || [ "$messages" -ne "$3" ]; then
    printf 'ending "%s": code %s (expected %s), %s messages (expected %s); output:\n%s\n' \
      "$1" "$code" "$2" "$messages" "$3" "$output"
    failed=1
  fi
}

expect done 0 0
expect again 75 0
expect agreed 2 1
expect all 2 1
expect mixed 2 1
expect last 2 1
if [ "$ranks" -gt 1 ]; then
  expect upper 1 1
  expect "last hangs" 1 1 "rank $((ranks - 1)) has said nothing for .*"
  expect "root hangs" 1 1 "rank 0 has not answered for .*"
fi
exit $failed
