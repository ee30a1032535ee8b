#!/usr/bin/env bash
# The DDSS table: hand-made and learned samplers by NFE, on two feature sets. Resumable: what results.jsonl holds is not measured again, what samplers/ holds is not learned again.
#   experiments/ddss/run.sh reference|baselines|chosen|families|ablations|transfer|all
# Environment: RANGES (each sampler measured on so many ranges of IMAGES seeds, default 1), IMAGES, NFES, SOLVERS (baselines), FAMILIES (families), LR (the paper's ones), FLOOR (ggdm ones), ANCHORED_LR (anchored ones), ITERATIONS and BATCH (families, ablations: part of the id), OTHER (transfer: a second model),
# MODEL, FEATURES, HELDOUT (feature networks), RESULTS, SAMPLERS and SCRATCH (where results, learned samplers and all else go), THREADS.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
model=${MODEL:-$root/models/fashion-mnist.safetensors}
features=${FEATURES:-$root/models/fashion-mnist-classifier.safetensors}
heldout=${HELDOUT:-$root/models/fashion-mnist-classifier-heldout.safetensors}
scratch=${SCRATCH:-$here/scratch}
results=${RESULTS:-$here/results.jsonl}
samplers=${SAMPLERS:-$here/samplers}
images=${IMAGES:-10000}
ranges=${RANGES:-1}
nfes=${NFES:-3 5 8 10 15 20 25}
solvers=${SOLVERS:-ddpm ddim euler ipndm deis-3 deis-4 dpmpp-2m dpmpp-3m unipc-2 unipc-3}
iterations=${ITERATIONS:-200}
batch=${BATCH:-128}
budget=${iterations}x$batch
lr=${LR:-0.02}
floor=${FLOOR:-0.001}
anchored_lr=${ANCHORED_LR:-0.005}
anchored_rate=$([ "$anchored_lr" = 0.005 ] || echo "-lr$anchored_lr")
rate=$([ "$lr" = 0.02 ] || echo "-lr$lr")
floor_rate=$([ "$floor" = 0.001 ] || echo "-floor$floor")
families=${FAMILIES:-ggdm ggdm+pred ggdm+time ggdm+pred+time anchored}
threads=${THREADS:-2}
quadratic=(--disc discrete --stride quadratic)

ds() { "$root/diffusharp" "$@"; }
line() { tr -d '\n' | sed 's/  */ /g'; }
done_already() { [ -f "$results" ] && grep -qF "\"id\": \"$1\", \"range\": ${2:-$((ranges - 1))}, \"images\": $images," "$results"; }

reference() {
  mkdir -p "$scratch"
  [ -f "$scratch/ref.npz" ] || ds evaluate ref --data fashion-mnist --features "$features" --dest "$scratch/ref.npz" --threads "$threads"
  [ ! -f "$heldout" ] || [ -f "$scratch/ref-heldout.npz" ] ||
    ds evaluate ref --data fashion-mnist --features "$heldout" --dest "$scratch/ref-heldout.npz" --threads "$threads"
}

# measure ID MODEL SAMPLER-FLAGS...: for each range of seeds samples once, measures on both feature sets, appends one line.
measure() {
  local id=$1 network=$2 range first
  shift 2
  for ((range = 0; range < ranges; range++)); do
    done_already "$id" "$range" && continue
    rm -rf "$scratch/images"
    first=$((range * images))
    local sample eval_used eval_heldout=null
    sample=$(ds sample --network "$network" --seeds "$first-$((first + images - 1))" --subdirs --grid false --outdir "$scratch/images" --threads "$threads" --json "$@" | line)
    eval_used=$(ds evaluate --images "$scratch/images" --features "$features" --ref "$scratch/ref.npz" --metrics fid,kid,is --threads "$threads" --json | line)
    [ ! -f "$scratch/ref-heldout.npz" ] ||
      eval_heldout=$(ds evaluate --images "$scratch/images" --features "$heldout" --ref "$scratch/ref-heldout.npz" --metrics fid,kid,is --threads "$threads" --json | line)
    printf '{"id": "%s", "range": %s, "images": %s, "sample": %s, "used": %s, "heldout": %s}\n' "$id" "$range" "$images" "$sample" "$eval_used" "$eval_heldout" >> "$results"
    rm -rf "$scratch/images"
    echo "$id, range $range"
  done
}

learned() { echo "$samplers/$1.sampler.json"; }

# learn ID NFE TUNE-FLAGS...: tunes (going on where it was stopped) unless there is a sampler of that name, then measures.
learn() {
  local id=$1 nfe=$2 out=$scratch/tune/$1 resume=()
  shift 2
  if [ ! -f "$(learned "$id")" ]; then
    mkdir -p "$samplers"
    [ ! -f "$out/tuning-state.safetensors" ] || resume=(--resume)
    [[ " $* " == *" --iterations "* ]] || set -- --iterations "$iterations" "$@"
    [[ " $* " == *" --batch "* ]] || set -- --batch "$batch" "$@"
    ds tune --network "$model" --nfe "$nfe" --features "$features" --ref "$scratch/ref.npz" \
      --teacher-cache "$scratch/teacher" --outdir "$out" --dest "$(learned "$id")" --threads "$threads" "${resume[@]}" "$@"
  fi
  measure "$id" "$model" --sampler "$(learned "$id")"
}

# reshaped ID SHAPE SOURCE-ID FLAGS...: a sampler made from a learned one; measured, too.
reshaped() {
  [ -f "$(learned "$1")" ] || "$here/reshape.py" "$2" "$(learned "$3")" "$(learned "$1")" "${@:4}"
  measure "$1" "$model" --sampler "$(learned "$1")"
}

baselines() {
  for nfe in $nfes; do
    for solver in $solvers; do
      case $solver in
        ddpm | ddim)
          for stride in linear quadratic; do
            measure "$solver-$stride-$nfe" "$model" --solver $solver --disc discrete --stride $stride --nfe "$nfe"
          done ;;
        *)
          measure "$solver-$nfe" "$model" --solver $solver --nfe "$nfe"
          measure "$solver-quadratic-$nfe" "$model" --solver $solver "${quadratic[@]}" --nfe "$nfe"
          measure "$solver-logsnr-$nfe" "$model" --solver $solver --disc polyexponential --nfe "$nfe"
          measure "$solver-min0.1-$nfe" "$model" --solver $solver --sigma_min 0.1 --nfe "$nfe" ;;
      esac
    done
    [ $((nfe % 2)) = 0 ] || measure "heun-$nfe" "$model" --solver heun --nfe "$nfe"
  done
  measure heun-35 "$model" --solver heun --nfe 35
}

chosen() { # the samplers of the table in README.md and of models/
  local fid=(--loss fid --iterations 60 --batch 128 --lr 0.005 --val-interval 10 --val-images 1024 --patience 0)
  learn anchored-ipndm-kid+teacher-3 3 --base ipndm --loss kid+teacher --iterations 120 --batch 96
  learn anchored-ipndm-kid+teacher-5 5 --base ipndm --loss kid+teacher
  for nfe in 5 8 10; do learn "anchored-deis-3-fid-$nfe" "$nfe" --base deis-3 "${fid[@]}"; done
  learn anchored-dpmpp-2m-kid+teacher-8 8 --base dpmpp-2m --loss kid+teacher --iterations 60 --batch 64

  local ddim=(--family ggdm+pred+time "${quadratic[@]}")
  learn ggdm+pred+time-kid-5 5 "${ddim[@]}" --loss kid --kernel linear --iterations 100 --batch 96
  learn ggdm+pred+time-fid-5 5 "${ddim[@]}" --loss fid --iterations 120 --batch 128 --lr 0.02 --val-interval 20 --val-images 1024 --patience 0

  local b256=(--loss fid --batch 256 --val-interval 10 --val-images 1024 --patience 0)
  local strict=(--base dpmpp-2m --free levels,network,state,scale,history,prediction) # GGDM+PRED+TIME without noise
  learn ggdm+pred+time-fid-b256-5 5 "${ddim[@]}" "${b256[@]}" --iterations 60 --lr 0.02
  learn ggdm+pred+time-corrections-fid-5 5 "${strict[@]}" "${quadratic[@]}" "${b256[@]}" --iterations 40 --lr 0.004
  learn anchored-again-fid-3 3 --start "$(learned anchored-ipndm-kid+teacher-3)" "${b256[@]}" --iterations 60 --lr 0.004
  learn anchored-again-fid-5 5 --start "$(learned anchored-ipndm-kid+teacher-5)" "${b256[@]}" --iterations 40 --lr 0.004
  reshaped anchored-again-fid-4 drop anchored-again-fid-5
  reshaped ggdm+pred+time-again-fid-5 last anchored-again-fid-5
  learn ggdm+pred+time-third-fid-5 5 --start "$(learned ggdm+pred+time-again-fid-5)" "${strict[@]}" "${b256[@]}" --iterations 40 --lr 0.004
  reshaped anchored-again-fid-2 drop anchored-again-fid-3
  reshaped anchored-inserted-3 insert anchored-again-fid-2 --sigma 0.5
  learn anchored-inserted-fid-3 3 --start "$(learned anchored-inserted-3)" "${b256[@]}" --iterations 40 --lr 0.003
  iterations=40 batch=64 budget=40x64 nfes=5 families=marginal families
  learn anchored-marginal-fid-5 5 --start "$(learned marginal-kid-40x64-5)" "${b256[@]}" --iterations 40 --lr 0.004
  learn anchored-dpmpp-2m-quadratic-fid-5 5 --base dpmpp-2m "${quadratic[@]}" "${b256[@]}" --iterations 40 --lr 0.004
  learn anchored-deis-3-quadratic-fid-8 8 --base deis-3 "${quadratic[@]}" "${b256[@]}" --iterations 40 --lr 0.003
  learn anchored-deis-3-fid-b256-10 10 --base deis-3 "${b256[@]}" --iterations 60 --lr 0.002
}

anchored() { learn "anchored-$1$anchored_rate-$budget-$2" "$2" --lr "$anchored_lr" --patience 0 "${@:3}"; } # NAME NFE FLAGS: with the small budget

families() { # on the paper's loss: the paper's families from DDIM on quadratic steps, and a multistep solver
  for nfe in $nfes; do
    for family in $families; do
      case $family in
        anchored) anchored deis-3-kid-linear "$nfe" --base deis-3 --loss kid --kernel linear ;;
        anchored-fid) anchored deis-3-fid "$nfe" --base deis-3 --loss fid --anchor-images 4096 --val-images 1024 --val-interval 10 ;;
        ggdm*) learn "$family-kid$rate$floor_rate-$budget-$nfe" "$nfe" --family "$family" "${quadratic[@]}" --loss kid --kernel linear --lr "$lr" --floor "$floor" --patience 0 ;;
        *) learn "$family-kid$rate-$budget-$nfe" "$nfe" --family "$family" "${quadratic[@]}" --loss kid --kernel linear --lr "$lr" --patience 0 ;;
      esac
    done
  done
}

ablations() { # at 5 NFE: the anchored ones change one thing of deis-3-kid-linear; families with few parameters last
  local kid=(--loss kid --kernel linear) deis=(--base deis-3) base free size seed
  anchored deis-3-kid-linear 5 "${deis[@]}" "${kid[@]}"
  anchored deis-3-kid-cubic 5 "${deis[@]}" --loss kid --kernel cubic
  anchored deis-3-fid 5 "${deis[@]}" --loss fid
  anchored deis-3-teacher 5 "${deis[@]}" --loss teacher
  anchored deis-3-teacher-pixel 5 "${deis[@]}" --loss teacher --feature-weight 0
  anchored deis-3-kid+teacher 5 "${deis[@]}" --loss kid+teacher
  for base in ddim ipndm dpmpp-2m unipc-2; do anchored $base-kid-linear 5 --base $base "${kid[@]}"; done
  for free in levels levels,history levels,network; do anchored "deis-3-kid-linear-free-${free//,/+}" 5 "${deis[@]}" "${kid[@]}" --free $free; done
  for seed in 1 2; do anchored deis-3-kid-linear-seed$seed 5 "${deis[@]}" "${kid[@]}" --seed $seed; done
  for size in 32 256; do budget=${iterations}x$size anchored deis-3-kid-linear 5 "${deis[@]}" "${kid[@]}" --batch $size; done
  nfes=5 families="ddim vars marginal" families
}

transfer() { # samplers of the shipped model on another one, beside the best hand-made ones there
  : "${OTHER:?name a second model in OTHER}"
  local name id
  name=$(basename "$OTHER" .safetensors)
  for id in anchored-inserted-fid-3 anchored-again-fid-3 anchored-again-fid-5 anchored-deis-3-quadratic-fid-8; do measure "on-$name-$id" "$OTHER" --sampler "$(learned $id)"; done
  for solver in unipc-2-3 dpmpp-2m-5 deis-3-5 deis-3-8; do measure "on-$name-$solver" "$OTHER" --solver "${solver%-*}" --nfe "${solver##*-}"; done
  measure "on-$name-heun-35" "$OTHER" --solver heun --nfe 35
}

case ${1:-} in
  reference) reference ;;
  baselines | chosen | families | ablations | transfer) reference; "$1" ;;
  all) reference; baselines; chosen; families; ablations ;;
  *) sed -n '2,5p' "$0"; exit 2 ;;
esac
