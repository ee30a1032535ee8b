#!/usr/bin/env bash
# Bits per dimension of 1,000 test images under the shipped network, by both protocols.
# On one core: vlb 1000 x 65 evaluations, 3.5 minutes a line; ode 1000 x 64 evaluations with a product each, 6.5 minutes; the adaptive solver on a tenth
# of the images, as a check of the fixed grid, 3 minutes.
source "$(dirname -- "$0")/../common.sh"
n=${N:-1000}
file=$results/likelihood-$n.jsonl

for betas in linear cosine; do
  for variance in fixed-small fixed-large; do
    record "$file" protocol=vlb betas=$betas variance=$variance -- \
      ./diffusharp likelihood --protocol vlb --num "$n" --timesteps 64 --beta-schedule $betas --variance $variance --json
  done
done
record "$file" protocol=ode solver=heun-32 -- ./diffusharp likelihood --protocol ode --num "$n" --steps 32 --json
record "$file" protocol=ode solver=rk45 -- ./diffusharp likelihood --protocol ode --num "$((n / 10))" --rtol 1e-4 --atol 1e-4 --json
record "$file" protocol=ode solver=heun-32-tenth -- ./diffusharp likelihood --protocol ode --num "$((n / 10))" --steps 32 --json
table "$file" --list protocol,betas,variance,solver,n,bits_per_dim,standard_error,nfe,seconds .4f
