#!/usr/bin/env bash
# Measures what README.md describes: run.sh [results folder]. Each number has its own file, so a run that was stopped goes on where it was;
# tables.sh makes the tables of them. THREADS sets the threads, SEED the first seed of the subsets.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
out=${1:-$here/results}
data=${TMPDIR:-/tmp}/diffusharp-metrics
threads=${THREADS:-$(nproc)}
seed=${SEED:-0}
mkdir -p "$out" "$data"

# measure FILE ARGUMENTS...: the output of the program, whole or not at all.
measure() {
  local file=$out/$1
  shift
  if [[ -s $file ]]; then
    echo "have $file" >&2
    return
  fi
  echo "diffusharp $*" >&2
  "$root/diffusharp" "$@" --threads "$threads" > "$file.part"
  mv "$file.part" "$file"
}

# prepare FILE COMMAND...: a data set or reference that several measurements use; the command writes it atomically.
prepare() {
  local file=$1
  shift
  [[ -s $file ]] || "$root/diffusharp" "$@" >&2
}

# 1. Bias: real test images against the reference of the training images, in random subsets.
for n in 250 500 1000 2000 5000; do
  measure "bias-$n.txt" evaluate --images fashion-mnist:test --num "$n" --repeat 10 --seed "$seed" --metrics fid,kid --kid-subsets 20 --bootstrap 0
done
measure bias-10000.txt evaluate --images fashion-mnist:test --metrics fid,kid --kid-subsets 20 --bootstrap 0

# 2. Resize families: test images brought to another size and back by each rule, against the test images themselves.
for size in 14 56; do
  prepare "$data/test-$size.zip" dataset convert --source fashion-mnist:test --dest "$data/test-$size.zip" --resolution "${size}x$size" --transform center-crop
  for rule in tf1-bilinear half-pixel-bilinear clean-bicubic; do
    prepare "$data/test-$rule.npz" evaluate ref --data fashion-mnist:test --resize "$rule" --dest "$data/test-$rule.npz"
    measure "resize-$size-$rule.txt" evaluate --images "$data/test-$size.zip" --resize "$rule" --ref "$data/test-$rule.npz" --metrics fid,kid --bootstrap 0
  done
done

"$here/tables.sh" "$out"
