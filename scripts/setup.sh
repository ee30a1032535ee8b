#!/usr/bin/env bash
# Installs with apt what the native code and the demo need and what is missing; changes nothing when all is there.
# With --tests also PyTorch, in which the tests trace the networks that they load.
set -euo pipefail

packages=(make g++ cmake ninja-build dataset-fashion-mnist)
if [[ -z ${LIBTORCH:-} && -z ${CMAKE_PREFIX_PATH:-} ]]; then
  packages+=(libtorch-dev libgloo-dev libopenblas0-pthread)
  [[ ${1:-} != --tests ]] || packages+=(python3-torch)
fi

fail() {
  echo "setup: $1" >&2
  exit 1
}

command -v dotnet >/dev/null || fail "the .NET 10 SDK is not installed; see https://dotnet.microsoft.com/download"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  missing=()
  for tool in g++ cmake ninja; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [[ ${#missing[@]} -eq 0 ]] || fail "there is no apt here, and ${missing[*]} cannot be found; install them and libtorch (name its
       folder in LIBTORCH) by hand, then run 'make build'"
  echo "setup: there is no apt here; libtorch is taken from LIBTORCH, CMAKE_PREFIX_PATH or an installed torch"
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) == installed ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: everything is there"
  exit 0
fi

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || fail "${missing[*]} are missing; install them as root: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]} ..."
"${as_root[@]}" apt-get update -qq || echo "setup: 'apt-get update' failed; trying with the package lists that are there" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
  || fail "apt could not install ${missing[*]}; it says why above"
echo "setup: done"
