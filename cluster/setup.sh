#!/usr/bin/env bash
# Makes sure that everything htdm is built and run with is there.
#
# Nothing missing: does nothing, exit 0. On Debian and Ubuntu, as root or with sudo: installs what
# is missing. Elsewhere: lists what is missing as modules or Spack packages, exit 2.
#
#   cluster/setup.sh           what building, running and drawing needs
#   cluster/setup.sh --tests   as root, also what only tests that need root use (a local SLURM);
#                              it may be missing: they are skipped then
#   cluster/setup.sh --all-tests   also what the build for the thread sanitizer needs
set -euo pipefail

tests=false all_tests=false
case ${1:-} in
  --tests) tests=true ;;
  --all-tests) tests=true all_tests=true ;;
  "") ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac

include_folders() {
  local paths="${CPATH:-}:${CPLUS_INCLUDE_PATH:-}" prefix
  local IFS=:
  for prefix in ${CMAKE_PREFIX_PATH:-} /usr /usr/local; do
    paths+=":$prefix/include:$prefix/include/eigen3"
  done
  echo "$paths:/usr/include/$(uname -m)-linux-gnu:/usr/include/$(uname -m)-linux-gnu/openblas-pthread"
}

library_folders() {
  local paths="${LIBRARY_PATH:-}:${LD_LIBRARY_PATH:-}" prefix
  local IFS=:
  for prefix in ${CMAKE_PREFIX_PATH:-} /usr /usr/local; do
    paths+=":$prefix/lib:$prefix/lib64"
  done
  echo "$paths:/usr/lib/$(uname -m)-linux-gnu"
}

found_in() {  # found_in FOLDERS NAME: does a folder of the colon-separated list hold NAME?
  local folder
  local IFS=:
  for folder in $1; do
    [ -n "$folder" ] && [ -e "$folder/$2" ] && return 0
  done
  return 1
}

includes=$(include_folders)
libraries=$(library_folders)

there() {  # there KIND NAME: is it there?
  case $1 in
    tool) PATH=$PATH:/usr/sbin:/sbin command -v "$2" >/dev/null ;;
    header) found_in "$includes" "$2" ;;
    library) found_in "$libraries" "lib$2.so" || found_in "$libraries" "lib$2.a" ;;
    pkgconfig) pkg-config --exists "$2" 2>/dev/null ;;
    python) python_with "$2" ;;
    omp) found_in "$libraries" "$2.so" || compgen -G "/usr/lib/llvm-*/lib/$2.so" >/dev/null ;;
    build) command -v ninja >/dev/null || command -v make >/dev/null ;;
    hdf5) there pkgconfig hdf5-openmpi || there pkgconfig hdf5-mpi ||
          { command -v h5pcc >/dev/null && there pkgconfig hdf5; } ;;
  esac
}

python_with() {
  local python
  for python in /usr/bin/python3 python3; do
    command -v "$python" >/dev/null &&
      "$python" -c "import importlib.util as u, sys; sys.exit(u.find_spec('$1') is None)" &&
      return 0
  done
  return 1
}

# kind, name to look for, Debian package, name as a module or in Spack
needs() {
  cat <<'TABLE'
tool g++ g++ gcc@11:
tool cmake cmake cmake@3.22:
build ninja ninja-build ninja
tool git git git
tool pkg-config pkg-config pkgconf
tool mpirun openmpi-bin openmpi
tool mpicc libopenmpi-dev openmpi
hdf5 hdf5 libhdf5-openmpi-dev hdf5+mpi+hl
header Eigen/Core libeigen3-dev eigen
header boost/math/distributions.hpp libboost-dev boost+math
library boost_serialization libboost-serialization-dev boost+serialization
header gtest/gtest.h libgtest-dev googletest
header Random123/philox.h librandom123-dev random123
header toml++/toml.h libtomlplusplus-dev tomlplusplus
header CLI/CLI.hpp libcli11-dev cli11
header fmt/core.h libfmt-dev fmt
header spdlog/spdlog.h libspdlog-dev spdlog
header benchmark/benchmark.h libbenchmark-dev benchmark
header hwy/highway.h libhwy-dev highway
header nlohmann/json.hpp nlohmann-json3-dev nlohmann-json
header openssl/evp.h libssl-dev openssl
header csv.h libcsv-dev libcsv
header openblas_config.h libopenblas-dev openblas
tool python3 python3 python
python h5py python3-h5py py-h5py
python numpy python3-numpy py-numpy
python scipy python3-scipy py-scipy
python matplotlib python3-matplotlib py-matplotlib
TABLE
}

tests_need() {
  cat <<'TABLE'
tool slurmctld slurm-wlm slurm
tool munged munge munge
tool unshare util-linux util-linux
tool ip iproute2 iproute2
TABLE
}

thread_sanitizer_needs() {
  cat <<'TABLE'
tool clang++ clang llvm
omp libomp libomp-dev llvm-openmp
TABLE
}

packages=() modules=()
find_missing() {  # find_missing TABLE
  packages=() modules=()
  local kind name package module
  while read -r kind name package module; do
    there "$kind" "$name" && continue
    packages+=("$package")
    modules+=("$module")
  done < <("$1")
}

as_root=(sudo)
[ "$(id -u)" -ne 0 ] || as_root=(env)
run_apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >&2
}
can_install() { command -v apt-get >/dev/null && command -v "${as_root[0]}" >/dev/null; }
install_missing() {  # install_missing TABLE: what find_missing found
  echo "Installing ${packages[*]}" >&2
  run_apt update && run_apt install --yes --no-install-recommends "${packages[@]}" || return
  find_missing "$1"
  [ ${#packages[@]} -eq 0 ] || { echo "Installed, and still not found: ${packages[*]}" >&2; return 2; }
}

require() {  # require TABLE: what it lists is there, or is installed, or the script ends
  find_missing "$1"
  [ ${#packages[@]} -gt 0 ] || return 0
  if ! can_install; then
    {
      echo "Missing here: ${modules[*]}"
      echo "Load them as modules, or: spack install ${modules[*]} (then spack load them)."
      echo "On Debian or Ubuntu an administrator can: apt-get install ${packages[*]}"
    } >&2
    exit 2
  fi
  install_missing "$1"
}

require needs
! $all_tests || require thread_sanitizer_needs

if $tests && [ "$(id -u)" -eq 0 ]; then
  find_missing tests_need
  if [ ${#packages[@]} -gt 0 ] && ! { can_install && install_missing tests_need; }; then
    echo "Without ${packages[*]} some tests will be skipped." >&2
  fi
fi
