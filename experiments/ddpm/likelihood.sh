#!/usr/bin/env bash
# Bits per dimension of 1,000 test images by both protocols: under the shipped network, and under the DDPM network of ddpm-vs-edm.sh if that has run.
# On one core: vlb 1000 x 65 evaluations, 3.5 minutes a line; ode 1000 x 64 evaluations with a product each, 6.5 minutes, and 96 with the adaptive
# solver, 11 minutes; three solvers on a tenth of the images, 3 minutes. The DDPM network: 20 minutes.
source "$(dirname -- "$0")/../common.sh"
n=${N:-1000}
file=$results/likelihood-$n.jsonl

for betas in linear cosine; do
  for variance in fixed-small fixed-large; do
    record "$file" protocol=vlb betas=$betas variance=$variance -- \
      ./diffusharp likelihood --protocol vlb --num "$n" --timesteps 64 --beta-schedule $betas --variance $variance --json
  done
done
ode() { # name images flags...
  record "$file" protocol=ode solver="$1" -- ./diffusharp likelihood --protocol ode --num "$2" "${@:3}" --json
}

ode heun-32 "$n" --steps 32
ode rk45 "$n" --rtol 1e-4 --atol 1e-4
# How exact the solvers are: the first tenth of the images.
ode heun-32-tenth $((n / 10)) --steps 32
ode rk45-tenth $((n / 10)) --rtol 1e-4 --atol 1e-4
ode rk45-1e-5-tenth $((n / 10)) --rtol 1e-5 --atol 1e-5

run=$results/runs/${BUDGET:-60k}/ddpm
if [[ -f $run/done ]]; then
  ddpm=$(find "$run" -name 'network-snapshot-*.safetensors' | sort | tail -1)
  for variance in fixed-small fixed-large; do
    record "$file" model=ddpm protocol=vlb variance=$variance -- ./diffusharp likelihood --network "$ddpm" --protocol vlb --num "$n" --timesteps 64 --variance $variance --json
  done
  # A model of discrete levels: a fixed grid, rounded to them.
  record "$file" model=ddpm protocol=ode solver=heun-64 -- ./diffusharp likelihood --network "$ddpm" --protocol ode --num "$n" --steps 64 --json
fi
table "$file" --list model,protocol,betas,variance,solver,n,bits_per_dim,standard_error,nfe,seconds .4f
