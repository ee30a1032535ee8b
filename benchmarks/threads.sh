#!/usr/bin/env bash
# Images per second of the small network for several spin counts of OpenMP's waiting threads, on an idle machine and beside one busy process:
#   benchmarks/threads.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."

measure() {
  env "$@" ./diffusharp bench --mode inference --batch 64 --threads 2 --repeats 5 --json | sed -n 's/.*"images_per_second": \([0-9.]*\).*/\1/p'
}

for state in idle busy; do
  if [[ $state == busy ]]; then
    (while :; do :; done) &
    neighbour=$!
    trap 'kill $neighbour' EXIT
  fi
  for ((round = 1; round <= ${1:-2}; round++)); do
    for spins in 0 100 1000 10000 100000; do
      echo "$state $round GOMP_SPINCOUNT=$spins $(measure "GOMP_SPINCOUNT=$spins")"
    done
    echo "$state $round OMP_WAIT_POLICY=passive $(measure OMP_WAIT_POLICY=passive)"
  done
done
