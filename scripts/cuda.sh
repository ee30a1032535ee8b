#!/usr/bin/env bash
# Runs diffusharp on a CUDA machine that has a libtorch with CUDA (for example PyTorch from pip), CMake, Ninja, a C++ compiler and the
# CUDA toolkit, but perhaps neither the .NET SDK nor a network. In two steps:
#
#   scripts/cuda.sh pack FOLDER                 here: the published program, the .NET runtime and the data, into FOLDER
#   scripts/cuda.sh run FOLDER VERB [OPTIONS]   there, in this source tree: builds the bridge against its libtorch and runs the verb, e.g.
#   scripts/cuda.sh run FOLDER train --preset fashion-mnist --device cuda --outdir runs
set -euo pipefail
cd "$(dirname "$0")/.."

pack() {
  local folder=$1 sdk runtime
  mkdir -p "$folder/data"
  DIFFUSHARP_SKIP_NATIVE=true dotnet publish src/DiffuSharp.Cli -c Release -o "$folder/app" --nologo -v quiet
  rm -f "$folder"/app/*.so "$folder"/app/*.pdb "$folder"/app/*.xml
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
  runtime=$(ls "$sdk/shared/Microsoft.NETCore.App" | sort -V | tail -n 1)
  tar cJf "$folder/dotnet.tar.xz" -C "$sdk" --exclude='*VisualBasic*' --exclude='System.Private.Xml*' --exclude='System.Data.Common*' \
    --exclude='*mscordbi*' --exclude='*mscordaccore*' --exclude='*createdump*' \
    dotnet "host/fxr/$runtime" "shared/Microsoft.NETCore.App/$runtime"
  cp "${DIFFUSHARP_DATA:-/usr/share/datasets/fashion-mnist}"/*.gz "$folder/data/"
  du -sh "$folder"
}

run() {
  local folder work
  folder=$(readlink -f "$1")
  shift
  work=${TMPDIR:-/tmp}/diffusharp-cuda
  if [ ! -x "$work/dotnet/dotnet" ]; then
    mkdir -p "$work/dotnet"
    tar xJf "$folder/dotnet.tar.xz" -C "$work/dotnet"
  fi
  if [ ! -f "$work/native/libdiffusharp_torch.so" ]; then
    cmake -S native -B "$work/native" -G Ninja -DCMAKE_BUILD_TYPE=Release > "$work/cmake.log" 2>&1 || { tail -n 40 "$work/cmake.log"; exit 1; }
    cmake --build "$work/native" > "$work/build.log" 2>&1 || { tail -n 60 "$work/build.log"; exit 1; }
  fi
  DOTNET_ROOT="$work/dotnet" DIFFUSHARP_NATIVE="$work/native" DIFFUSHARP_DATA="$folder/data" \
    "$work/dotnet/dotnet" "$folder/app/DiffuSharp.Cli.dll" "$@"
}

case ${1:-} in
  pack) pack "${2:?name a folder}" ;;
  run) shift; run "$@" ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
