#!/usr/bin/env bash
# The page on study keys is what the program prints: study_page.sh HTDM KEYS.md
set -euo pipefail
if ! "$1" defaults --markdown | diff - "$2" >&2; then
  echo "study_page: $2 is not what the program prints. Run: htdm defaults --markdown > $2" >&2
  exit 1
fi
