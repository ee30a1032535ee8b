#!/usr/bin/env bash
# Quality against NFE: every deterministic solver on the shipped network, FID in the features of the shipped classifier, and the baselines with noise.
# N (default 2000) images a point. On 2 cores (700 evaluations a second): 5 minutes a solver for NFE 4 to 35, 21 minutes a baseline: about 2 hours in all.
source "$(dirname -- "$0")/../common.sh"
n=${N:-2000}
ref=$(reference)
file=$results/nfe-$n.jsonl

measure() { # solver nfe flags...
  local solver=$1 nfe=$2
  shift 2
  record "$file" solver="$solver" nfe="$nfe" -- ./diffusharp evaluate --num "$n" --ref "$ref" --metrics fid,kid --kid-subset-size 500 "$@" --json
}

for nfe in 4 5 6 8 10 15 20 35; do
  for solver in euler pndm ipndm deis-2 deis-3 deis-4 dpmpp-2m dpmpp-3m unipc-2 unipc-3; do
    measure $solver $nfe --solver $solver --nfe $nfe
  done
done
for nfe in 5 7 9 11 15 19 35; do # 2N - 1 evaluations for N steps
  measure heun $nfe --solver heun --nfe $nfe
done

# What the ratios of the EDM paper compare with: DDPM's ancestral sampler on its own timesteps, and first-order sampling on EDM's.
for nfe in 10 20 35 64 128 256; do
  measure ddpm $nfe --solver ddpm --nfe $nfe --disc discrete
done
for nfe in 64 128 256; do
  measure euler $nfe --solver euler --nfe $nfe
done

python3 "$here/nfe_table.py" "$file"
plot "$file" --x nfe --y fid --series solver --log-x --log-y --error fid_stderr --title "FID against NFE, N $n" --dest "$here/nfe.svg"
