#!/usr/bin/env bash
# Write one public data set as CSV, read at run time from the Debian package that carries it.
#
#   jobs/real_data/fetch.sh SET FILE.csv     SET: sp500 danish metals indices
#
# An installed package is read where it is. Otherwise the package is downloaded (not installed) into
# results/real_data/packages by apt-get; R itself is not needed. Elsewhere, name an R library folder
# that has the package: HTDM_R_LIBRARY=/usr/lib/R/library.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; }
# Debian package, R package, name in it
case ${1:-} in
  sp500) source=(r-cran-fgarch fGarch sp500dge) ;;
  danish) source=(r-cran-fitdistrplus fitdistrplus danishuni) ;;
  metals) source=(r-cran-aer AER GoldSilver) ;;
  indices) source=(r-base-core datasets EuStockMarkets) ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
[ $# -eq 2 ] || { usage >&2; exit 2; }
package=${source[0]} library=${source[1]} name=${source[2]}
cache=results/real_data/packages

find_data() {  # the data folder of the R package, or nothing
  local root
  for root in "${HTDM_R_LIBRARY:-}" /usr/lib/R/library /usr/lib/R/site-library \
    "$cache/usr/lib/R/library" "$cache/usr/lib/R/site-library"; do
    [ -n "$root" ] && [ -d "$root/$library/data" ] && echo "$root/$library/data" && return
  done
  return 0
}

data=$(find_data)
if [ -z "$data" ]; then
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "fetch.sh: the R package $library is not here. Install it, or name the folder it is in:" \
      "HTDM_R_LIBRARY=/usr/lib/R/library" >&2
    exit 2
  fi
  mkdir -p "$cache"
  (
    cd "$cache"
    get() { apt-get -q -o APT::Sandbox::User=root download "$package"; }
    get || { apt-get -q update && get; }
  ) >&2
  dpkg-deb --fsys-tarfile "$cache/$package"_*.deb |
    tar -x -C "$cache" --wildcards "./usr/lib/R/*/$library/data/*"
  data=$(find_data)
  [ -n "$data" ] || { echo "fetch.sh: $package holds no $library/data" >&2; exit 2; }
fi
mkdir -p "$(dirname "$2")"
python3 jobs/real_data/r_data.py "$data" "$name" -o "$2.partial"
mv "$2.partial" "$2"
