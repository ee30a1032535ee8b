#!/usr/bin/env bash
# DDPM, section 4.3 as a file: N (default 100) test images to a file and back, and five truncation points against the promise.
# About 1 minute on 2 cores.
source "$(dirname -- "$0")/../common.sh"
n=${N:-100}
code=$results/test-$n.dsprog

record "$results/codec-$n.jsonl" --each levels what=encode -- ./diffusharp codec encode --num "$n" --dest "$code" --json
for step in 12 15 18 20 22; do
  record "$results/codec-decoded-$n.jsonl" truncate=$step -- ./diffusharp codec decode "$code" --truncate $step --compare --num "$n" --json
done
record "$results/codec-decoded-$n.jsonl" truncate=none -- ./diffusharp codec decode "$code" --compare --num "$n" --json
table "$results/codec-$n.jsonl" --list step,sigma,bytes,bits_per_dim,promised_bits_per_dim,rmse,promised_rmse .4f
table "$results/codec-decoded-$n.jsonl" --list truncate,sigma,lossless,rmse .4f
