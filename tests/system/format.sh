#!/usr/bin/env bash
# format.sh CLANG_FORMAT: are all C++ files of src/ and tests/ as clang-format leaves them?
set -euo pipefail
cd "$(dirname "$0")/../.."
mapfile -t files < <(find src tests -name '*.cpp' -o -name '*.hpp')
[ ${#files[@]} -gt 0 ] || { echo "no C++ file found"; exit 1; }
"$1" --dry-run -Werror "${files[@]}"
