#!/usr/bin/env bash
# EDM, Figure 1: the ideal denoiser of the 60,000 training images at several noise levels, and the shipped network beside it.
# About 1 minute on 2 cores.
source "$(dirname -- "$0")/../common.sh"
sigmas=0.1,0.2,0.5,1,2,5,10,50

record "$results/ideal-denoiser.jsonl" --each errors which=ideal -- \
  ./diffusharp denoise --ideal fashion-mnist --num 4 --sigmas $sigmas --out "$here/ideal-denoiser.png" --json
record "$results/ideal-denoiser.jsonl" --each errors which=network -- \
  ./diffusharp denoise --num 4 --sigmas $sigmas --out "$here/network-denoiser.png" --json
table "$results/ideal-denoiser.jsonl" which sigma rmse .2f
