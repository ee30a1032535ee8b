#!/usr/bin/env bash
# EDM, appendix D.1: error of one step against sigma for rho 3 to 10, Euler and Heun, 18 steps, shipped network.
# N (default 16) images, 8 x 17 x 35 evaluations each: about 2 minutes on 2 cores at N=16.
source "$(dirname -- "$0")/../common.sh"
n=${N:-16}

for rho in 3 4 5 6 7 8 9 10; do
  record "$results/truncation.jsonl" --each errors rho=$rho n=$n -- ./diffusharp sampler error --rho $rho --num "$n" --steps 18 --substeps 16 --json
done
table "$results/truncation.jsonl" --list rho,sigma,euler,heun .3g >"$results/truncation.md"
plot "$results/truncation.jsonl" --x sigma --y heun,euler --series rho --log-x --log-y --title "error of one step of 18" --dest "$here/truncation.svg"
