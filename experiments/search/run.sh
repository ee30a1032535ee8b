#!/bin/sh
# Search on the shipped model: score, FID, IS and accuracy over the budget. Resumable: a search that was stopped goes on, one that is finished is left alone.
# Usage: experiments/search/run.sh [OUT [IMAGES [more]]]
# Environment: BUDGET (largest, default 1000), SMALL (a smaller network, for the last run), ONLY (names of runs, all if not set), THREADS, DIFFUSHARP.
set -eu
cd "$(dirname "$0")/../.."
out=${1:-runs/search}
images=${2:-500}
ds=${DIFFUSHARP:-./diffusharp}
threads=${THREADS:-2}
seeds=0-$((images - 1))
top=${BUDGET:-1000}
all=$(for b in 35 70 140 280 500 1000; do if [ "$b" -le "$top" ]; then echo "$b"; fi; done)
budgets=$(echo $all | tr ' ' ,)
heldout=models/fashion-mnist-classifier-heldout.safetensors
judge=
[ -f "$heldout" ] && judge="--held-out classifier:$heldout"
mkdir -p "$out"

[ -f "$out/reference.npz" ] || $ds evaluate ref --data fashion-mnist --dest "$out/reference.npz" --threads "$threads"

[ ! -f "$heldout" ] || [ -f "$out/reference-heldout.npz" ] ||
    $ds evaluate ref --data fashion-mnist --features "$heldout" --dest "$out/reference-heldout.npz" --threads "$threads"

wanted() { case " ${ONLY:-$1} " in *" $1 "*) ;; *) return 1 ;; esac; }

# search NAME FLAGS...: one run with images at all budgets, then its metrics, one file for each budget.
search() {
    name=$1
    shift
    wanted "$name" || return 0
    if [ ! -f "$out/$name/search.json" ]; then
        echo "== $name: search $*"
        # shellcheck disable=SC2086
        $ds search --outdir "$out/$name" --seeds "$seeds" --threads "$threads" $judge "$@"
    fi
    for folder in "$out/$name"/budget-*/; do
        [ -d "$folder" ] || continue
        measured=${folder%/}.json
        [ -f "$measured" ] || {
            $ds evaluate --images "$folder" --ref "$out/reference.npz" --metrics fid,is,pr,acc --threads "$threads" --json > "$measured.part"
            mv "$measured.part" "$measured"
        }
        [ ! -f "$heldout" ] || [ -f "${folder%/}.held.json" ] || {
            $ds evaluate --images "$folder" --features "$heldout" --ref "$out/reference-heldout.npz" --metrics fid,is,pr,acc --threads "$threads" --json > "$measured.part"
            mv "$measured.part" "${folder%/}.held.json"
        }
    done
}

# Any-time algorithms: one run gives the whole curve.
search random        --algorithm random --budget "$top" --milestones "$budgets"
search zero-order-2  --algorithm zero-order --candidates 2 --budget "$top" --milestones "$budgets"
search zero-order-4  --algorithm zero-order --candidates 4 --budget "$top" --milestones "$budgets"
# Its first image costs 324 NFE.
if [ "$top" -ge 324 ]; then
    search paths     --algorithm paths --budget "$top" --milestones "$budgets"
fi
search adaptive      --algorithm adaptive --block "$images" --budget "$top" --milestones "$budgets"

# More denoising steps at the same NFE, no search.
for steps in 18 35 70 140; do
    wanted steps || continue
    folder=$out/steps-$steps
    [ -d "$folder" ] || {
        $ds sample --outdir "$folder.part" --seeds "$seeds" --steps "$steps" --grid false --threads "$threads"
        mv "$folder.part" "$folder"
    }
    [ -f "$folder.json" ] || {
        $ds evaluate --images "$folder" --ref "$out/reference.npz" --metrics fid,is,pr --threads "$threads" --json > "$folder.json.part"
        mv "$folder.json.part" "$folder.json"
    }
    [ ! -f "$heldout" ] || [ -f "$folder.held.json" ] || {
        $ds evaluate --images "$folder" --features "$heldout" --ref "$out/reference-heldout.npz" --metrics fid,is,pr --threads "$threads" --json > "$folder.json.part"
        mv "$folder.json.part" "$folder.held.json"
    }
done
[ "${3:-}" = more ] || exit 0

for lambda in 0.5 0.8 0.9 0.99; do
    search "zero-order-lambda-$lambda" --algorithm zero-order --candidates 4 --lambda "$lambda" --budget "$top" --milestones "$budgets"
done
search evolutionary  --algorithm evolutionary --budget "$top" --milestones "$budgets"
search first-order   --algorithm first-order --budget "$top" --milestones "$budgets"
# Particles and children so that one run of 35 (or 18) steps takes the budget.
search fk            --algorithm fk --solver ddim --eta 1 --steps 35 --particles $((top / 35)) --budget "$top" --milestones "$top"
search svdd          --algorithm svdd --solver ddim --eta 1 --steps 35 --children $((top / 35)) --budget "$top" --milestones "$top"
search eps-greedy    --algorithm eps-greedy --solver ddim --eta 1 --steps 18 --candidates 4 --iterations $(((top - 18) / 68)) --budget "$top" --milestones "$top"
# NFE of a candidate against NFE of the final generation.
for steps in 3 5 9; do
    search "preview-$steps" --algorithm random --search-steps "$steps" --steps 18 --budget "$top" --milestones "$(echo "$budgets" | sed 's/^35,//')"
done
# Verifier against metric: what rises, and what falls.
search verifier-self       --algorithm random --verifier self --budget "$top" --milestones "35,$top"
search verifier-likelihood --algorithm random --verifier likelihood --budget "$top" --milestones "35,$top"
search verifier-is         --algorithm random --verifier is --budget "$top" --milestones "35,$top"
search verifier-fid        --algorithm random --verifier "fid:$out/reference.npz" --block 50 --batch 50 --budget "$top" --milestones "35,$top"
search verifier-ensemble   --algorithm random --verifier classifier+likelihood --budget "$top" --milestones "35,$top"
# Search with a smaller network against the shipped one. SMALL names its file; made by
#   diffusharp train --preset fashion-mnist --cbase 16 --duration 100k --outdir runs/small --nosubdir
if [ -n "${SMALL:-}" ]; then
    search small --network "$SMALL" --algorithm random --budget "$top" --milestones "$budgets"
fi
