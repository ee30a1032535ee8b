#!/usr/bin/env bash
# DDPM, Figure 5 and Table 4: rate and distortion of N (default 100) test images, all T = 1000 steps.
# N x 1000 evaluations: about 2.5 minutes on 2 cores.
source "$(dirname -- "$0")/../common.sh"
n=${N:-100}
file=$results/rate-distortion-$n.jsonl

record "$file" --each curve betas=linear -- ./diffusharp likelihood --protocol vlb --num "$n" --timesteps 0 --beta-schedule linear --json
python3 - "$file" <<'P'
import json
import sys

rows = {r["step"]: r for r in map(json.loads, open(sys.argv[1]))}
last = max(rows)
print(f"{rows[last]['bits_per_dim']:.4f} +- {rows[last]['standard_error']:.4f} bits/dim, of them L_0 {rows[last]['terms']['decoder']:.4f}")
print("| T - t + 1 | rate, bits/dim | RMSE of 255 |")
print("| --- | --- | --- |")
for t in (1, 101, 201, 301, 401, 501, 601, 701, 801, 901):
    print(f"| {last - t + 1} | {rows[t]['rate']:.5f} | {rows[t]['rmse']:.3f} |")
P
plot "$file" --x rate --y rmse --title "rate and distortion" --x-title "bits/dim" --y-title "RMSE of 255" --dest "$here/rate-distortion.svg"
