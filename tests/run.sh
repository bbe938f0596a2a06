#!/usr/bin/env bash
# All tests: set-up, Release build and tests, then the unit tests under the address and
# undefined-behaviour sanitizers. The last line sums up; exit code 0 only if all of it passed.
#
#   tests/run.sh          what every change must pass: 35 minutes on two Zen 3 cores, builds included
#   tests/run.sh --all    also the tests labelled "long", and whatever uses threads under the thread
#                         sanitizer (clang and libomp)
set -uo pipefail
cd "$(dirname "$0")/.." || exit

all=false
case "${1:-}" in
  --all) all=true selection=() ;;
  "") selection=(-LE '^long$') ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac

started=$SECONDS
cores=$(env -u OMP_NUM_THREADS nproc)
summary=()
failed=0

stage() {  # stage NAME COMMAND...: run it, note how it ended and how long it took
  local name=$1 begun=$SECONDS result=ok
  shift
  echo "== $name" >&2
  "$@" || { result=FAILED; failed=1; }
  summary+=("$name $result ($((SECONDS - begun)) s)")
  [ "$result" = ok ]
}

build() {  # build FOLDER TARGET OPTIONS...
  local folder=$1 target=$2
  shift 2
  if [ ! -f "$folder/CMakeCache.txt" ] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
  fi
  cmake -S . -B "$folder" -DCMAKE_BUILD_TYPE=Release -DHTDM_TESTS=ON "$@" &&
    cmake --build "$folder" --parallel "$cores" --target "$target"
}

run() {  # run FOLDER SELECTION...
  local folder=$1
  shift
  ctest --test-dir "$folder" --no-tests=error --output-on-failure --parallel "$cores" "$@"
}

needed=--tests
! $all || needed=--all-tests
if stage "set-up" cluster/setup.sh "$needed"; then
  stage "Release build" build build all -DHTDM_WERROR=ON && stage "Release tests" run build "${selection[@]}"
  stage "sanitizer build" build build-asan unit_tests -DHTDM_SANITIZE=address -DHTDM_BENCH=OFF &&
    stage "sanitizer tests" run build-asan -L '^unit$'
  if $all; then
    stage "thread sanitizer build" build build-tsan threads_tests -DHTDM_SANITIZE=thread \
      -DHTDM_BENCH=OFF -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ &&
      stage "thread sanitizer tests" run build-tsan -L '^threads$'
  fi
fi

verdict=passed
[ "$failed" -eq 0 ] || verdict=FAILED
(IFS=,; echo "tests/run.sh: $verdict in $((SECONDS - started)) s:${summary[*]/#/ }")
exit "$failed"
