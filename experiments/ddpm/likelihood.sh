#!/usr/bin/env bash
# Bits per dimension of 1,000 test images under the shipped network, by both protocols.
# vlb: 1000 x 65 evaluations, 2 minutes on 2 cores for each line; ode: about 1000 x (100 to 300) evaluations and as many products, 20 to 40 minutes.
source "$(dirname -- "$0")/../common.sh"
n=${N:-1000}
file=$results/likelihood-$n.jsonl

for betas in linear cosine; do
  for variance in fixed-small fixed-large; do
    record "$file" protocol=vlb betas=$betas variance=$variance -- \
      ./diffusharp likelihood --protocol vlb --num "$n" --timesteps 64 --beta-schedule $betas --variance $variance --json
  done
done
record "$file" protocol=ode solver=rk45 -- ./diffusharp likelihood --protocol ode --num "$n" --rtol 1e-4 --atol 1e-4 --json
table "$file" --list protocol,betas,variance,bits_per_dim,standard_error,nfe,seconds .4f
