#!/usr/bin/env bash
# EDM, Table 2: training configurations A to F at 14x14, the same budget each (BUDGET, default 40k images, about 2.5 minutes a run on one core),
# VP and VE: 12 runs; then 2000 images of each with Heun, NFE 35, in the features of a classifier trained on the same images. About 40 minutes in all.
# A small scale: it shows the order of effects, not their size. A has no gradient clipping here (train has none), F no x-flip of the data.
source "$(dirname -- "$0")/../common.sh"
budget=${BUDGET:-40k}
seed=${SEED:-0}
data=$results/fashion-14.zip
test=$results/fashion-14-test.zip
file=$results/configurations-$budget.jsonl

[[ -f $data ]] || ./diffusharp dataset convert --source fashion-mnist --dest "$data" --resolution 14x14 --transform center-crop
[[ -f $test ]] || ./diffusharp dataset convert --source fashion-mnist:test --dest "$test" --resolution 14x14 --transform center-crop
classifier=$results/classifier-14.safetensors
[[ -f $classifier ]] || ./diffusharp classifier train --data "$data" --test "$test" --epochs 6 --out "$classifier"
[[ -f $results/fashion-14.npz ]] || ./diffusharp evaluate ref --data "$data" --features "$classifier" --dest "$results/fashion-14.npz"

run() { # family letter flags...
  local family=$1 letter=$2
  shift 2
  local dir=$results/runs/$budget-$seed/$family-$letter
  if [[ ! -f $dir/done ]]; then
    if [[ -n $(find "$dir" -name 'training-state-*' -print -quit 2>/dev/null) ]]; then
      ./diffusharp train --resume "$dir"
    else
      ./diffusharp train --data "$data" --cond --outdir "$dir" --nosubdir --duration "$budget" --seed "$seed" --batch-gpu 64 \
        --heldout-data "$test" --heldout 256 --tick 10k --dump 2 --snap 0 "$@"
    fi
    touch "$dir/done"
  fi
  local model
  model=$(find "$dir" -name 'network-snapshot-*.safetensors' | sort | tail -1)
  record "$file" family="$family" config="$letter" seed="$seed" -- ./diffusharp evaluate --network "$model" --num 2000 --steps 18 \
    --features "$classifier" --ref "$results/fashion-14.npz" --metrics fid,kid --kid-subset-size 500 --json
}

for family in vp ve; do
  arch=$([[ $family == vp ]] && echo ddpmpp || echo ncsnpp)
  base=(--arch $arch --augment 0)
  old=(--batch 64 --lr 2e-4 --lr-rampup 0 --ema 20k --dropout 0.1 --xflip)
  new=(--batch 128 --lr 1e-3 --lr-rampup 20k --ema 20k --dropout 0.13 --xflip)
  run $family A "${base[@]}" --precond $family --cbase 32 --cres 1,1 "${old[@]}"
  run $family B "${base[@]}" --precond $family --cbase 32 --cres 1,1 "${new[@]}"
  run $family C "${base[@]}" --precond $family --cbase 16 --cres 2,2 "${new[@]}"
  run $family D "${base[@]}" --precond edm --loss $family --cbase 16 --cres 2,2 "${new[@]}"
  run $family E "${base[@]}" --precond edm --cbase 16 --cres 2,2 "${new[@]}"
  run $family F --arch $arch --precond edm --cbase 16 --cres 2,2 --batch 128 --lr 1e-3 --lr-rampup 20k --ema 20k --dropout 0.13 --augment 0.12
done
table "$file" family config fid .3f
