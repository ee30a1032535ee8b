#!/usr/bin/env bash
# DDPM against EDM at equal NFE: two networks of the same architecture and budget (BUDGET, default 60k images, 8 minutes each on one core), one trained
# as DDPM (epsilon, linear betas, L_simple), one as EDM, each with its own samplers; FID of N (default 1000) images in the shipped classifier's features.
# Sampling: 14 minutes for NFE 5 to 35, 16 minutes for NFE 100; about 50 minutes in all.
source "$(dirname -- "$0")/../common.sh"
n=${N:-1000}
budget=${BUDGET:-60k}
ref=$(reference)
file=$results/ddpm-vs-edm-$budget-$n.jsonl

train() { # name flags...
  local dir=$results/runs/$budget/$1
  shift
  if [[ ! -f $dir/done ]]; then
    if [[ -n $(find "$dir" -name 'training-state-*' -print -quit 2>/dev/null) ]]; then
      ./diffusharp train --resume "$dir" >&2
    else
      ./diffusharp train --preset fashion-mnist --outdir "$dir" --nosubdir --duration "$budget" "$@" >&2
    fi
    touch "$dir/done"
  fi
  find "$dir" -name 'network-snapshot-*.safetensors' | sort | tail -1
}

measure() { # name model solver nfe flags...
  local name=$1 model=$2 solver=$3 nfe=$4
  shift 4
  record "$file" model="$name" solver="$solver" nfe="$nfe" -- ./diffusharp evaluate --network "$model" --num "$n" --ref "$ref" --metrics fid,kid \
    --kid-subset-size 500 --solver "$solver" --nfe "$nfe" "$@" --json
}

ddpm=$(train ddpm --precond ddpm)
edm=$(train edm)
for nfe in 5 9 15 35 100; do
  measure ddpm "$ddpm" ddpm $nfe --disc discrete
  measure ddpm "$ddpm" ddim $nfe --disc discrete
  measure edm "$edm" dpmpp-2m $nfe
  [[ $nfe == 100 ]] && continue
  measure edm "$edm" heun $nfe
  measure "ddpm, clipped" "$ddpm" ddpm $nfe --disc discrete --clip-denoised
  measure "ddpm, clipped" "$ddpm" ddim $nfe --disc discrete --clip-denoised
done
table "$file" model,solver nfe fid+-fid_stderr .2f
