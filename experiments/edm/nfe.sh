#!/usr/bin/env bash
# Quality against NFE: every deterministic solver on the shipped network, FID in the features of the shipped classifier, and the baselines.
# N (default 1000) images a point, the same seeds everywhere. From 10 NFE on each solver is followed until two more settings do not better it.
# About 1,700 evaluations an image in all: 80 minutes on one core at N=1000.
source "$(dirname -- "$0")/../common.sh"
n=${N:-1000}
ref=$(reference)
file=$results/nfe-$n.jsonl
touch "$file"

past_best() { # solver: is the least FID neither of the last two points?
  python3 -c 'import json, sys
points = sorted((r["nfe"], r["fid"]) for r in map(json.loads, open(sys.argv[1])) if r["solver"] == sys.argv[2] and r["nfe"] >= 10)
sys.exit(0 if len(points) > 2 and min(points, key=lambda p: p[1]) not in points[-2:] else 1)' "$file" "$1"
}

follow() { # solver "nfe ..." flags...
  local solver=$1 nfe
  for nfe in $2; do
    past_best "$solver" && break
    record "$file" solver="$solver" nfe="$nfe" -- ./diffusharp evaluate --num "$n" --ref "$ref" --metrics fid,kid --kid-subset-size 500 \
      --solver "$solver" --nfe "$nfe" "${@:3}" --json
  done
}

for solver in dpmpp-2m deis-3 ipndm unipc-2 deis-2 deis-4 dpmpp-3m unipc-3 pndm; do
  follow $solver "4 5 6 8 10 15 20 35"
done
follow heun "5 7 9 11 15 19 25 35" # 2N - 1 evaluations for N steps
# What the ratios of the EDM paper compare with: first-order sampling, and DDPM's ancestral sampler on its own timesteps.
follow euler "5 10 20 35 64 128 256"
follow ddpm "10 20 35 64 128 256" --disc discrete

python3 "$here/nfe_table.py" "$file"
plot "$file" --x nfe --y fid --series solver --log-x --log-y --error fid_stderr --title "FID against NFE, N $n" --dest "$here/nfe.svg"
