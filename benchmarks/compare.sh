#!/usr/bin/env bash
# Images per second of DiffuSharp over those of the PyTorch peer: paired runs in turn on one machine, ratio of medians.
#   benchmarks/compare.sh [NETWORK [MODE [BATCH [THREADS [ROUNDS]]]]]
#   benchmarks/compare.sh fashion-mnist inference 64 2 3
# PEER holds further flags of pytorch/bench.py, such as "--channels-last --compile".
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
network=${1:-fashion-mnist} mode=${2:-inference} batch=${3:-64} threads=${4:-$(nproc)} rounds=${5:-3}
arguments=(--network "$network" --mode "$mode" --batch "$batch" --threads "$threads" --json)
export OMP_NUM_THREADS=$threads

((rounds >= 3)) || { echo "compare: $rounds rounds; a median needs at least 3" >&2; exit 2; }
python=${PYTHON:-python3}
"$python" -c "import torch" 2>/dev/null || { echo "compare: $python has no torch; install python3-torch, or name another interpreter in PYTHON" >&2; exit 2; }
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for ((round = 1; round <= rounds; round++)); do
  echo "compare: round $round of $rounds" >&2
  "$root/diffusharp" bench "${arguments[@]}" > "$results/diffusharp.$round.json"
  "$python" "$root/benchmarks/pytorch/bench.py" "${arguments[@]}" ${PEER:-} > "$results/pytorch.$round.json"
done

"$python" - "$results" "$rounds" <<'PYTHON'
import json, statistics, sys

folder, rounds = sys.argv[1], int(sys.argv[2])
runs = {peer: [json.load(open(f"{folder}/{peer}.{i + 1}.json")) for i in range(rounds)] for peer in ("diffusharp", "pytorch")}
first = runs["diffusharp"][0]
print(f"{first['network']}, {first['mode']}, batch {first['batch']}, {first['threads']} threads, {rounds} rounds")
peer = runs["pytorch"][0]
print(f"peer: {peer['peer']}{', channels-last' if peer['channels_last'] else ''}, torch {peer['torch']}")
medians = {}
for peer, results in runs.items():
    speeds = [r["images_per_second"] for r in results]
    medians[peer] = statistics.median(speeds)
    print(f"{peer:12} {medians[peer]:9.2f} images/s  (rounds: {', '.join(f'{s:.2f}' for s in speeds)}; "
          f"peak {max(r['peak_memory_mib'] for r in results)} MiB)")
    if max(speeds) > 1.25 * min(speeds):
        print(f"{peer}: the rounds differ by a factor of {max(speeds) / min(speeds):.1f}; the machine is busy, do not quote the ratio")
print(f"{'ratio':12} {medians['diffusharp'] / medians['pytorch']:9.2f}")
PYTHON
